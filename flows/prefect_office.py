"""Prefect's office: each run is a flow run that its pages show, and its server keeps the timetable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.context import AsyncClientContext

from flows import console, deployments, prefect_room, timetable
from flows.desk import Desk
from flows.errors import RunFailed
from flows.flow_runs import run_at
from flows.journal import Journal
from flows.office import Runner
from flows.prefect_client import FAULTS, drain
from flows.prefect_home import prefect_home
from flows.prefect_server import PrefectServer, is_healthy
from flows.runs import Request, Summary
from flows.settings import Settings

GUARD_SECONDS = 1.0
HEALTH_SECONDS = 3.0
SILENT_LOOKS = 4
"""A server that has answered and then does not so often hangs: a look waits for 5 s, a busy one answers within 3."""
STARTING_LOOKS = 20
"""The same for one that was started again and has not answered yet."""
ROOM_SECONDS = 600.0
"""Between two looks at the room that Prefect's database takes; a busy hour adds some 150 MB."""


class PrefectOffice:
    """Keeps Prefect's server alive as well, when it is our own."""

    def __init__(self, settings: Settings, server: PrefectServer, journal: Journal) -> None:
        self._settings = settings
        self._server = server
        self._journal = journal
        self._client: PrefectClient
        self._flows: Mapping[UUID, Flow[..., Any]] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Be there for a block, once Prefect's server knows the deployments; raise RunFailed when it does not come up.

        What a service that was killed has left running is closed, on a server that nobody else uses.
        """
        opened_at = datetime.now(UTC)
        await asyncio.to_thread(self._server.wait)
        async with AsyncClientContext.get_or_create() as context:
            self._client = context.client
            self._flows = await self._register()
            if self._server.child is not None:
                await timetable.close_stale(self._client, before=opened_at)
            guards = (self._guard_server(), self._end_silent_server(), self._bound_database())
            beside = [asyncio.create_task(guard) for guard in guards]
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()
            await drain()

    async def ingest(self, desk: Desk, request: Request) -> Summary:
        """Return what a flow run came to."""
        return await run_at(desk, request)

    async def run_due(self, desk: Desk, runner: Runner) -> None:
        """Carry out the flow runs that Prefect has scheduled; while its server is away, say so."""
        try:
            await timetable.run_due(self._client, self._flows, runner)
        except FAULTS as error:
            why = f"{type(error).__name__}: {console.printable(str(error))}"
            line = f"Prefect's timetable is out of reach for now: {why}"
            self._journal.tell("timetable.out_of_reach", line, level="WARNING")

    async def _register(self) -> Mapping[UUID, Flow[..., Any]]:
        """Make the server know the deployments; raise RunFailed when it cannot, as on a full disk."""
        try:
            return await deployments.register(self._settings)
        except FAULTS as error:
            raise RunFailed(
                "Prefect's server is up and cannot work",
                self._server.address.url,
                str(error).partition("\n")[0] or type(error).__name__,
                "look whether the disk is full, and into prefect/server.log; then start again: what has landed is safe",
            ) from error

    async def _bound_database(self) -> None:
        """Delete the oldest flow runs whenever our server's database uses more than it may."""
        while self._server.child is not None:
            await asyncio.sleep(ROOM_SECONDS)
            used = await asyncio.to_thread(prefect_room.used_bytes, prefect_home(self._settings.data))
            if used <= self._settings.prefect_database_max:
                continue
            with suppress(*FAULTS):
                gone = await prefect_room.make_room(self._client, now=datetime.now(UTC))
                line = f"Prefect's database uses {used // 2**20:,} MiB: its {gone:,} oldest runs were deleted"
                self._journal.tell("prefect.room_made", line, {"used_bytes": used, "runs": gone}, level="WARNING")

    async def _end_silent_server(self) -> None:
        """Kill our server when it hangs; the guard starts it again."""
        child, url = self._server.child, self._server.address.url
        watched, looks_left = None, STARTING_LOOKS
        while child is not None:
            if watched is not child.process:
                watched, looks_left = child.process, STARTING_LOOKS
            if await asyncio.to_thread(is_healthy, url):
                looks_left = SILENT_LOOKS
            else:
                looks_left -= 1
            if looks_left <= 0 and watched.poll() is None:
                self._journal.tell("server.silent", "Prefect's server answers no more: it is killed", level="WARNING")
                watched.kill()
            await asyncio.sleep(HEALTH_SECONDS)

    async def _guard_server(self) -> None:
        """Start the server once more when it dies, also while the last batch ends: requests wait in its socket."""
        child = self._server.child
        while child is not None:
            await asyncio.sleep(GUARD_SECONDS)
            if (code := child.process.poll()) is not None:
                line = f"Prefect's server ended with {code} ({child.last_words()}); starting it again"
                self._journal.tell("server.ended", line, {"exit_code": code}, level="WARNING")
                child.revive()
