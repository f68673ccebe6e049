"""What a worker process does: open a file and read it, or take documents through *prepare*."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyarrow as pa

from flows import spool
from flows.inbox import Kept, Problem, problem_of
from flows.spool import Spooled
from flows.worker_main import show_life
from transforms.identity import to_id
from transforms.mishaps import survive
from transforms.prepare import no_lines, prepare
from transforms.read import FileReading, read, read_parts, to_reading
from transforms.read.parts import Ending, Part
from transforms.rows import NO_LINES, Arrival, Rejected, RepeatedLines
from transforms.settings import TransformSettings
from transforms.split import Split
from warehouse.line_file import open_lines
from warehouse.tables import set_columns

_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}
"""What reading a file cannot come to, but leaving its parts on disk can: no fault of the file."""


class FileWork(NamedTuple):
    """A file to be read."""

    path: bytes
    arrival: Arrival
    settings: TransformSettings
    size_bytes: int
    modified_ns: int
    kept: Kept | None = None
    spool: Path = Path(spool.FOLDER)
    """Where the parts of a large file go."""
    strict: bool = False


class StillChanging(NamedTuple):
    """The file was written to while it was read, or since it was found: it is taken when it is whole."""


class DocumentWork(NamedTuple):
    """Documents to be prepared."""

    documents: pa.Table
    arrivals: Mapping[str, Arrival]
    settings: TransformSettings
    strict: bool = False
    lines: Path | None = None
    """Where the newest line table lies, when there is one."""


def read_file(work: FileWork) -> FileReading | Spooled | Problem | StillChanging:
    """Return what a file holds, where it waits when it is much, or why it cannot be read."""
    if work.kept is not None:
        return _read_kept(work, work.kept)
    try:
        # Without O_NONBLOCK a pipe that took the file's name would stop the worker.
        descriptor = os.open(work.path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as source:
            reading = survive(partial(_read, source, work), lambda: "read", strict=work.strict, expected=(OSError,))
            facts = os.fstat(descriptor)
    except OSError as error:
        if error.errno in _OURS:
            raise
        return problem_of(error)
    if isinstance(reading, Rejected):
        return Problem(reading.reason, reading.detail)
    if (facts.st_size, facts.st_mtime_ns) != (work.size_bytes, work.modified_ns):
        return StillChanging()
    return reading


def _read(source: BinaryIO, work: FileWork) -> FileReading | Spooled:
    """Return a file that is one part as it is; leave the parts of a larger one on disk."""
    parts: list[Part] = []
    ends: list[int] = []
    folder = work.spool / to_id(work.path)
    for told in read_parts(source, work.arrival, work.settings):
        show_life()
        if isinstance(told, Ending):
            break
        ends.append(told.next_position)
        if len(ends) == 1:
            parts.append(told)
            continue
        if len(ends) == 2:
            spool.write(folder, 0, parts.pop())
        spool.write(folder, len(ends) - 1, told)
    else:
        raise AssertionError("a file was read without an ending")
    return to_reading(parts, told) if parts else Spooled(folder, tuple(ends), told)


def _read_kept(work: FileWork, kept: Kept) -> FileReading:
    """Return what a kept document holds, with the file and the position that it came from."""
    reading = read(io.BytesIO(kept.raw), work.arrival, work.settings)
    facts = {"file_id": kept.file_id, "position": kept.position}
    tables = {name: set_columns(table, facts) for name, table in reading.split.kept.items()}
    return reading._replace(split=Split(tables, set_columns(reading.split.rejected, facts)), file_id=kept.file_id)


def prepare_documents(work: DocumentWork) -> Split:
    """Return the articles of documents, and what may not go on."""
    lines = no_lines if work.lines is None else partial(_find_lines, work.lines)
    return prepare(work.documents, work.arrivals, work.settings, lines=lines, strict=work.strict)


def _find_lines(path: Path, source: str) -> RepeatedLines:
    found = open_lines(path).find(source)
    return NO_LINES if found is None else RepeatedLines(found.version, found.head, found.foot)


def halve(work: DocumentWork) -> Sequence[DocumentWork]:
    """Return the same work in two parts, or itself when it is a single document."""
    rows = work.documents.num_rows
    if rows < 2:
        return (work,)
    middle = rows // 2
    return tuple(
        work._replace(documents=part) for part in (work.documents.slice(0, middle), work.documents.slice(middle))
    )
