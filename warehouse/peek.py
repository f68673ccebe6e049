"""What a command may know of a warehouse cheaply: its newest snapshot, and an open catalog.

Imports sqlite3 and duckdb only; `copydesk sql` and `status` have half a second in all.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse import analyst_views, paths
from warehouse.sql_text import string

OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
"""Configuration of every connection: nothing is fetched from a network because a query would like it."""


class CatalogNotFound(FileNotFoundError):
    """There is no `warehouse.duckdb` in the folder."""


class Stamp(NamedTuple):
    """What a catalog says of itself."""

    snapshot: int
    root: str
    """The data folder whose files it names, as it was when the catalog was written."""
    shape: str
    """`analyst_views.shape()` of the release that wrote it."""


def ledger_snapshot(root: Path) -> int | None:
    """Return the number of the newest snapshot in the ledger below `root`, or None when there is no ledger.

    Reads beside any writer: the ledger is in WAL mode, where nobody waits for a reader.
    """
    if not paths.ledger(root).exists():
        return None
    connection = sqlite3.connect(paths.ledger_address(root), uri=True)
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'snapshot'").fetchone()
    finally:
        connection.close()
    return int(row[0]) if row else None


def is_current(root: Path) -> bool:
    """Return whether `warehouse.duckdb` shows the ledger's newest snapshot, names files of this folder and has the
    views of this release."""
    newest = ledger_snapshot(root)
    if newest is None:
        return False
    try:
        connection = open_catalog(root)
    except (CatalogNotFound, duckdb.Error):
        return False
    with connection:
        return is_stamp_current(read_stamp(connection), root, newest)


def is_stamp_current(stamp: Stamp | None, root: Path, newest: int) -> bool:
    """Return whether a catalog with this `stamp` shows snapshot `newest` of the warehouse at `root`."""
    return (
        stamp is not None
        and stamp.snapshot >= newest
        and stamp.root == str(root.resolve())
        and stamp.shape == analyst_views.shape()
    )


def open_catalog(root: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the newest catalog below `root`; raise CatalogNotFound when there is none.

    Other connections of the process may hold older catalogs open: each sees its own.
    """
    return open_file(paths.catalog(root))


def open_file(catalog: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the catalog file `catalog`; raise CatalogNotFound when it does not exist.

    The file is attached to a database of its own in memory, because DuckDB keeps one instance per path and would
    hand out the file that an earlier connection opened there.
    """
    connection = duckdb.connect(":memory:", config=OFFLINE)
    try:
        # A name in a query is a table of the warehouse, never a variable of the program that asks.
        connection.execute("SET python_enable_replacements = false")
        # After two seconds DuckDB would print a progress bar to stdout, into the answer.
        connection.execute("SET enable_progress_bar = false")
        _attach(connection, catalog)
    except BaseException:
        connection.close()
        raise
    return connection


def read_stamp(connection: duckdb.DuckDBPyConnection) -> Stamp | None:
    """Return what the open catalog says of itself, or None when it is no catalog of Copydesk's."""
    try:
        rows = connection.execute("SELECT snapshot, root, shape FROM copydesk.catalog").fetchall()
    except duckdb.CatalogException:
        return None
    return Stamp(*rows[0]) if rows else None


def _attach(connection: duckdb.DuckDBPyConnection, catalog: Path) -> None:
    if not catalog.exists():
        raise CatalogNotFound(
            f"no catalog: {catalog} does not exist, because nothing was ingested there yet; "
            "name the data folder with --data, or run `copydesk ingest` first"
        )
    try:
        _attach_path(connection, catalog)
    except duckdb.Error:
        _attach_copy(connection, catalog)


def _attach_copy(connection: duckdb.DuckDBPyConnection, catalog: Path) -> None:
    """Attach a copy of `catalog`, made where no `.wal` lies beside it.

    Somebody who opened the file for writing leaves a write-ahead log that fits no later file, or still holds its
    lock; the file itself is whole.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        copy = Path(folder) / paths.CATALOG
        shutil.copyfile(catalog, copy)
        _attach_path(connection, copy)


def _attach_path(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"ATTACH {string(str(path.resolve()))} AS warehouse (READ_ONLY)")
    connection.execute("USE warehouse")
