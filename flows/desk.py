"""The desk: what a run works with — settings, ledger, worker processes, the inspector's thread and the clock.

One desk serves many runs; `copydesk serve` keeps one warm for months, a command opens one for its own run.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import expectations
from flows.settings import Settings
from flows.watchboard import Watchboard
from flows.worker_process import WorkerLimits
from flows.workers import Casualty, Workers
from warehouse import claims, paths
from warehouse.ledger import Connection, Ledger
from warehouse.locks import try_acquire
from warehouse.postings import Room
from warehouse.sketch_index import SketchIndex
from warehouse.story_index import StoryIndex

if TYPE_CHECKING:
    from flows.runs import Summary

T = TypeVar("T")
R = TypeVar("R")

RENEWALS_PER_LEASE = 4
"""A lease is renewed often enough that three renewals may fail."""
COMMITTER_SECONDS = 0.005
"""Between two attempts to be the committer; a commit takes 10 to 100 ms."""


def utc_now() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(UTC)


Progress = Callable[[str, int, int], None]
"""Called with the hop that begins, the files that have landed and the files in all."""


def say_nothing(hop: str, done: int, files: int) -> None:
    """Take progress and tell nobody."""


class Desk:
    """Open with `async with`; closing it ends the workers."""

    def __init__(
        self, settings: Settings, *, now: Callable[[], datetime] = utc_now, progress: Progress = say_nothing
    ) -> None:
        self.settings = settings
        self.now = now
        self.progress = progress
        self.transform_settings = settings.transform_settings()
        self.watchboard = Watchboard(settings.watchlists)
        self.ledger = Ledger(settings.data)
        room = Room(settings.memory_for_lookup // 2, settings.data)
        self.sketches = SketchIndex(room)
        self.stories = StoryIndex(room)
        """What copies and stories are found by; caches that are filled when the first batch asks."""
        limits = WorkerLimits(settings.seconds_per_document, int(settings.memory_per_worker))
        self.workers = Workers(settings.workers, limits)
        self.beside: Callable[[Coroutine[Any, Any, None]], object] | None = None
        """Begins what nobody waits for, where a service has set it."""
        self.is_tidying = False
        """Whether files are compacted beside the arrivals, or will be."""
        self.turns = asyncio.Lock()
        """Held in a service by whoever takes batches through: an ingest run for all it has, a reprocess for one."""
        self.finished: Summary | None = None
        """What the last flow run at this desk came to, for when Prefect fails after it."""
        self._inspector = ThreadPoolExecutor(1, thread_name_prefix="inspector")

    async def __aenter__(self) -> Desk:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and close the ledger."""
        self.workers.kill()
        self._inspector.shutdown(cancel_futures=True)
        self.ledger.close()

    def warm_up(self) -> None:
        """Start the workers and load Great Expectations on its thread, without waiting for either."""
        # Importing makes a million objects that live as long as the process: looking through them costs 1 to 2 s of 7.
        gc.disable()
        self._inspector.submit(expectations.warm_up).add_done_callback(lambda _: gc.enable())
        self.workers.warm_up()

    def checks(self, batch: int) -> expectations.Checks:
        """Return what a batch is measured by."""
        return self.settings.checks_for(batch, self.now())

    async def work(
        self, function: Callable[[T], R], items: Sequence[T], *, halve: Callable[[T], Sequence[T]] | None = None
    ) -> list[R | Casualty[T]]:
        """Return what worker processes make of `items`, in their order; an item that costs its worker is a casualty."""
        return await self.workers.gather_items(function, items, halve=halve)

    async def inspect(self, function: Callable[[], R]) -> R:
        """Run `function` on the one thread that may use Great Expectations."""
        return await asyncio.get_running_loop().run_in_executor(self._inspector, function)

    async def ask(self, question: Callable[[Connection], R]) -> R:
        """Return the answer of the ledger, read in one transaction."""

        def answer() -> R:
            with self.ledger.reading() as connection:
                return question(connection)

        return await asyncio.to_thread(answer)

    @asynccontextmanager
    async def committer(self) -> AsyncIterator[None]:
        """Be the one committer for a block.

        It asks again and again instead of waiting in a thread: a run that is cancelled would leave the thread behind,
        which would take the lock in the end and never give it back.
        """
        path = paths.lock(self.ledger.root, paths.COMMITTER_LOCK)
        while (lock := try_acquire(path)) is None:
            await asyncio.sleep(COMMITTER_SECONDS)
        try:
            yield
        finally:
            lock.release()

    @asynccontextmanager
    async def lease(self, run_id: str) -> AsyncIterator[None]:
        """Keep the files of a run claimed for a block, however long it takes."""
        lease = timedelta(seconds=self.settings.lease_seconds)

        async def renew() -> None:
            while True:
                await asyncio.sleep(lease.total_seconds() / RENEWALS_PER_LEASE)
                await asyncio.to_thread(partial(claims.renew, self.ledger, run_id, now=self.now(), lease=lease))

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()


_at_hand: ContextVar[Desk | None] = ContextVar("desk_at_hand", default=None)


@asynccontextmanager
async def at_hand(desk: Desk) -> AsyncIterator[None]:
    """Let flows called within a block work at this desk."""
    token = _at_hand.set(desk)
    try:
        yield
    finally:
        _at_hand.reset(token)


@asynccontextmanager
async def take_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Give the desk at hand if it is of the same settings, otherwise open one for a block that takes turns with it."""
    desk = _at_hand.get()
    if desk is not None and desk.settings == settings:
        yield desk
        return
    async with Desk(settings) as own:
        if desk is not None:
            own.turns, own.progress = desk.turns, desk.progress
        own.warm_up()
        yield own
