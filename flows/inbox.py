"""The inbox: which files have arrived, and what their places say of them.

Files are found, never moved and never opened here; what is wrong with a name or a place is said of the file itself.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.file_names import ARTICLE_SUFFIXES, is_left_alone, sidecar_of, uri_of
from flows.sidecars import PlaceError, Sidecars, may_be_sidecar
from transforms.read.columns import Given
from transforms.read.placement import (
    Method,
    join_placements,
    placement_from_mapping,
    placement_from_path,
    source_of,
)
from transforms.rows import Arrival, Found, InfoSource, Placement, Value
from transforms.settings import TransformSettings

LIST_COLUMNS = frozenset({"authors", "info_sources", "keywords", "subjects"})
"""Columns that a place can fill and that hold lists."""
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
    inode: int = 0

    @property
    def file_uri(self) -> str:
        """Percent-encoded file:/// address; any bytes can stand in a name."""
        return uri_of(self.path)

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
    placement = place(file, settings, sidecars)
    if isinstance(placement, Problem):
        return placement
    source = source_of(file.relative_path, placement, settings)
    return Arrival(file.file_uri, file.name, now, placement, source)


def place(file: InboxFile, settings: TransformSettings, sidecars: Sidecars) -> Placement | Problem:
    """Return what the place of a file says of it, or what is wrong with its sidecar."""
    try:
        beside = sidecars.placement(file.path)
    except PlaceError as error:
        return Problem("inbox.sidecar_unreadable", str(error))
    if not settings.path:
        return beside
    return join_placements(beside, placement_from_path(settings.path, file.relative_path))


def to_json(placement: Placement) -> str:
    """Return a placement as canonical JSON, for the ledger."""
    said = (*placement.found, *placement.unreadable)
    rows = [(found.field, _to_written(found.value), found.method) for found in said]
    return json.dumps(sorted(rows, key=lambda row: tuple(map(str, row))), ensure_ascii=False)


def from_json(text: str) -> Placement:
    """Return the placement that `to_json` wrote; the order of its values is lost, which means nothing."""
    rows = [tuple(row) for row in json.loads(text)]
    methods: dict[Method, dict[str, Given]] = {}
    unreadable = []
    for field, value, method in rows:
        if method in ("path", "sidecar"):
            methods.setdefault(method, {})[field] = value
        else:
            unreadable.append(Found(field, value, method, 0.0))
    placements = [placement_again(said, method) for method, said in methods.items()]
    return join_placements(*placements, Placement(unreadable=tuple(unreadable)))


def placement_again(said: Mapping[str, Given], method: Method) -> Placement:
    """Return the placement that filled the columns of `said`; a publication date filled several of them."""
    printed = said.get("published_raw")
    made = {"published_at", "published_precision", "published_raw", *(() if printed is None else ("published_on",))}
    rest = {field: value for field, value in said.items() if field not in made}
    return placement_from_mapping({**rest, "published": printed} if printed is not None else rest, method)


def _to_written(value: Value) -> str | list[str]:
    """Return a value as JSON holds it: a list as a list, of credits by their names, and all else as text."""
    if isinstance(value, tuple):
        return [one.name if isinstance(one, InfoSource) else one for one in value]
    return str(value)


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
            if not is_left_alone(name):
                yield look_at(os.path.join(folder, name), root)
    for error in unreadable:
        if not isinstance(error, FileNotFoundError):
            yield InboxFile(os.fsencode(error.filename), root, 0, 0, problem_of(error))


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
    return InboxFile(path, root, facts.st_size, facts.st_mtime_ns, problem, inode=facts.st_ino)


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


def may_await_partner(file: InboxFile, seconds: float, now: datetime) -> bool:
    """Return whether a file reads as a sidecar that came less than so long ago, and its partner is still to come."""
    if file.problem is not None or not file.path.lower().endswith(b".json"):
        return False
    try:
        came = os.stat(file.path).st_ctime
    except OSError:
        return False
    return now.timestamp() - came < seconds and may_be_sidecar(file.path)


def inbox_folders(folders: Iterable[Path]) -> list[Path]:
    """Return the inbox folders that are there, made when they are not.

    One that cannot be made, as that of a network mount that is away, is left out as long as another one is there.
    """
    listed = list(folders)
    refusal: OSError | None = None
    for folder in listed:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refusal = error
    there = [folder for folder in listed if folder.is_dir()]
    if not there and refusal is not None:
        raise refusal
    return there
