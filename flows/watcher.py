"""The watcher: sees files arrive in the inbox and hands them over as soon as they are whole and due.

A lone file goes at once; what arrives while a run is under way goes together into the next (`flows.pace`).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, awatch

from flows import console
from flows.arrivals import Arrivals
from flows.pace import Limits, Pace
from flows.settings import ArrivalSettings

DEBOUNCE_MS = 50
STEP_MS = 10
"""The defaults of watchfiles, 1,600 and 50 ms, would be most of an article's way."""
FOLDER_SECONDS = 1.0
"""How soon it is seen that a folder has vanished or come back: a watch holds on to the folder that is gone."""

DEFAULTS = ArrivalSettings()
OnArrival = Callable[[Sequence[str]], Awaitable[None]]
_Mark = tuple[int, int] | None


async def watch(
    folders: Sequence[Path], on_arrival: OnArrival, stop: asyncio.Event, settings: ArrivalSettings = DEFAULTS
) -> None:
    """Call `on_arrival` with the folders, then with the files that arrive in them, until `stop` is set.

    One call at a time; the last is awaited. Folders are watched with everything below them; one that is not there, or
    vanishes, is watched and searched when it comes back.
    """
    arrivals = Arrivals(
        [str(folder) for folder in folders],
        quiet_seconds=settings.quiet_seconds,
        sidecar_seconds=settings.sidecar_seconds,
    )
    listening = asyncio.create_task(_listen(folders, arrivals, stop, settings))
    await asyncio.sleep(0)  # the watch is in place before the folders are searched: nothing arrives between the two
    stopping = asyncio.create_task(stop.wait())
    for task in (stopping, listening):
        task.add_done_callback(lambda _: arrivals.changed.set())
    pace = Pace(_limits(settings), time.monotonic())
    while not stop.is_set() and not listening.done():
        arrivals.changed.clear()
        pause = _pause(arrivals, pace)
        if pause is not None and pause <= 0:
            pace.note_run(time.monotonic())
            await on_arrival(arrivals.take())
            continue
        with suppress(TimeoutError):
            await asyncio.wait_for(arrivals.changed.wait(), pause)
    stop.set()
    await asyncio.gather(listening, stopping)


def _pause(arrivals: Arrivals, pace: Pace) -> float | None:
    """Return for how long nothing is due; 0 when something is, None when nothing is until something happens."""
    now = time.monotonic()
    if arrivals.settle(now):
        pace.note_arrival(now)
    waiting, look = arrivals.waiting(), arrivals.next_look()
    pauses = [] if look is None else [max(0.01, look - now)]
    if waiting is not None:
        pauses.append(pace.due_in(waiting, now))
    return min(pauses, default=None)


def _limits(settings: ArrivalSettings) -> Limits:
    return Limits(
        settings.runs_per_hour,
        settings.gather_seconds,
        settings.lone_seconds,
        settings.gather_files,
        int(settings.gather_bytes),
    )


async def _listen(folders: Sequence[Path], arrivals: Arrivals, stop: asyncio.Event, settings: ArrivalSettings) -> None:
    polling = settings.watch == "polling"
    is_again = False
    while not stop.is_set():
        marks = {folder: _mark(folder) for folder in folders}
        there = [folder for folder, mark in marks.items() if mark is not None]
        end = asyncio.Event()
        guard = asyncio.create_task(_guard(marks, arrivals, stop, end, is_again=is_again))
        try:
            if there:
                await _note_changes(there, arrivals, end, polling=polling, poll_ms=int(1000 * settings.poll_seconds))
        except (OSError, RuntimeError) as error:
            why = console.printable(str(error))
            if not polling and all(_mark(folder) is not None for folder in there):
                console.say(f"the system cannot report changes of the inbox ({why}); it is looked at in turn")
                polling = True
                end.set()
            else:
                console.say(f"the inbox cannot be watched for now: {why}")
        await guard
        is_again = True


async def _note_changes(
    folders: Sequence[Path], arrivals: Arrivals, end: asyncio.Event, *, polling: bool, poll_ms: int
) -> None:
    changes_of = awatch(
        *folders,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        stop_event=end,
        force_polling=polling,
        poll_delay_ms=poll_ms,
        ignore_permission_denied=True,
    )
    async for changes in changes_of:
        now = time.monotonic()
        gone = [path for change, path in changes if change is Change.deleted]
        for path in sorted({path for change, path in changes if change is not Change.deleted}):
            arrivals.add(path, now, gone=gone)


async def _guard(
    marks: dict[Path, _Mark], arrivals: Arrivals, stop: asyncio.Event, end: asyncio.Event, *, is_again: bool
) -> None:
    """Set `end` as soon as `stop` is set or another folder is at one of the paths."""
    if is_again:
        await asyncio.sleep(0)  # the watch is in place again
        arrivals.search(time.monotonic())
    while not stop.is_set() and not end.is_set() and all(_mark(folder) == mark for folder, mark in marks.items()):
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), FOLDER_SECONDS)
    end.set()


def _mark(folder: Path) -> _Mark:
    """Return what tells a folder from another one at its path; None when there is none."""
    try:
        facts = os.stat(folder)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
