"""What `copydesk serve` does all day: a warm desk, the watcher, the timetable, and an eye on Prefect's server."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.context import AsyncClientContext

from flows import console, deployments, timetable
from flows.desk import Desk, at_hand
from flows.flow_runs import run_at
from flows.inbox import inbox_folders
from flows.prefect_client import FAULTS, drain
from flows.prefect_server import PrefectServer
from flows.runs import Request, Summary
from flows.settings import Settings
from flows.watcher import watch

POLL_SECONDS = 2.0
"""How late a scheduled run may begin."""
GUARD_SECONDS = 1.0


class EndOfService(Exception):
    """The service was asked to end between two batches; the files that are left are taken by the next run."""


class Service:
    """Make it in any thread, `run` it in one, `stop` it from any other."""

    def __init__(self, settings: Settings, server: PrefectServer, announce: Callable[[], None]) -> None:
        self.settings = settings
        self.is_stopping = False
        self._server = server
        self._announce = announce
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._one_at_a_time = asyncio.Lock()

    def stop(self) -> None:
        """Let the batch in hand land, and end."""
        self.is_stopping = True
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    async def run(self) -> None:
        """Serve until `stop`. Raises RunFailed when Prefect's server does not come up."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self.is_stopping:
            return
        started_at = datetime.now(UTC)
        async with Desk(self.settings, progress=self._on_progress) as desk, at_hand(desk):
            desk.warm_up()
            await asyncio.to_thread(self._server.wait)
            async with AsyncClientContext.get_or_create() as context:
                flows = await deployments.register(self.settings)
                if self._server.child is not None:
                    await timetable.close_stale(context.client, before=started_at)
                await desk.inspect(_settle_memory)
                self._announce()
                await self._watch_and_work(desk, context.client, flows, self._stop)
                await drain()
        gc.unfreeze()

    async def _watch_and_work(
        self, desk: Desk, client: PrefectClient, flows: Mapping[UUID, Flow[..., Any]], stop: asyncio.Event
    ) -> None:
        async def on_arrival(found: Sequence[str]) -> None:
            await self._run_one(self._ingest(desk, found))

        guard = asyncio.create_task(self._guard_server())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch(inbox_folders(self.settings.inbox), on_arrival, stop))
            tasks.create_task(self._keep_timetable(client, flows, stop))
        guard.cancel()

    async def _ingest(self, desk: Desk, found: Sequence[str]) -> None:
        began = time.perf_counter()
        summary = await run_at(desk, Request(found, "event", only_new=True))
        if summary.run_id is not None:
            console.say(_told(summary, time.perf_counter() - began))

    async def _run_one(self, work: Awaitable[Any]) -> None:
        """Await `work` when no other run is under way; a run that fails is told, and the service goes on."""
        async with self._one_at_a_time:
            task = asyncio.ensure_future(work)
            await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            console.say(f"{_clock()} a run failed: {type(error).__name__}: {console.printable(str(error))}")

    async def _keep_timetable(
        self, client: PrefectClient, flows: Mapping[UUID, Flow[..., Any]], stop: asyncio.Event
    ) -> None:
        while not await _is_set_within(stop, POLL_SECONDS):
            try:
                await timetable.run_due(client, flows, self._run_one)
            except FAULTS as error:
                console.say(f"{_clock()} Prefect's timetable is out of reach for now: {type(error).__name__}: {error}")

    async def _guard_server(self) -> None:
        """Start the server once more when it dies, also while the last batch ends: requests wait in its socket."""
        child = self._server.child
        while child is not None:
            await asyncio.sleep(GUARD_SECONDS)
            if (code := child.process.poll()) is not None:
                console.say(f"{_clock()} Prefect's server ended with {code} ({child.last_words()}); starting it again")
                child.revive()

    def _on_progress(self, hop: str, done: int, files: int) -> None:
        """End a long run between two batches when the service has to end."""
        if self.is_stopping and hop == "prepare" and done:
            raise EndOfService(f"the service ended after {done} of {files} files")


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _settle_memory() -> None:
    """Take what warm-up has made out of the garbage collector's rounds, which cost a tenth of a second each."""
    gc.collect()
    gc.freeze()


def _clock() -> str:
    return datetime.now().strftime("%H:%M:%S")


def _told(summary: Summary, seconds: float) -> str:
    counts = summary.counts
    parts = [f"{counts[name]:,} {name}" for name in ("articles", "repeats", "quarantined") if counts.get(name)]
    files = f"{summary.files:,} file{'' if summary.files == 1 else 's'}"
    return f"{_clock()} {files}: {', '.join(parts) or 'nothing new'} ({console.seconds_text(seconds)})"
