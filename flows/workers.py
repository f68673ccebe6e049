"""The worker pool: the one executor, to which flows hand all work on documents.

A document that hangs, outgrows its memory or takes its process down costs a retry and then only itself.
The functions that run in workers belong in `flows.work`; one process is `flows.worker_process`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from flows import parcels
from flows.worker_process import Reason, WorkerLimits, WorkerLost, WorkerProcess

Item = TypeVar("Item")
Result = TypeVar("Result")
_P = ParamSpec("_P")

Halve = Callable[[Item], Sequence[Item]]
"""Cuts an item in two, or returns fewer than two parts when it cannot be cut."""

HALVINGS = 5
"""How often a lost item is halved before its parts are tried: a part that hangs costs the whole time limit at each
try, while trying 32 parts instead of 2 costs a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Casualty(Generic[Item]):
    """An item that no worker survives, alone and in a fresh process too."""

    item: Item
    reason: Reason
    detail: str


class Workers(Executor):
    """`count` processes that make calls of importable functions; results come back pickled.

    `submit` tries once and its future raises WorkerLost; `map_items` and `gather_items` find the culprit.
    Any thread and any event loop may use it. Used as a context, it waits for its calls at the end,
    or ends the processes at once when an error or Ctrl-C leaves the context.
    """

    def __init__(self, count: int | None = None, limits: WorkerLimits | None = None) -> None:
        """Start nothing yet: a process starts with the first call, or with `warm_up`."""
        self._count = count if count is not None else min(2, os.cpu_count() or 1)
        self._limits = limits if limits is not None else WorkerLimits()
        self._places = [_Place() for _ in range(self._count)]
        self._free = list(self._places)
        self._lock = Lock()
        self._killed = False
        self._threads = ThreadPoolExecutor(self._count, "worker", initializer=_leave_interrupts_to_the_main_thread)

    def submit(self, fn: Callable[_P, Result], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[Result]:
        """Return the future result of `fn`; it raises WorkerLost when the process does not survive the call."""
        return self._threads.submit(self._call, parcels.pack(fn, *args, **kwargs), fresh=False)

    def map_items(
        self, fn: Callable[[Item], Result], items: Sequence[Item], *, halve: Halve[Item] | None = None
    ) -> list[Result | Casualty[Item]]:
        """Return as `gather_items` does; for threads without an event loop."""
        return asyncio.run(self.gather_items(fn, items, halve=halve))

    async def gather_items(
        self, fn: Callable[[Item], Result], items: Sequence[Item], *, halve: Halve[Item] | None = None
    ) -> list[Result | Casualty[Item]]:
        """Return the results of `fn` in the order of `items`.

        An item that was lost stands as the results of its parts, in their order; a part that is lost alone, and
        once more in a fresh process, is a Casualty. Every part of every item is in exactly one result.
        Raises what `fn` raises; calls that have not begun are cancelled then.
        """
        tasks = [asyncio.ensure_future(self._carry(fn, item, halve)) for item in items]
        try:
            return list(chain.from_iterable(await asyncio.gather(*tasks)))
        finally:
            for task in tasks:
                task.cancel()

    def warm_up(self) -> list[Future[None]]:
        """Start all processes ahead of the first call; the futures are done when they are ready."""
        return [self._threads.submit(self._start_one) for _ in range(self._count)]

    def pids(self) -> list[int]:
        """Return the ids of the processes that run."""
        return [place.process.pid for place in self._places if place.process is not None]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and end the processes when those accepted are done."""
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        end = Thread(target=self._end, name="workers end")
        end.start()
        if wait:
            end.join()

    def kill(self) -> None:
        """End all processes now; calls that have not begun are cancelled, running ones raise WorkerLost."""
        self._killed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for place in self._places:
            process = place.process
            if process is not None:
                process.kill()
        self._end()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the calls, or end at once when an error leaves the context."""
        if error is None:
            self.shutdown()
        else:
            self.kill()

    async def _carry(
        self, fn: Callable[[Item], Result], item: Item, halve: Halve[Item] | None
    ) -> list[Result | Casualty[Item]]:
        with suppress(WorkerLost):
            return [await asyncio.wrap_future(self.submit(fn, item))]
        parts = _parts(item, halve)
        if len(parts) > 1:
            return await self.gather_items(fn, parts, halve=halve)
        try:
            return [await asyncio.wrap_future(self._threads.submit(self._call, parcels.pack(fn, item), fresh=True))]
        except WorkerLost as lost:
            if self._killed:  # the item is not to blame
                raise
            return [Casualty(item, lost.reason, lost.detail)]

    def _call(self, payload: bytes, *, fresh: bool) -> Any:
        """Make the pickled call in a free process; runs in a thread of the pool."""
        with self._place(started=True) as place:
            if fresh and place.is_used():
                place.end()
            try:
                process = place.started(self._limits)
                if self._killed:
                    raise WorkerLost("worker_died", "the pool was ended")
                return process.run(payload)
            finally:
                self._renew(place)

    def _renew(self, place: _Place) -> None:
        """End the process of `place` when it is worn, and have the next one started while nobody waits for it."""
        if place.process is not None and (place.process.has_ended() or place.process.is_worn()):
            place.end()
            with suppress(RuntimeError):  # after `shutdown` no thread takes it, and no call needs it
                self._threads.submit(self._start_one)

    def _start_one(self) -> None:
        with self._place(started=False) as place:
            place.started(self._limits)

    @contextmanager
    def _place(self, *, started: bool) -> Iterator[_Place]:
        """Lend a free place, if possible with a process that has `started` or not; there is one for each thread."""
        with self._lock:
            self._free.sort(key=lambda place: (place.process is not None) == started)
            place = self._free.pop()
        try:
            yield place
        finally:
            with self._lock:
                self._free.append(place)

    def _end(self) -> None:
        self._threads.shutdown(wait=True)
        for place in self._places:
            place.end()


class _Place:
    """Where one process sits; only the thread that was lent the place changes it."""

    def __init__(self) -> None:
        self.process: WorkerProcess | None = None

    def started(self, limits: WorkerLimits) -> WorkerProcess:
        """Return the process, made now if there is none or it died while it had nothing to do."""
        if self.process is not None and self.process.has_ended():
            self.end()
        if self.process is None:
            self.process = WorkerProcess(limits)
        return self.process

    def is_used(self) -> bool:
        """Return whether there is a process that has made a call."""
        return self.process is not None and self.process.items_done > 0

    def end(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.end()
            self.process = None


def _parts(item: Item, halve: Halve[Item] | None) -> list[Item]:
    parts = [item]
    if halve is not None:
        for _ in range(HALVINGS):
            parts = list(chain.from_iterable(_cut(part, halve) for part in parts))
    return parts


def _cut(item: Item, halve: Halve[Item]) -> Sequence[Item]:
    parts = halve(item)
    return parts if len(parts) > 1 else (item,)


def _leave_interrupts_to_the_main_thread() -> None:
    """Block SIGINT in this thread and, by inheritance, in the processes it makes: Ctrl-C reaches the parent only."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
