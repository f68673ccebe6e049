"""The office of a service: who carries its runs out and keeps its timetable. Prefect does, or the service alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from flows.desk import Desk
from flows.runs import Request, Summary

RunOne = Callable[[Awaitable[Any]], Awaitable[object]]
"""Awaits a run when no other is under way; never raises what the run raises."""


class Office(Protocol):
    """What a service asks of its office."""

    def open(self) -> AbstractAsyncContextManager[None]:
        """Be there for a block; raises RunFailed when that cannot be."""

    async def ingest(self, desk: Desk, request: Request) -> Summary:
        """Return what an ingest run came to; raises what `flows.pipeline.ingest` raises."""

    async def run_due(self, desk: Desk, run_one: RunOne) -> None:
        """Carry out the runs that are due by the timetable, one at a time."""
