"""The catalog: `warehouse.duckdb`, a small DuckDB file with one view per table and the analyst views.

It holds no rows of its own. It is written anew for each snapshot and renamed over the one before, so that
whoever has the old one open goes on reading it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import duckdb

from warehouse import analyst_views, paths, table_views
from warehouse.durability import sync
from warehouse.locks import locked
from warehouse.peek import OFFLINE, Stamp, read_stamp
from warehouse.snapshots import LakeFile, Snapshot
from warehouse.sql_text import identifier, string
from warehouse.tables import TABLES, Table

STORAGE_VERSION = "v1.5.0"
"""The oldest DuckDB that reads what we write is 1.5; later ones would write what it cannot open."""

# The file is synced as a whole before it is renamed: a write-ahead log of its own would only cost time.
# Small blocks, because it holds little: 340 kB instead of 540.
_WRITING = f"STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE no_wal_writes, BLOCK_SIZE 16384"

_OWN_TABLES = (
    "CREATE SCHEMA copydesk",
    "CREATE TABLE copydesk.catalog (snapshot BIGINT, root VARCHAR, shape VARCHAR, statements VARCHAR)",
    "CREATE TABLE copydesk.superseded (article_id VARCHAR, run_id VARCHAR)",
)

_workshop = threading.local()


def publish(root: Path, snapshot: Snapshot, *, tables: Sequence[Table] = TABLES, target: Path | None = None) -> bool:
    """Write the catalog of `snapshot` to `target`, by default `root/warehouse.duckdb`; return whether it was written.

    A catalog of a newer snapshot of this folder is left alone.
    Two publishers wait for each other; readers never wait.
    """
    root = root.resolve()
    target = target or paths.catalog(root)
    lock = paths.lock(target.parent, paths.PUBLISH_LOCK)
    with locked(lock):
        ours = _read_ours(target, lock)
        if ours is None and _is_newer(_look(target), root, snapshot.number):
            return False
        content = _build(root, snapshot, tables, ours)
        if content is None:
            return False
        _put_in_place(content, target)
        lock.write_text(_seal(content))
    return True


def _read_ours(target: Path, lock: Path) -> bytes | None:
    """Return the catalog at `target` where it is as this release and this DuckDB left it, else None."""
    if not target.exists():
        return None
    content = target.read_bytes()
    return content if lock.read_text() == _seal(content) else None


def _seal(content: bytes) -> str:
    """Return the digest of a catalog, of what we write into its tables, and of the DuckDB that writes it."""
    return _digest(content, "".join(_OWN_TABLES).encode(), duckdb.__version__.encode())


def _look(target: Path) -> Stamp | None:
    """Return what a catalog that is not as we left it says of itself; None where it cannot be read as one."""
    try:
        with _workbench(target.read_bytes(), "READ_ONLY") as (connection, _):
            return read_stamp(connection)
    except (duckdb.Error, OSError):
        return None


def _is_newer(stamp: Stamp | None, root: Path, number: int) -> bool:
    """Return whether a catalog with this `stamp` is of `root` and shows a snapshot after `number`."""
    return stamp is not None and stamp.root == str(root) and stamp.snapshot > number


def _build(root: Path, snapshot: Snapshot, tables: Sequence[Table], standing: bytes | None) -> bytes | None:
    """Return the bytes of the catalog of `snapshot`, made from the one that stands; None where that is newer.

    DuckDB opens a database twice: it reads the header, closes the file, and opens it again for all else. If a new
    catalog comes between, the old header must still lead somewhere. A checkpoint leaves the blocks of the state
    before it as they are; cut off at the end of the file, they are put back.
    """
    files = _by_table(snapshot.files)
    filled = [table for table in tables if table.name in files]
    statements = _statements(tables, filled, superseded=bool(snapshot.superseded))
    with _workbench(standing or _template(statements), _WRITING) as (connection, path):
        if standing is not None and _is_newer(read_stamp(connection), root, snapshot.number):
            return None
        with _transaction(connection):
            if _made_by(connection) != _digest("".join(statements).encode()):
                _clear(connection)
                _create(connection, statements)
            _stamp(connection, root, snapshot)
            for table in filled:
                connection.execute(table_views.lake_view(table, files[table.name], paths.lake(root)))
        connection.execute("CHECKPOINT")
        fresh = path.read_bytes()
    return fresh + (standing or b"")[len(fresh) :]


@lru_cache(maxsize=8)
def _template(statements: tuple[str, ...]) -> bytes:
    """Return the bytes of a catalog in which every view stands and every table is empty.

    DuckDB binds a view when it is created, through all views below it (80 ms for all of them);
    from one snapshot to the next only the files differ.
    """
    with _workbench(None, _WRITING) as (connection, path):
        with _transaction(connection):
            _create(connection, statements)
        connection.execute("CHECKPOINT")
        return path.read_bytes()


def _made_by(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the digest of the statements that made the views of a catalog of ours."""
    ((digest,),) = connection.execute("SELECT statements FROM copydesk.catalog").fetchall()
    return str(digest)


