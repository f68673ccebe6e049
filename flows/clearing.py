"""Clearing: what becomes of the files of an inbox once all their articles have landed.

A file is cleared after the commit, when it is still the one that was read, and nothing of it waits in quarantine.
First it gets a hidden name in its folder: so nobody can put another file in its place meanwhile, and what a kill leaves
behind is found under that name by the next scan.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from flows import console
from flows.desk import Desk
from flows.file_names import sidecar_of
from flows.inbox import InboxFile, root_of
from flows.settings import Settings
from warehouse import seen

HOLD_SUFFIX = b".landed"
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}


class _Way(NamedTuple):
    """Where the files of an inbox go."""

    inboxes: Sequence[Path]
    archive: bytes | None
    """None when they are deleted."""


def clear(desk: Desk, files: Iterable[InboxFile]) -> None:
    """Archive or delete those of `files` that lie in an inbox and have landed as a whole, as the settings say.

    Files that cannot be moved stay where they are, and the console says so; the next scan tries again.
    """
    way = _way(desk.settings)
    if way is None:
        return
    landed = [file for file in files if _is_clearable(file, way.inboxes)]
    staying = _staying(desk, [file.file_uri for file in landed], is_deleting=way.archive is None)
    _attempt(partial(_clear_one, file, way) for file in landed if file.file_uri not in staying)


def make_up(desk: Desk, paths: Iterable[str | os.PathLike[str]]) -> None:
    """Finish what a kill has left half done below `paths`, as far as they lie in an inbox."""
    way = _way(desk.settings)
    if way is None:
        return
    holds = chain.from_iterable(_holds(os.path.abspath(os.fsencode(path))) for path in paths)
    _attempt(partial(_finish, hold, way) for hold in holds if root_of(hold, way.inboxes) is not None)


def find_again(settings: Settings, path: bytes) -> bytes:
    """Return where the file is that lay at `path`: there, or in the archive; `path` when it is in neither."""
    root = root_of(path, settings.inbox)
    if os.path.lexists(path) or root is None:
        return path
    archived = os.path.join(os.fsencode(_archive(settings)), os.path.relpath(path, root))
    return archived if os.path.lexists(archived) else path


def _archive(settings: Settings) -> Path:
    return settings.archive or settings.data / "archive"


def _way(settings: Settings) -> _Way | None:
    if settings.after_landing == "keep":
        return None
    return _Way(settings.inbox, os.fsencode(_archive(settings)) if settings.after_landing == "archive" else None)


def _is_clearable(file: InboxFile, inboxes: Sequence[Path]) -> bool:
    return file.kept is None and file.problem is None and root_of(file.path, inboxes) is not None


def _staying(desk: Desk, uris: Sequence[str], *, is_deleting: bool) -> set[str]:
    """Return which of the files stay: something of them waits in quarantine, or would be lost with them."""
    if not uris:
        return set()
    with desk.ledger.reading() as connection:
        staying = {entry.file_uri for entry in seen.open_quarantine(connection, uris)}
    if is_deleting:
        from flows.commands.opened import open_current
        from warehouse.holdings import files_that_hold_more

        with open_current(desk.settings.data) as catalog:
            staying |= files_that_hold_more(catalog, uris)
    return staying


def _attempt(steps: Iterable[Callable[[], None]]) -> None:
    refused: list[OSError] = []
    for step in steps:
        try:
            step()
        except OSError as error:
            refused.append(error)
    if refused:
        why = console.printable(str(refused[0]))
        console.say(f"{len(refused)} files have landed and could not be cleared from the inbox: {why}")


def _clear_one(file: InboxFile, way: _Way) -> None:
    facts = os.lstat(file.path)
    if not stat.S_ISREG(facts.st_mode):  # a link is somebody's, and may lead nowhere from another place
        return
    folder, name = os.path.split(file.path)
    hold = os.path.join(folder, b"." + name + HOLD_SUFFIX)
    with suppress(FileNotFoundError):
        _finish(hold, way)
    os.rename(file.path, hold)
    facts = os.stat(hold)
    if (facts.st_size, facts.st_mtime_ns, facts.st_ino) != (file.size_bytes, file.modified_ns, file.inode):
        put(hold, file.path)
    else:
        _finish(hold, way)


def _finish(hold: bytes, way: _Way) -> None:
    """Take a file that has its hidden name, and its sidecar, to where they go."""
    os.stat(hold)
    folder, name = os.path.split(hold)
    path = os.path.join(folder, name[1 : -len(HOLD_SUFFIX)])
    sidecar = sidecar_of(path)
    both = [(hold, path)]
    if sidecar is not None and os.path.isfile(sidecar) and not os.path.lexists(path):
        both.insert(0, (sidecar, sidecar))
    for source, named in both:
        if way.archive is None:
            os.unlink(source)
        else:
            root = root_of(named, way.inboxes)
            assert root is not None
            put(source, os.path.join(way.archive, os.path.relpath(named, root)))


def put(source: bytes, target: bytes) -> bytes:
    """Move a file to `target`, or where that name is taken to `x~2.txt` and so on; return where it is.

    Nothing is ever written over. Where the very same bytes have that name already, they are not kept twice.
    """
    os.makedirs(os.path.dirname(target), exist_ok=True)
    for name in _names(target):
        try:
            os.link(source, name)
        except FileExistsError:
            if not os.path.isfile(name) or not filecmp.cmp(source, name, shallow=False):
                continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(name):
                continue
            _carry(source, name)
        with suppress(FileNotFoundError):
            os.unlink(source)
        return name
    raise AssertionError("there is always another name")


def _carry(source: bytes, target: bytes) -> None:
    """Rename a file, or copy it where the target is on another disk; whole or not at all."""
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    folder, name = os.path.split(target)
    part = os.path.join(folder, b"." + name + b".part")
    shutil.copy2(source, part)
    with open(part, "rb") as copied:
        os.fsync(copied.fileno())
    os.rename(part, target)


def _names(target: bytes) -> Iterator[bytes]:
    yield target
    stem, suffix = os.path.splitext(target)
    for number in count(2):
        yield b"%s~%d%s" % (stem, number, suffix)


def _holds(path: bytes) -> Iterator[bytes]:
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        yield from (
            os.path.join(folder, name) for name in names if name.startswith(b".") and name.endswith(HOLD_SUFFIX)
        )
