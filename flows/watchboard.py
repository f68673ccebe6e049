"""The watchboard: the watchlists as they are now, ready to match, read anew whenever a file of them has changed.

A batch is matched by the lists as they were when it was prepared. In a service a file that becomes unreadable costs
nothing but itself: its last good form goes on, and the error is told once. So it is when the whole folder is out of
reach.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from flows import watchlists
from flows.console import say_error
from flows.errors import CopydeskError, WrongSetting
from transforms.watch.lists import Watchlist
from transforms.watch.matcher import Matcher


class _Stamp(NamedTuple):
    """By what a file is known to be as it was."""

    modified_ns: int
    size_bytes: int
    inode: int


class _Pinned(NamedTuple):
    """A file at the board; `watchlist` is None when it never was one."""

    stamp: _Stamp
    watchlist: Watchlist | None


class Watchboard:
    """The lists of `folder`; raises WrongSetting when one of them is broken at the beginning.

    `tell` is called with the error of a file that breaks later.
    """

    def __init__(self, folder: Path, *, tell: Callable[[CopydeskError], None] = say_error) -> None:
        self.tell = tell
        self._folder = folder
        self._is_out_of_reach = False
        self._pinned: Mapping[str, _Pinned] = {
            name: _Pinned(stamp, watchlists.read(folder / name)) for name, stamp in (_stamps(folder) or {}).items()
        }
        self._matcher = self._to_matcher()

    def matcher(self) -> Matcher:
        """Return what matches articles now; looks at each file's time and size: 20 ms for 1,000 lists."""
        stamps = _stamps(self._folder)
        if stamps is None:
            self._tell_loss()
            return self._matcher
        self._is_out_of_reach = False
        if stamps != {name: one.stamp for name, one in self._pinned.items()}:
            self._pinned = {name: self._pin(name, stamp) for name, stamp in stamps.items()}
            self._matcher = self._to_matcher()
        return self._matcher

    def _tell_loss(self) -> None:
        """Tell once that the folder is out of reach; where there were no lists, that is how it should be."""
        if self._pinned and not self._is_out_of_reach:
            self.tell(
                WrongSetting(
                    "the watchlists are out of reach",
                    str(self._folder),
                    "the folder is gone, or this user may not read it any more",
                    "bring it back; to end all lists, leave it there and empty (until then they go on as they were)",
                )
            )
        self._is_out_of_reach = True

    def _pin(self, name: str, stamp: _Stamp) -> _Pinned:
        """Return a file as it is at the board now: read anew where it has changed."""
        before = self._pinned.get(name)
        if before is not None and before.stamp == stamp:
            return before
        try:
            return _Pinned(stamp, watchlists.read(self._folder / name))
        except CopydeskError as error:
            kept = None if before is None else before.watchlist
            going_on = "its earlier form goes on" if kept is not None else "the other lists go on without it"
            self.tell(WrongSetting(error.what, error.where, error.why, f"{error.what_to_do} ({going_on} until then)"))
            return _Pinned(stamp, kept)

    def _to_matcher(self) -> Matcher:
        return Matcher(one.watchlist for one in self._pinned.values() if one.watchlist is not None)


def _stamps(folder: Path) -> dict[str, _Stamp] | None:
    """Return the files of the lists by name, in order, with what tells whether they have changed.

    None when there is no such folder or it cannot be read. A file that is renamed away meanwhile is left out.
    """
    stamps = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if watchlists.is_list(entry.name):
                    with suppress(OSError):
                        facts = entry.stat()
                        stamps[entry.name] = _Stamp(facts.st_mtime_ns, facts.st_size, facts.st_ino)
    except OSError:
        return None
    return dict(sorted(stamps.items()))
