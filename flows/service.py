"""What `copydesk serve` does all day: a warm desk, the watcher, the reception, and the timetable of its office."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any

from flows import console, foreign_errors
from flows.accounts import Account, account_of
from flows.desk import Desk, at_hand
from flows.errors import CopydeskError, RunFailed
from flows.inbox import inbox_folders
from flows.journal import Journal
from flows.memory import give_back
from flows.office import Office
from flows.reception import Caller, Handed, Reception
from flows.runs import Request, Summary
from flows.settings import Settings
from flows.watcher import watch

POLL_SECONDS = 2.0
"""How late a scheduled run may begin."""
GIVE_BACK_SECONDS = 60.0
"""Between two times that free memory goes back to the system."""
PAUSES_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Before files are tried again whose run failed because of the disk or the ledger; the last goes on for ever."""


class EndOfService(Exception):
    """The service was asked to end between two batches; the files that are left are taken by the next run."""


class Service:
    """Make it in any thread, `run` it in one, `stop` it from any other."""

    def __init__(
        self, settings: Settings, office: Office, journal: Journal, announce: Callable[[Mapping[str, object]], None]
    ) -> None:
        """Make it; `announce` is called when it serves, with what a command has to know to hand files over."""
        self.settings = settings
        self.is_stopping = False
        self.journal = journal
        self._office = office
        self._announce = announce
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turns: asyncio.Lock
        self._tasks: asyncio.TaskGroup
        self._chore: asyncio.Task[Any] | None = None
        self._caller: Caller | None = None
        """The command that waits for the run under way."""

    def stop(self) -> None:
        """Let the batch in hand land, and end."""
        self.is_stopping = True
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    async def run(self) -> None:
        """Serve until `stop`. Raises RunFailed when the office does not open."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self.is_stopping:
            return
        async with Desk(self.settings, progress=self._on_progress) as desk, at_hand(desk):
            self._turns = desk.turns
            desk.warm_up()
            async with self._office.open():
                await desk.inspect(_settle_memory)
                async with asyncio.TaskGroup() as tasks:
                    self._tasks, desk.beside = tasks, self._begin
                    async with Reception(partial(self._take_handed, desk)) as reception:
                        self._announce({"port": reception.port, "word": reception.word})
                        await self._watch_and_work(desk, self._stop)
        gc.unfreeze()

    async def _watch_and_work(self, desk: Desk, stop: asyncio.Event) -> None:
        async def on_arrival(found: Sequence[str]) -> None:
            await self._ingest_at_last(desk, found, stop)

        async with asyncio.TaskGroup() as tasks:
            inbox_folders(self.settings.inbox)
            tasks.create_task(watch(self.settings.inbox, on_arrival, stop, self.settings.arrivals))
            tasks.create_task(self._keep_timetable(desk, stop))
            tasks.create_task(_keep_little_memory(stop))

    async def _ingest_at_last(self, desk: Desk, found: Sequence[str], stop: asyncio.Event) -> None:
        """Ingest files; while the disk or the ledger is what fails, try again after ever longer pauses."""
        for pause in chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1])):
            error = await self.run_one(self._office.ingest(desk, Request(found, "event", only_new=True)))
            if not isinstance(error, foreign_errors.types()) or await _is_set_within(stop, pause):
                return

    async def _take_handed(self, desk: Desk, handed: Handed, caller: Caller) -> Account | CopydeskError:
        """Ingest what a command handed over; return the account of the run, or why it failed."""
        paths = handed.paths or inbox_folders(self.settings.inbox)
        request = Request(paths, handed.trigger, only_new=not handed.paths)
        done: list[Summary] = []

        async def work() -> Summary:
            if self.is_stopping or caller.has_left:
                raise EndOfService("nothing was begun of what a command had handed over")
            self._caller = caller
            try:
                done.append(await self._office.ingest(desk, request))
            finally:
                self._caller = None
            return done[0]

        error = await self.run_one(work())
        if done:
            return await asyncio.to_thread(account_of, self.settings.data, done[0])
        return self._explain(error)

    def _explain(self, error: BaseException | None) -> CopydeskError:
        """Return why a run failed, as a person gets to read it."""
        if isinstance(error, CopydeskError):
            return error
        if isinstance(error, foreign_errors.types()):
            return foreign_errors.explain(error, self.settings.data)
        why = str(error) if isinstance(error, EndOfService) else f"{type(error).__name__}: {error}"
        what_to_do = "what has landed stays landed, the files are where they were; run the same command again"
        return RunFailed("the run failed in the service", str(self.settings.data), why, what_to_do)

    async def run_one(self, work: Awaitable[Any]) -> BaseException | None:
        """Await an ingest run when no other is under way; return why it failed, which is told, and all goes on."""
        async with self._turns:
            return await self._run(work)

    @property
    def has_chore(self) -> bool:
        """Whether a chore is under way: there is one at a time, and what is due meanwhile stays so."""
        return self._chore is not None and not self._chore.done()

    def run_beside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin a chore; nobody waits for it, and what arrives is taken meanwhile."""
        self._chore = self._begin(work)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin what nobody waits for before the service ends."""
        return self._tasks.create_task(self._run(work))

    async def _run(self, work: Awaitable[Any]) -> BaseException | None:
        """Await `work` and tell what became of it; return why it failed."""
        began = time.perf_counter()
        task = asyncio.ensure_future(work)
        await asyncio.wait({task})
        if task.cancelled():
            return None
        if (error := task.exception()) is not None:
            return self._tell_failure(error)
        if isinstance(summary := task.result(), Summary):
            self._tell_landing(summary, time.perf_counter() - began)
        return None

    def _tell_landing(self, summary: Summary, seconds: float) -> None:
        if summary.run_id is None:
            return
        facts = {"run_id": summary.run_id, "snapshot": summary.snapshot, "files": summary.files, **summary.counts}
        hops = {f"{hop}_seconds": round(taken, 3) for hop, taken in summary.seconds.items()}
        self.journal.tell("run.landed", _told(summary, seconds), {**facts, "seconds": round(seconds, 3), **hops})

    def _tell_failure(self, error: BaseException) -> BaseException:
        """Tell why a run failed; return it."""
        if isinstance(error, EndOfService):
            self.journal.tell("run.interrupted", console.printable(str(error)))
            return error
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, foreign_errors.types()):
            told = foreign_errors.explain(error, self.settings.data)
            why = f"{told.what} ({told.where}): {told.why}; {told.what_to_do}"
        line = f"a run failed: {console.printable(why)}"
        self.journal.tell("run.failed", line, {"error": type(error).__name__}, level="ERROR")
        return error

    async def _keep_timetable(self, desk: Desk, stop: asyncio.Event) -> None:
        while not await _is_set_within(stop, POLL_SECONDS):
            await self._office.run_due(desk, self)

    def _on_progress(self, hop: str, done: int, files: int) -> None:
        """Tell who waits, and end a long run between two batches when the service has to end, or nobody waits."""
        caller = self._caller
        if caller is not None:
            caller.tell(hop, done, files)
            if caller.has_left and hop == "prepare" and done:
                raise EndOfService(f"the command that had handed {files} files over left after {done} of them")
        if self.is_stopping and hop == "prepare" and done:
            raise EndOfService(f"the service ended after {done} of {files}")


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _keep_little_memory(stop: asyncio.Event) -> None:
    while not await _is_set_within(stop, GIVE_BACK_SECONDS):
        await asyncio.to_thread(give_back)


def _settle_memory() -> None:
    """Take what warm-up has made out of the garbage collector's rounds, which cost a tenth of a second each."""
    gc.collect()
    gc.freeze()


def _told(summary: Summary, seconds: float) -> str:
    counts = summary.counts
    parts = [f"{counts[name]:,} {name}" for name in ("articles", "repeats", "quarantined") if counts.get(name)]
    files = f"{summary.files:,} file{'' if summary.files == 1 else 's'}"
    return f"{files}: {', '.join(parts) or 'nothing new'} ({console.seconds_text(seconds)})"
