"""What the warehouse holds, and the receipts of one file: what `copydesk status` says.

Reads the catalog and the ledger with duckdb and sqlite3 alone; importing this costs no more than `warehouse.peek`.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import duckdb

from warehouse import paths
from warehouse.sql_text import identifier, string

Row = dict[str, Any]

_ID = re.compile(r"[0-9a-f]{32}")
_RECEIPTS = {
    "files": "received_at, status, source, format, size_bytes, documents, articles, repeats, quarantined, skipped",
    "documents": "position, document_id, source, format, encoding, member",
    "articles": "position, article_id, headline, published_on, word_count, duplicate_of, quality_flags",
    "repeats": "position, document_id, received_at",
    "quarantine": "position, reason, detail, severity, quarantined_at, resolved_at, quarantine_id",
    "skipped": "position, reason, detail",
}
"""Tables that tell what became of a file, with the columns a person wants."""
_BY_ID = {"documents": ("document_id",), "articles": ("article_id",), "quarantine": ("document_id", "quarantine_id")}
"""Columns beside `file_id` and `file_uri` by which a row can be asked for."""
_LAST_RUN = (
    "SELECT run_id, trigger, status, error, started_at, finished_at, files, documents, articles, repeats, quarantined, "
    "skipped FROM runs ORDER BY started_at DESC LIMIT 1"
)
_REASONS = "SELECT reason, count(*) AS open FROM open_quarantine GROUP BY reason ORDER BY open DESC, reason"


class Holdings(NamedTuple):
    """The warehouse at its newest snapshot."""

    snapshot: int
    oldest_snapshot: int
    """The oldest that `--at` can read."""
    rows: dict[str, int]
    """Rows by table."""
    copies: int
    """Articles with `duplicate_of` set."""
    open_quarantine: dict[str, int]
    """Documents and files that wait, by reason."""
    last_run: Row | None
    runs_going_on: int
    lake_files: int
    lake_bytes: int
    ledger_bytes: int


class Receipts(NamedTuple):
    """What became of one file, by table; each list is in order of position."""

    asked: str
    rows: dict[str, list[Row]]

    def __bool__(self) -> bool:
        return any(self.rows.values())


def read_holdings(catalog: duckdb.DuckDBPyConnection, root: Path) -> Holdings:
    """Return what the warehouse at `root` holds; `catalog` is its open catalog."""
    tables = [name for (name,) in catalog.execute(_tables_query()).fetchall()]
    counts = " UNION ALL ".join(f"SELECT {string(name)}, count(*) FROM {identifier(name)}" for name in tables)
    (copies,) = catalog.execute("SELECT count(*) FROM duplicates WHERE duplicate_of IS NOT NULL").fetchall()[0]
    last_run = rows_of(catalog, _LAST_RUN)
    files, size, oldest, newest, going_on = _read_ledger(root)
    return Holdings(
        snapshot=newest,
        oldest_snapshot=oldest,
        rows=dict(catalog.execute(counts).fetchall()) if tables else {},
        copies=copies,
        open_quarantine=dict(catalog.execute(_REASONS).fetchall()),
        last_run=last_run[0] if last_run else None,
        runs_going_on=going_on,
        lake_files=files,
        lake_bytes=size,
        ledger_bytes=paths.ledger(root).stat().st_size,
    )


def read_receipts(catalog: duckdb.DuckDBPyConnection, asked: str) -> Receipts:
    """Return the receipts of a file, named by path, `file:///` address or any id of it or of what was in it."""
    rows: dict[str, list[Row]] = {}
    uri = file_uri(asked)
    for table, columns in _RECEIPTS.items():
        keys = _keys(table) if _ID.fullmatch(asked) else ("file_uri",)
        if not keys:
            rows[table] = []
            continue
        where = " OR ".join(f"{key} = $asked" for key in keys)
        order = "received_at" if table == "files" else "position"
        query = f"SELECT file_uri, {columns}, run_id FROM {table} WHERE {where} ORDER BY {order}, run_id"
        rows[table] = rows_of(catalog, query, {"asked": asked if _ID.fullmatch(asked) else uri})
    return Receipts(asked, rows)


def files_that_hold_more(catalog: duckdb.DuckDBPyConnection, file_uris: Sequence[str]) -> set[str]:
    """Return which of the files hold what the warehouse does not: bytes that it did not keep, or things it skipped."""
    query = (
        "SELECT file_uri FROM documents WHERE raw IS NULL AND list_contains($uris, file_uri) "
        "UNION SELECT file_uri FROM skipped WHERE list_contains($uris, file_uri)"
    )
    return {row["file_uri"] for row in rows_of(catalog, query, {"uris": list(file_uris)})}


def rows_of(catalog: duckdb.DuckDBPyConnection, query: str, parameters: Row | None = None) -> list[Row]:
    """Return the rows of a query, each by column name."""
    result = catalog.execute(query, parameters) if parameters else catalog.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def file_uri(path: str) -> str:
    """Return the address under which the warehouse knows a path; an address stays what it is."""
    return path if path.startswith("file://") else "file://" + quote(os.fsencode(os.path.abspath(path)))


def _tables_query() -> str:
    return (
        "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND schema_name = 'main' "
        "AND view_name IN (SELECT view_name FROM duckdb_views() WHERE schema_name = 'lake') ORDER BY view_name"
    )


def _keys(table: str) -> Sequence[str]:
    has_file_id = table in ("files", "documents", "articles", "quarantine")
    return (*(("file_id",) if has_file_id else ()), *_BY_ID.get(table, ()))


def _read_ledger(root: Path) -> tuple[int, int, int, int, int]:
    """Return files and bytes of the newest snapshot, the oldest and newest snapshots, and how many runs go on."""
    connection = sqlite3.connect(paths.ledger_address(root), uri=True)
    try:
        files, size = connection.execute(
            "SELECT count(*), coalesce(sum(size_bytes), 0) FROM lake_files WHERE end_snapshot IS NULL"
        ).fetchone()
        known = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        (going_on,) = connection.execute("SELECT count(*) FROM runs WHERE status = 'running'").fetchone()
    finally:
        connection.close()
    return files, size, int(known.get("oldest_snapshot", 0)), int(known.get("snapshot", 0)), going_on
