"""The office of a service that runs without Prefect: no server, no flow runs, no events; the same hops and chores.

The timetable is that of the settings. What was missed while nobody served is not made up for: a sweep is made at each
start, and each chore looks at all there is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cronsim import CronSim

from flows import chores, pipeline
from flows.desk import Desk
from flows.inbox import inbox_folders
from flows.office import Runner
from flows.runs import Request, Summary
from flows.settings import Settings

Chore = Callable[[Desk], Coroutine[Any, Any, Any]]
SWEEP = "ingest-sweep"


class Appointment(NamedTuple):
    """A chore and when it is due: at a cron line in UTC, or every so many seconds."""

    chore: Chore
    cron: str
    every_seconds: float | None = None

    def after(self, moment: datetime) -> datetime:
        """Return when it is due next after `moment`."""
        if self.every_seconds is not None:
            return moment + timedelta(seconds=self.every_seconds)
        return next(CronSim(self.cron, moment))


class LoneOffice:
    """Keeps the timetable by itself."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._plan = plan(settings)
        self._now = now
        self._report_after = settings.schedules.report_after_seconds
        self._due = {name: appointment.after(now()) for name, appointment in self._plan.items()}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Be there for a block."""
        yield

    async def ingest(self, desk: Desk, request: Request) -> Summary:
        """Return what a run came to; some time after articles have landed, the report is due."""
        summary = await pipeline.ingest(desk, request, pipeline.AS_THEY_ARE)
        if self._report_after is not None and summary.counts.get("articles"):
            self._due["report"] = min(self._due["report"], self._now() + timedelta(seconds=self._report_after))
        return summary

    async def run_due(self, desk: Desk, runner: Runner) -> None:
        """Do what is due, each once however often it was: a sweep while it waits, chores beside the arrivals."""
        for name, appointment in self._plan.items():
            if self._due[name] > self._now() or (name != SWEEP and runner.has_chore):
                continue
            self._due[name] = appointment.after(self._now())
            if name == SWEEP:
                await runner.run_one(appointment.chore(desk))
            else:
                runner.run_beside(appointment.chore(desk))


def plan(settings: Settings) -> Mapping[str, Appointment]:
    """Return the appointments that these settings ask for, by the names of Prefect's deployments."""
    when = settings.schedules
    return {
        SWEEP: Appointment(_sweep, when.ingest, when.ingest_seconds),
        "report": Appointment(_in_thread(chores.report), when.report),
        "lines": Appointment(chores.lines, when.lines),
        "stories": Appointment(_in_thread(chores.tell_anew), when.stories),
        "compact": Appointment(_in_thread(chores.compact), when.compact),
    }


async def _sweep(desk: Desk) -> Summary:
    request = Request(inbox_folders(desk.settings.inbox), "schedule", only_new=True)
    return await pipeline.ingest(desk, request, pipeline.AS_THEY_ARE)


def _in_thread(work: Callable[[Settings], Any]) -> Chore:
    async def chore(desk: Desk) -> Any:
        return await asyncio.to_thread(work, desk.settings)

    return chore
