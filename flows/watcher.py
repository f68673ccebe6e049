"""The watcher: sees files arrive in the inbox and hands them over as soon as they are whole.

A lone file goes at once; what arrives while a run is under way goes together into the next.
"""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from watchfiles import Change, awatch

from flows.inbox import PARTIAL_SUFFIXES
from flows.sidecars import ARTICLE_SUFFIXES, Sidecars

DEBOUNCE_MS = 50
STEP_MS = 20
"""The defaults of watchfiles, 1,600 and 50 ms, would be most of an article's way."""
QUIET_SECONDS = 0.5
"""A file that is written in place counts as whole when nothing was written to it for so long."""
GATHERED_AT_MOST = 10_000
"""Of more arrivals than this no list is kept: the folders are searched instead."""
UNDECODABLE = "\ufffd"

OnArrival = Callable[[Sequence[str]], Awaitable[None]]


class _Seen(NamedTuple):
    """A file as it was when it was last seen to change."""

    size_bytes: int
    modified_ns: int
    since: float


async def watch(folders: Sequence[Path], on_arrival: OnArrival, stop: asyncio.Event) -> None:
    """Call `on_arrival` with the folders, then with the files that arrive in them, until `stop` is set.

    One call at a time; the last is awaited. Folders are watched with everything below them and have to be there.
    """
    arrivals = Arrivals([str(folder) for folder in folders])
    listening = asyncio.create_task(_listen(folders, arrivals, stop))
    await asyncio.sleep(0)  # the watch is in place before the folders are searched: nothing arrives between the two
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: arrivals.changed.set())
    while not stop.is_set() and not listening.done():
        arrivals.changed.clear()
        if paths := arrivals.take(time.monotonic()):
            await on_arrival(paths)
            continue
        with suppress(TimeoutError):
            await asyncio.wait_for(arrivals.changed.wait(), QUIET_SECONDS if arrivals.pending else None)
    stop.set()
    await asyncio.gather(listening, stopping)


class Arrivals:
    """What has arrived and was not handed over yet; at first everything that lies in the folders."""

    def __init__(self, folders: Sequence[str]) -> None:
        self.pending: dict[str, _Seen] = {}
        self.changed = asyncio.Event()
        self._folders = folders
        self._search = True

    def add(self, path: str, now: float) -> None:
        """Note that something happened to a file, or to a folder with files in it."""
        if UNDECODABLE in path or len(self.pending) > GATHERED_AT_MOST:
            self._search = True
            self.pending.clear()
        for file in _files_of(path):
            if (facts := _facts(file)) is not None and _is_for_us(file):
                self.pending[file] = _Seen(facts.st_size, facts.st_mtime_ns, now)
        self.changed.set()

    def take(self, now: float) -> list[str]:
        """Return the files that are whole, in the order they came, or the folders when they have to be searched."""
        if self._search:
            self._search = False
            return list(self._folders)
        whole = [path for path, seen in list(self.pending.items()) if self._is_whole(path, seen, now)]
        for path in whole:
            del self.pending[path]
        return whole

    def _is_whole(self, path: str, seen: _Seen, now: float) -> bool:
        facts = _facts(path)
        if facts is None:
            del self.pending[path]
            return False
        # Writing sets both times. A later change time is that of a rename or a link, which come after the last word.
        if facts.st_ctime_ns > facts.st_mtime_ns:
            return True
        if (facts.st_size, facts.st_mtime_ns) != (seen.size_bytes, seen.modified_ns):
            self.pending[path] = _Seen(facts.st_size, facts.st_mtime_ns, now)
            return False
        return now - seen.since >= QUIET_SECONDS


async def _listen(folders: Sequence[Path], arrivals: Arrivals, stop: asyncio.Event) -> None:
    async for changes in awatch(*folders, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=stop):
        now = time.monotonic()
        for change, path in sorted(changes):
            if change is not Change.deleted:
                arrivals.add(path, now)


def _files_of(path: str) -> Iterator[str]:
    """Yield `path`, or the files below it: those of a folder that is moved in make no event of their own."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(folder, name) for name in sorted(names))


def _facts(path: str) -> os.stat_result | None:
    """Return what the system knows of a regular file; None when it is gone or something else."""
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts if stat.S_ISREG(facts.st_mode) else None


def _is_for_us(path: str) -> bool:
    """Return whether a file is to be read: neither unfinished or hidden, nor a sidecar that is read with its file."""
    name = os.fsencode(os.path.basename(path))
    if name.startswith(b".") or name.lower().endswith(PARTIAL_SUFFIXES) or name == Sidecars.TABLE_NAME:
        return False
    stem, suffix = os.path.splitext(path)
    return suffix != ".json" or not any(os.path.exists(stem + os.fsdecode(other)) for other in ARTICLE_SUFFIXES)
