"""The inbox: which files have arrived, and what their places say of them.

Files are found, never moved and never opened here; what is wrong with a name or a place is said of the file itself.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from flows.errors import WrongUse
from flows.sidecars import ARTICLE_SUFFIXES, PlaceError, Sidecars, sidecar_of
from transforms.read.placement import join_placements, placement_from_path, source_of
from transforms.rows import Arrival, Placement
from transforms.settings import TransformSettings

PARTIAL_SUFFIXES = (b".tmp", b".part")
"""Names that writers give to files they have not finished."""

DATA_MARK = b"ledger.sqlite"
"""A folder with this name in it is a data folder: of it only the inbox is searched."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a name in the inbox cannot be taken as a file."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that quarantine kept: it is read from there, as what it was in its file."""

    raw: bytes
    file_id: str
    position: int


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A name found in the inbox or given to the command, or a document that is replayed as from there."""

    path: bytes
    root: bytes
    """Folder from which its place is told: the inbox, else the folder that was searched, else its own."""
    size_bytes: int
    modified_ns: int
    problem: Problem | None = None
    kept: Kept | None = None

    @property
    def file_uri(self) -> str:
        """Percent-encoded file:/// address; any bytes can stand in a name."""
        return "file://" + quote(self.path)

    @property
    def name(self) -> str:
        """Last part of the path; bytes that are no UTF-8 stand as U+FFFD."""
        return os.path.basename(self.path).decode("utf-8", "replace")

    @property
    def relative_path(self) -> str:
        """Path below `root`."""
        return os.path.relpath(self.path, self.root).decode("utf-8", "replace")

    @property
    def modified_at(self) -> datetime | None:
        """Modification time, aware UTC; None when there is no file to ask."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC) if self.modified_ns else None


def check_paths(paths: Iterable[str | os.PathLike[str]]) -> None:
    """Raise WrongUse, before anything lands, when one of the given paths is not there."""
    for path in paths:
        if not os.path.lexists(path):
            raise WrongUse(
                "there is no such file or folder",
                os.fspath(path),
                "a path that was given has to exist",
                "check the spelling, or run `copydesk ingest` without paths to take the inbox",
            )


def find_files(paths: Iterable[str | os.PathLike[str]], inboxes: Sequence[Path] = ()) -> Iterator[InboxFile]:
    """Yield the files at `paths`, folders searched recursively, each name once, in the order of their names.

    What lies in one of the `inboxes` has its place there, whether it was named itself or found with its folder.
    """
    found: dict[bytes, InboxFile] = {}
    for path in paths:
        absolute = os.path.abspath(os.fsencode(path))
        for file in _find(absolute, root_of(absolute, inboxes)):
            found.setdefault(file.path, file)
    sidecars = {sidecar_of(path) for path in found}
    yield from (found[path] for path in sorted(found.keys() - sidecars))


def arrive(file: InboxFile, settings: TransformSettings, sidecars: Sidecars, *, now: datetime) -> Arrival | Problem:
    """Return a file as it is handed to the readers, or what is wrong with its sidecar."""
    try:
        placement = join_placements(
            sidecars.placement(file.path),
            placement_from_path(settings.path, file.relative_path) if settings.path else Placement(),
        )
    except PlaceError as error:
        return Problem("inbox.sidecar_unreadable", str(error))
    source = source_of(file.relative_path, placement, settings)
    return Arrival(file.file_uri, file.name, now, placement, source)


def to_json(placement: Placement) -> str:
    """Return a placement as canonical JSON, for the ledger."""
    said = (*placement.found, *placement.unreadable)
    rows = [[found.field, str(found.value), found.method] for found in said]
    return json.dumps(sorted(rows), ensure_ascii=False)


def root_of(path: bytes, inboxes: Iterable[Path]) -> bytes | None:
    """Return the inbox that `path` lies in, or None."""
    roots = (os.path.abspath(os.fsencode(inbox)) for inbox in inboxes)
    return next((root for root in roots if os.path.commonpath((root, path)) == root), None)


def _find(path: bytes, root: bytes | None) -> Iterator[InboxFile]:
    if os.path.isdir(path):
        yield from _search(path, root or path)
    else:
        yield look_at(path, root or os.path.dirname(path))


def _search(searched: bytes, root: bytes) -> Iterator[InboxFile]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(searched, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith(b"."))
        for name in folders:
            if name.lower().endswith(ARTICLE_SUFFIXES):  # somebody meant it to be a file
                yield look_at(os.path.join(folder, name), root)
        for name in names:
            if not _is_left_alone(name):
                yield look_at(os.path.join(folder, name), root)
    for error in unreadable:
        if not isinstance(error, FileNotFoundError):
            yield InboxFile(os.fsencode(error.filename), root, 0, 0, problem_of(error))


def _is_left_alone(name: bytes) -> bool:
    return name.startswith(b".") or name.lower().endswith(PARTIAL_SUFFIXES) or name == Sidecars.TABLE_NAME


def look_at(path: bytes, root: bytes) -> InboxFile:
    """Return what is at a path that was found below `root`; what is wrong with it is said of it."""
    try:
        facts = os.stat(path)
    except FileNotFoundError:
        return InboxFile(path, root, 0, 0, _missing(path))
    except OSError as error:
        return InboxFile(path, root, 0, 0, Problem("inbox.not_readable", _because(error)))
    problem = None
    if not stat.S_ISREG(facts.st_mode):
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "a pipe, socket or device"
        detail = f"the name is that of {kind}, not of a file; what is in a folder is taken by itself: rename it"
        problem = Problem("inbox.not_a_file", detail)
    return InboxFile(path, root, facts.st_size, facts.st_mtime_ns, problem)


def _missing(path: bytes) -> Problem:
    if os.path.islink(path):
        target = os.fsdecode(os.readlink(path)).encode("utf-8", "replace").decode()
        return Problem("inbox.dangling_link", f"the link leads to {target}, where nothing is; mend or remove the link")
    return VANISHED


VANISHED = Problem(
    "inbox.file_vanished", "the file was there when the folder was listed and is gone; bring it again if it matters"
)


def problem_of(error: OSError) -> Problem:
    """Return what is wrong with a file that could not be opened or read."""
    return VANISHED if isinstance(error, FileNotFoundError) else Problem("inbox.not_readable", _because(error))


def _because(error: OSError) -> str:
    return f"the system says: {error.strerror}; give copydesk's user the right to read it, and bring it again"


def inbox_folders(folders: Iterable[Path]) -> list[Path]:
    """Return the inbox folders, made when they are not there."""
    listed = list(folders)
    for folder in listed:
        folder.mkdir(parents=True, exist_ok=True)
    return listed
