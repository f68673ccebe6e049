"""The lake: the Parquet files, written so that a crash leaves at worst a file that nobody names.

A file is part of the warehouse only while the ledger names it; the lake itself is never listed to find rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import paths
from warehouse.durability import sync
from warehouse.snapshots import LakeFile
from warehouse.tables import BY_NAME, SCHEMA_VERSION

LANDING_LEVEL = 1
"""zstd level of a landing: 108k documents/s against 58k at level 3."""
COMPACTION_LEVEL = 3
"""zstd level of compaction: a quarter smaller than level 1."""
GROUP_BYTES = 16 * 1024 * 1024
"""Of a row group, before it is compressed."""
TEMPORARY = ".tmp"


def write_tables(root: Path, tables: Mapping[str, pa.Table], *, run_id: str, snapshot: int) -> list[LakeFile]:
    """Write one Parquet file for each table that has rows and return what the ledger is to name.

    When it returns, the files and their folders are on disk; none is part of the warehouse yet.
    """
    return write_batches(
        root,
        {name: [BY_NAME[name].checked(table)] for name, table in tables.items() if table.num_rows},
        run_id=run_id,
        snapshot=snapshot,
        level=LANDING_LEVEL,
    )


def write_batches(
    root: Path, parts: Mapping[str, Iterable[pa.Table]], *, run_id: str, snapshot: int, level: int
) -> list[LakeFile]:
    """Write one Parquet file for each table from its parts, a row group's worth of them in memory at a time.

    When one cannot be written none is left: on a full disk they would take the room that others need.
    """
    file_name = f"{run_id}.{snapshot:08d}.parquet"
    try:
        files = [_write_file(root, name, parts[name], file_name, level) for name in parts]
        for name in parts:
            sync(paths.lake(root) / name)
    except BaseException:
        _remove(paths.lake(root) / name / one for name in parts for one in (file_name, _temporary(file_name)))
        raise
    return [
        LakeFile(path, name, rows, size, SCHEMA_VERSION, run_id, begin_snapshot=snapshot)
        for path, name, rows, size in files
    ]


def run_of(path: Path) -> str:
    """Return the run that wrote a file of the lake, as its name says."""
    return path.name.removeprefix(".").split(".")[0]


def _write_file(root: Path, table: str, parts: Iterable[pa.Table], name: str, level: int) -> tuple[str, str, int, int]:
    folder = paths.lake(root) / table
    if not folder.exists():
        folder.mkdir(parents=True)
        sync(folder.parent)
        sync(root)
    temporary = folder / _temporary(name)
    rows = 0
    schema = BY_NAME[table].schema
    with temporary.open("wb") as sink:
        with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=level) as writer:
            for group in _row_groups(parts):
                writer.write_table(group)
                rows += group.num_rows
        sink.flush()
        os.fsync(sink.fileno())
        size = sink.tell()
    temporary.rename(folder / name)
    return f"{table}/{name}", table, rows, size


def _row_groups(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield parts joined to tables of GROUP_BYTES or more: a row group each, and hundreds cost every reader."""
    waiting: list[pa.Table] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += part.nbytes
        if size >= GROUP_BYTES:
            yield pa.concat_tables(waiting)
            waiting, size = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _temporary(name: str) -> str:
    return f".{name}{TEMPORARY}"


def _remove(files: Iterable[Path]) -> None:
    """Remove what is there of `files`; what cannot be removed is left to the sweep."""
    for file in files:
        with suppress(OSError):
            file.unlink()
