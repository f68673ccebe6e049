"""The spool: a file too large for one batch waits on disk in parts, so that memory does not grow with the file.

A worker reads such a file once, to its end, and leaves its parts below `data/spool`; each becomes a batch of its own.
What a dead run left there is removed by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows import parcels
from transforms.read.parts import Ending, Part
from transforms.split import Split
from warehouse import tables

FOLDER = "spool"


class Spooled(NamedTuple):
    """A file that was read into several parts."""

    folder: Path
    ends: tuple[int, ...]
    """For each part the position after its last document."""
    ending: Ending


class SpooledPart(NamedTuple):
    """One of them: what a batch is made of."""

    spooled: Spooled
    number: int
    start: int
    """Documents before this position have landed already."""

    @property
    def is_last(self) -> bool:
        """Whether the file ends with it."""
        return self.number == len(self.spooled.ends) - 1

    @property
    def next_position(self) -> int:
        """Position after its last document."""
        return self.spooled.ends[self.number]


def folder_of(data: Path, run_id: str) -> Path:
    """Return where a run leaves its parts."""
    return data / FOLDER / run_id


def write(folder: Path, number: int, part: Part) -> None:
    """Leave a part of a file on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number:06d}.part").write_bytes(parcels.to_bytes(part))


def load(part: SpooledPart) -> Part:
    """Return a part that was left on disk."""
    value = parcels.from_bytes((part.spooled.folder / f"{part.number:06d}.part").read_bytes())
    assert isinstance(value, Part)
    kept = {name: _from(table, part.start) for name, table in value.split.kept.items()}
    return value._replace(split=Split(kept, _from(value.split.rejected, part.start)))


def _from(table: pa.Table, position: int) -> pa.Table:
    return table.filter(pc.field("position") >= position)


def nothing() -> Part:
    """Return a part without documents: that of a large file that has landed already."""
    kept = {"documents": tables.DOCUMENTS.empty(), "skipped": tables.SKIPPED.empty()}
    return Part(Split(kept, tables.QUARANTINE.empty()), 0, 0, {})


def clear(data: Path, run_ids: Collection[str]) -> None:
    """Remove what runs have left."""
    for run_id in run_ids:
        shutil.rmtree(folder_of(data, run_id), ignore_errors=True)
