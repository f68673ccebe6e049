"""The line table as worker processes read it: one file per version, mapped into memory, unpacked source by source.

It is a cache: made from the lake when it is not there, and the same for all time once it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from warehouse.tables import values

_TYPES: Mapping[str, pa.DataType] = {
    "source": pa.string(),
    "version": pa.int64(),
    "head": pa.list_(pa.string()),
    "foot": pa.list_(pa.string()),
}
_SCHEMA = pa.schema(_TYPES)


class SourceLines(NamedTuple):
    """What a version of the line table says of one source; `head` and `foot` are hashes of lines."""

    source: str
    version: int
    """The version that last listed the source anew."""
    head: frozenset[str]
    foot: frozenset[str]


class LineFile:
    """An open line table."""

    def __init__(self, path: Path) -> None:
        with pa.memory_map(os.fspath(path)) as source:
            self._table = pa.ipc.open_file(source).read_all()
        self._rows = {source: row for row, source in enumerate(values(self._table, "source"))}
        self.find = lru_cache(maxsize=256)(self._find)
        """Return what is said of a source, or None."""

    def _find(self, source: str) -> SourceLines | None:
        row = self._rows.get(source)
        if row is None:
            return None
        version, head, foot = (self._table[name][row].as_py() for name in ("version", "head", "foot"))
        return SourceLines(source, version, frozenset(head), frozenset(foot))


@lru_cache(maxsize=2)
def open_lines(path: Path) -> LineFile:
    """Return the line table at `path`; a version never changes, so that one reading is enough."""
    return LineFile(path)


def write_lines(path: Path, sources: Iterable[SourceLines]) -> None:
    """Write a line table, whole or not at all."""
    rows = [
        {"source": one.source, "version": one.version, "head": sorted(one.head), "foot": sorted(one.foot)}
        for one in sorted(sources, key=lambda one: one.source)
    ]
    table = pa.Table.from_pylist(rows, _SCHEMA)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("wb") as sink:
        with pa.ipc.new_file(sink, _SCHEMA) as writer:
            writer.write_table(table)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(path)
