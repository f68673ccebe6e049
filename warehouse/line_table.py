"""The line table: which lines are boilerplate of which source, in numbered versions that never change.

A version lists those sources anew whose lines differ from what the version before says of them; of the others that
stands. It is rows of `line_versions` and `repeated_lines`; workers get it as a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import paths
from warehouse.landing import LINES_VERSION
from warehouse.ledger import Connection, Ledger, get_meta, snapshot_at
from warehouse.line_file import SourceLines, write_lines
from warehouse.snapshots import Snapshot
from warehouse.tables import LINE_VERSIONS, REPEATED_LINES, Table

KEPT_FILES = 3
"""Files of earlier versions are kept so long as a batch in hand may need them."""


class LineTable(NamedTuple):
    """One version of the table, whole."""

    version: int
    """0 while nothing was ever listed."""
    sources: Mapping[str, int]
    """The version that last listed a source, by source."""
    lines: pa.Table
    """Rows of `repeated_lines` that stand."""


def newest_version(connection: Connection) -> int:
    """Return the number of the newest version; 0 while there is none."""
    return int(get_meta(connection, LINES_VERSION) or 0)


def read_newest(ledger: Ledger) -> LineTable:
    """Return the newest version."""
    with ledger.reading() as connection:
        version = newest_version(connection)
        return _read(ledger.root, snapshot_at(connection), version) if version else LineTable(0, {}, _no_lines())


def file_for_workers(ledger: Ledger) -> Path | None:
    """Return where workers find the newest version, made when it is not there; None while there is none."""
    with ledger.reading() as connection:
        version = newest_version(connection)
        path = paths.line_table(ledger.root, version)
        if not version or path.exists():
            return path if version else None
        table = _read(ledger.root, snapshot_at(connection), version)
    write_lines(path, _by_source(table))
    for old in sorted(path.parent.glob("*.arrow"))[:-KEPT_FILES]:
        old.unlink(missing_ok=True)
    return path


def _read(root: Path, snapshot: Snapshot, version: int) -> LineTable:
    listed = _read_table(root, snapshot, LINE_VERSIONS, ["lines_version", "source"]).to_pylist()
    sources = {row["source"]: row["lines_version"] for row in sorted(listed, key=lambda row: row["lines_version"])}
    lines = _read_table(root, snapshot, REPEATED_LINES, list(REPEATED_LINES.columns))
    keys = zip(lines["source"].to_pylist(), lines["lines_version"].to_pylist(), strict=True)
    stand = pa.array([sources[source] == number for source, number in keys], pa.bool_())
    return LineTable(version, sources, lines.filter(stand))


def _read_table(root: Path, snapshot: Snapshot, table: Table, columns: list[str]) -> pa.Table:
    files = [paths.lake(root) / file.path for file in snapshot.files if file.table == table.name]
    parts = [pq.read_table(file, columns=columns) for file in files]
    return pa.concat_tables(parts) if parts else table.empty().select(columns)


def _by_source(table: LineTable) -> list[SourceLines]:
    hashes: dict[tuple[str, str], set[str]] = {}
    for row in table.lines.select(["source", "place", "line_hash"]).to_pylist():
        hashes.setdefault((row["source"], row["place"]), set()).add(row["line_hash"])
    return [
        SourceLines(source, version, *(frozenset(hashes.get((source, place), ())) for place in ("head", "foot")))
        for source, version in table.sources.items()
    ]


def _no_lines() -> pa.Table:
    return REPEATED_LINES.empty()
