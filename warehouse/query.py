"""Questions to the warehouse: a connection to its current catalog, or to one of the past.

Imports the ledger and the catalog's writer only when a catalog has to be written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse import paths
from warehouse.answers import Answer, ask
from warehouse.peek import (
    CatalogNotFound,
    is_stamp_current,
    ledger_snapshot,
    open_catalog,
    open_file,
    read_stamp,
)

if TYPE_CHECKING:
    from warehouse.snapshots import Snapshot


class WarehouseNotFound(FileNotFoundError):
    """There is no ledger in the data folder."""


@contextmanager
def query(root: Path, sql: str, *, at: int | None = None) -> Iterator[Answer | None]:
    """Give the answer to `sql` for a block, or None when the statement gives no rows; see `results.write_result`.

    `sql` may hold several statements: the last one answers.
    `at` is the number of a snapshot, by default the newest.
    Raises WarehouseNotFound, `warehouse.ledger.SnapshotExpired` and duckdb.Error.
    """
    with connect(root, at=at) as connection:
        yield ask(connection, sql)


def connect(root: Path, *, at: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the warehouse below `root`, at its newest snapshot or at the snapshot `at`.

    A catalog that is missing, behind the ledger, of another release or of another folder is published anew first.
    """
    newest = ledger_snapshot(root)
    if newest is None:
        raise WarehouseNotFound(
            f"no warehouse: {paths.ledger(root)} does not exist, because nothing was ingested into {root} yet; "
            "name the data folder with --data, or run `copydesk ingest` first"
        )
    if at is not None:
        return _connect_aside(root, at)
    connection = _open_current(root, newest)
    if connection is not None:
        return connection
    _publish(root, _read_snapshot(root, None), target=None)
    return open_catalog(root)


def _open_current(root: Path, newest: int) -> duckdb.DuckDBPyConnection | None:
    try:
        connection = open_catalog(root)
    except (CatalogNotFound, duckdb.Error):
        return None
    if is_stamp_current(read_stamp(connection), root, newest):
        return connection
    connection.close()
    return None


def _connect_aside(root: Path, at: int) -> duckdb.DuckDBPyConnection:
    """Return a connection to a catalog of its own, whose file is removed as soon as it is open."""
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        target = Path(folder) / paths.CATALOG
        _publish(root, _read_snapshot(root, at), target=target)
        return open_file(target)


def _read_snapshot(root: Path, at: int | None) -> Snapshot:
    from warehouse.ledger import Ledger  # SQLAlchemy costs 100 ms, which a current catalog saves

    ledger = Ledger(root)
    try:
        return ledger.read_snapshot(at)
    finally:
        ledger.close()


def _publish(root: Path, snapshot: Snapshot, *, target: Path | None) -> None:
    from warehouse import catalog  # imports pyarrow through warehouse.tables

    catalog.publish(root, snapshot, target=target)
