"""Compaction: many small Parquet files become one, superseded rows are left out, while everything else goes on.

Reading and writing happen without the committer's lock; only the exchange of names is a commit like every other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, bindparam, func, select, update

from warehouse import ledger_schema as schema
from warehouse import paths
from warehouse.lake import COMPACTION_LEVEL, write_batches
from warehouse.landing import committer
from warehouse.ledger import Ledger, add_lake_files, advance, newest_snapshot, retire_lake_files
from warehouse.locks import acquire, locked
from warehouse.snapshots import LakeFile, Snapshot
from warehouse.tables import BY_NAME, values

ALONE_BYTES = 1024 * 1024
"""A smaller file is read faster by one thread."""
SMALL_BYTES = 32 * 1024 * 1024
"""A smaller file is one that compaction may merge; larger ones are left as they are."""

Groups = Mapping[str, Sequence[LakeFile]]
"""Files to be merged into one, by table."""
Pairs = frozenset[tuple[str, str]]
"""Superseded (article_id, run_id) pairs."""


class Compacted(NamedTuple):
    """What a compaction did."""

    snapshot: int | None
    """None when there was nothing to do."""
    merged: Mapping[str, int]
    """Files merged, by table."""
    erased: int
    """Superseded (article, run) pairs whose rows are gone."""


class _Merge(NamedTuple):
    """Merged files on disk that nobody names yet, and what they are to take the place of."""

    run_id: str
    groups: Groups
    written: Sequence[LakeFile]
    superseded: Sequence[tuple[str, str]]
    """Pairs whose rows the merged files lack."""


class RowsLost(Exception):
    """A merged file has not the rows of the files it was made of; nothing was exchanged."""


def is_due(ledger: Ledger, *, above: int) -> bool:
    """Return whether some table has more than `above` small files; cheap enough to be asked after each commit."""
    files = schema.lake_files.c
    small = select(files.table_name).where(files.end_snapshot.is_(None), files.size_bytes < SMALL_BYTES)
    crowded = small.group_by(files.table_name).having(func.count() > above).limit(1)
    with ledger.reading() as connection:
        return connection.execute(crowded).first() is not None


def compact(ledger: Ledger, *, now: datetime, above: int = 1) -> Compacted:
    """Merge the small files of every table that has more than `above` of them, and erase superseded rows.

    Readers of earlier snapshots keep their files until `sweep.expire` lets them go. Raises RowsLost when a merged
    file does not hold what it must; the warehouse is as before then.
    """
    run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
    with locked(paths.lock(ledger.root, "compaction.lock")):
        lock = acquire(paths.run_lock(ledger.root, run_id))
        try:
            return _compact(ledger, run_id, now, above)
        finally:
            lock.path.unlink(missing_ok=True)
            lock.release()


def _compact(ledger: Ledger, run_id: str, now: datetime, above: int) -> Compacted:
    snapshot = ledger.read_snapshot()
    groups = _small_groups(snapshot, above)
    if snapshot.superseded:
        groups = _with_superseded(ledger.root, snapshot, groups)
    if not groups:
        return Compacted(None, {}, 0)
    pairs = frozenset(snapshot.superseded)
    parts = {
        table: _Counted(_kept_parts(ledger.root, files, pairs if BY_NAME[table].of_article else frozenset()))
        for table, files in groups.items()
    }
    # The number is only for the name; which snapshot it becomes is settled under the lock.
    written = write_batches(ledger.root, parts, run_id=run_id, snapshot=snapshot.number + 1, level=COMPACTION_LEVEL)
    _verify(ledger.root, written, groups, {table: part.dropped for table, part in parts.items()})
    number = _exchange(ledger, _Merge(run_id, groups, written, snapshot.superseded), now)
    return Compacted(number, {table: len(files) for table, files in groups.items()}, len(snapshot.superseded))


def _small_groups(snapshot: Snapshot, above: int) -> dict[str, list[LakeFile]]:
    groups: dict[str, list[LakeFile]] = {}
    for file in snapshot.files:
        if file.size_bytes < SMALL_BYTES:
            groups.setdefault(file.table, []).append(file)
    return {table: files for table, files in groups.items() if len(files) > above}


def _with_superseded(root: Path, snapshot: Snapshot, groups: Groups) -> dict[str, list[LakeFile]]:
    """Return the groups with every further file that holds a superseded row."""
    pairs = frozenset(snapshot.superseded)
    grown = {table: list(files) for table, files in groups.items()}
    for file in snapshot.files:
        if BY_NAME[file.table].of_article and file not in grown.get(file.table, ()):
            keys = _read(root, file, columns=["article_id", "run_id"])
            if _is_superseded(keys, pairs).true_count:
                grown.setdefault(file.table, []).append(file)
    return grown


class _Counted:
    """Parts of a merged table, and how many rows were left out of them."""

    def __init__(self, parts: Iterator[tuple[pa.Table, int]]) -> None:
        self._parts = parts
        self.dropped = 0

    def __iter__(self) -> Iterator[pa.Table]:
        for part, dropped in self._parts:
            self.dropped += dropped
            yield part


def _kept_parts(root: Path, files: Sequence[LakeFile], pairs: Pairs) -> Iterator[tuple[pa.Table, int]]:
    """Yield each file's rows in today's columns, without superseded ones, and how many those were."""
    for file in sorted(files, key=lambda file: (file.begin_snapshot, file.path)):
        rows = _read(root, file)
        kept = rows.filter(pc.invert(_is_superseded(rows, pairs))) if pairs else rows
        yield _in_todays_columns(file.table, kept), rows.num_rows - kept.num_rows


def _read(root: Path, file: LakeFile, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of a file; `pq.read_table`, which looks for partitions first, takes twice as long."""
    with pq.ParquetFile(paths.lake(root) / file.path) as opened:
        return opened.read(columns, use_threads=file.size_bytes > ALONE_BYTES)


