"""The office of a service: who carries its runs out and keeps its timetable. Prefect does, or the service alone."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from flows.desk import Desk
from flows.runs import Request, Summary


class Runner(Protocol):
    """What an office asks of its service; neither raises what the work raises."""

    async def run_one(self, work: Awaitable[Any]) -> object:
        """Await an ingest run when no other is under way."""

    @property
    def has_chore(self) -> bool:
        """Whether a chore is under way: there is one at a time, and what is due meanwhile stays so."""

    def run_beside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin a chore; nobody waits for it, and what arrives is taken meanwhile."""


class Office(Protocol):
    """What a service asks of its office."""

    def open(self) -> AbstractAsyncContextManager[None]:
        """Be there for a block; raises RunFailed when that cannot be."""

    async def ingest(self, desk: Desk, request: Request) -> Summary:
        """Return what an ingest run came to; raises what `flows.pipeline.ingest` raises."""

    async def run_due(self, desk: Desk, runner: Runner) -> None:
        """Carry out the runs that are due by the timetable: ingests while it waits, chores beside them."""