def _create(connection: duckdb.DuckDBPyConnection, statements: tuple[str, ...]) -> None:
    """Create every view, and say in the catalog which statements did."""
    for statement in statements:
        connection.execute(statement)
    digest = _digest("".join(statements).encode())
    connection.execute("INSERT INTO copydesk.catalog (statements) VALUES (?)", [digest])


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop all views, macros and tables, which another set of tables or another release made."""
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
        " AND schema_name = 'main'"
    ).fetchall()
    macros = connection.execute(
        "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND database_name = current_database()"
        " AND function_type = 'table_macro'"
    ).fetchall()
    drops = (
        *(f"DROP VIEW {identifier(name)}" for (name,) in views),
        *(f"DROP MACRO TABLE {identifier(name)}" for (name,) in macros),
        "DROP SCHEMA lake CASCADE",
        "DROP SCHEMA copydesk CASCADE",
    )
    for drop in drops:
        connection.execute(drop)


def _statements(tables: Sequence[Table], filled: Sequence[Table], *, superseded: bool) -> tuple[str, ...]:
    names = [table.name for table in filled]
    relations = [table for table in tables if table.relation]
    return (
        "CREATE SCHEMA lake",
        *_OWN_TABLES,
        *(table_views.empty_lake_view(table) for table in tables),
        *(table_views.newest_view(table) for table in relations),
        *(table_views.public_view(table, names, superseded=superseded) for table in tables),
        table_views.bare_articles_view(superseded=superseded),
        *analyst_views.statements(names),
    )


def _by_table(lake_files: Sequence[LakeFile]) -> dict[str, list[LakeFile]]:
    grouped: dict[str, list[LakeFile]] = {}
    for file in lake_files:
        grouped.setdefault(file.table, []).append(file)
    return grouped


def _stamp(connection: duckdb.DuckDBPyConnection, root: Path, snapshot: Snapshot) -> None:
    connection.execute(
        "UPDATE copydesk.catalog SET snapshot = ?, root = ?, shape = ?",
        [snapshot.number, str(root), analyst_views.shape()],
    )
    connection.execute("DELETE FROM copydesk.superseded")
    if snapshot.superseded:
        articles, runs = zip(*snapshot.superseded, strict=True)
        connection.execute(
            "INSERT INTO copydesk.superseded SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [list(articles), list(runs)],
        )


def _put_in_place(content: bytes, target: Path) -> None:
    fresh = target.with_name(f".{target.name}.fresh")
    fresh.unlink(missing_ok=True)
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), 0o444)
        os.fsync(file.fileno())
    _unlink_log(target)
    os.replace(fresh, target)
    _unlink_log(target)
    sync(target.parent)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _unlink_log(database: Path) -> None:
    """Remove the write-ahead log that somebody left who opened the catalog for writing: it fits no other file."""
    database.with_name(f"{database.name}.wal").unlink(missing_ok=True)


@contextmanager
def _workbench(content: bytes | None, options: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Attach a database of its own with `content`, or an empty one, for a block; give it as the connection's default.

    It lies in a folder for temporary files: DuckDB reads `?` and `\\` in the path of a database in ways of its own,
    and a data folder may have any name.
    """
    connection = _connection()
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        path = Path(folder) / paths.CATALOG
        if content is not None:
            path.write_bytes(content)
        connection.execute(f"ATTACH {string(str(path))} AS workbench ({options})")
        try:
            connection.execute("USE workbench")
            yield connection, path
        finally:
            connection.execute("USE memory")
            connection.execute("DETACH workbench")


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _connection() -> duckdb.DuckDBPyConnection:
    """Return this thread's connection to an empty database in memory; the first ATTACH of one costs 30 ms."""
    connection: duckdb.DuckDBPyConnection | None = getattr(_workshop, "connection", None)
    if connection is None:
        # One thread: the binding of file lists is faster without a scheduler (16 against 26 ms for 60 files a table).
        connection = duckdb.connect(":memory:", config={**OFFLINE, "threads": "1"})
        connection.execute("SET enable_progress_bar = false")
        _workshop.connection = connection
    return connection