def _in_todays_columns(table: str, rows: pa.Table) -> pa.Table:
    """Return rows with columns that came after them as NULL."""
    columns = [
        rows[field.name] if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in BY_NAME[table].schema
    ]
    return pa.table(columns, schema=BY_NAME[table].schema)


def _is_superseded(rows: pa.Table, pairs: Pairs) -> pa.BooleanArray:
    """Return for each row whether its (article_id, run_id) is among `pairs`."""
    keys = zip(values(rows, "article_id"), values(rows, "run_id"), strict=True)
    return pa.array([key in pairs for key in keys], pa.bool_())


def _verify(root: Path, written: Sequence[LakeFile], groups: Groups, dropped: Mapping[str, int]) -> None:
    """Raise RowsLost unless what can be read back is what went in."""
    for file in written:
        expected = sum(source.rows for source in groups[file.table]) - dropped[file.table]
        found = pq.read_metadata(paths.lake(root) / file.path).num_rows
        if found != expected:
            raise RowsLost(f"{file.path} has {found} rows, its {len(groups[file.table])} files had {expected}")


def _exchange(ledger: Ledger, merge: _Merge, now: datetime) -> int:
    """Retire the old files and name the new ones in one transaction; return its snapshot."""
    old = [file.path for files in merge.groups.values() for file in files]
    with committer(ledger), ledger.writing() as connection:
        number = newest_snapshot(connection) + 1
        retire_lake_files(connection, old, number, now)
        add_lake_files(connection, [file._replace(begin_snapshot=number) for file in merge.written if file.rows])
        _mark_erased(connection, merge.superseded, number)
        advance(connection, number, merge.run_id, now)
    return number


def _mark_erased(connection: Connection, superseded: Sequence[tuple[str, str]], number: int) -> None:
    if not superseded:
        return
    pairs = schema.superseded
    connection.execute(
        update(pairs)
        .where(pairs.c.article_id == bindparam("article"), pairs.c.run_id == bindparam("run"))
        .values(erased_snapshot=number),
        [{"article": article_id, "run": run_id} for article_id, run_id in superseded],
    )
