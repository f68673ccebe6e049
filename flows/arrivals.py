"""Arrivals: what something happened to in the inbox, until it is whole and travels.

A file is whole when it was renamed in, or when its size and time have not changed for a moment.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from flows.file_names import ARTICLE_SUFFIXES, is_left_alone
from flows.pace import Waiting
from flows.sidecars import may_be_sidecar

GATHERED_AT_MOST = 10_000
"""Of more arrivals than this no list is kept: the folders are searched instead."""
UNDECODABLE = "\ufffd"


class _Seen(NamedTuple):
    """A file as it was when it was last seen to change, and when it is to be looked at again."""

    size_bytes: int
    modified_ns: int
    since: float
    due: float
    is_renamed: bool


class Arrivals:
    """What has arrived and was not handed over yet; at first everything that lies in the folders."""

    def __init__(self, folders: Sequence[str], *, quiet_seconds: float, sidecar_seconds: float) -> None:
        self.pending: dict[str, _Seen] = {}
        """Files that may still be written."""
        self.whole: dict[str, int] = {}
        """Sizes of the files that can travel, in the order they came."""
        self.changed = asyncio.Event()
        self._folders = folders
        self._quiet_seconds = quiet_seconds
        self._sidecar_seconds = sidecar_seconds
        self._searching_since: float | None = 0.0
        self._whole_since = 0.0

    def search(self, now: float) -> None:
        """Have the folders searched: something may have happened in them that nobody saw."""
        if self._searching_since is None:
            self._searching_since = now
        self.pending.clear()
        self.whole.clear()
        self.changed.set()

    def add(self, path: str, now: float, *, gone: Collection[str] = ()) -> None:
        """Note that something happened to a file, or to a folder with files in it; `gone` are names that vanished."""
        if UNDECODABLE in path or len(self.pending) + len(self.whole) > GATHERED_AT_MOST:
            self.search(now)
        for file in _files_of(path):
            if (facts := _facts(file)) is not None and _is_for_us(file):
                self.whole.pop(file, None)
                is_renamed = any(_was_written_as(name, file) for name in gone)
                self.pending[file] = _Seen(facts.st_size, facts.st_mtime_ns, now, now, is_renamed)
        self.changed.set()

    def settle(self, now: float) -> bool:
        """Move the files that are whole to those that can travel; return whether there were any."""
        found = [path for path, seen in list(self.pending.items()) if seen.due <= now and self._is_whole(path, now)]
        if found and not self.whole:
            self._whole_since = now
        for path in found:
            self.whole[path] = self.pending.pop(path).size_bytes
        return bool(found)

    def waiting(self) -> Waiting | None:
        """Return what can travel; None when nothing can. Folders to be searched count as all they may hold."""
        if self._searching_since is not None:
            return Waiting(GATHERED_AT_MOST, 0, self._searching_since)
        return Waiting(len(self.whole), sum(self.whole.values()), self._whole_since) if self.whole else None

    def next_look(self) -> float | None:
        """Return when the next file is to be looked at again; None when there is none."""
        return min((seen.due for seen in self.pending.values()), default=None)

    def take(self) -> list[str]:
        """Return the files that can travel, in the order they came, or the folders when they have to be searched."""
        if self._searching_since is not None:
            self._searching_since = None
            return list(self._folders)
        taken = list(self.whole)
        self.whole.clear()
        return taken

    def _is_whole(self, path: str, now: float) -> bool:
        seen, facts = self.pending[path], _facts(path)
        if facts is None or not _is_for_us(path):
            del self.pending[path]
            return False
        if (facts.st_size, facts.st_mtime_ns) != (seen.size_bytes, seen.modified_ns):
            seen = _Seen(facts.st_size, facts.st_mtime_ns, now, now, False)
        # Writing sets both times. A later change time is that of a rename or a link, which come after the last word.
        is_linked = seen.is_renamed or facts.st_ctime_ns > facts.st_mtime_ns
        whole_at = seen.since + (0.0 if is_linked else self._quiet_seconds)
        if path.endswith(".json") and may_be_sidecar(os.fsencode(path)):
            whole_at = max(whole_at, seen.since + self._sidecar_seconds)
        self.pending[path] = seen._replace(due=whole_at)
        return whole_at <= now


def _was_written_as(gone: str, path: str) -> bool:
    """Return whether a name that vanished is that under which a file was written before it got its own.

    Within a kernel's tick of a write, a rename leaves no later time: the vanished name tells it at once.
    """
    folder, name = os.path.split(gone)
    own_folder, own = os.path.split(path)
    stem, _ = os.path.splitext(own)
    return folder == own_folder and is_left_alone(os.fsencode(name)) and name.lstrip(".").startswith(stem)


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
    if is_left_alone(os.fsencode(os.path.basename(path))):
        return False
    stem, suffix = os.path.splitext(path)
    return suffix != ".json" or not any(os.path.exists(stem + os.fsdecode(other)) for other in ARTICLE_SUFFIXES)
