"""What waits in quarantine, read from the catalog with duckdb alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import duckdb

from warehouse.holdings import Row, rows_of

_COLUMNS = (
    "quarantine_id, file_uri, position, source, stage, reason, detail, severity, document_id, quarantined_at, run_id"
)


def list_open(
    catalog: duckdb.DuckDBPyConnection,
    *,
    reason: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
) -> list[Row]:
    """Return what waits, the newest first, without the bytes; `reason` may be cut short, `since` is naive UTC."""
    query = (
        f"SELECT {_COLUMNS} FROM open_quarantine WHERE ($reason IS NULL OR starts_with(reason, $reason)) "
        "AND ($source IS NULL OR source = $source) AND ($since IS NULL OR quarantined_at >= $since) "
        "ORDER BY quarantined_at DESC, file_uri, position"
    )
    return rows_of(catalog, query, {"reason": reason, "source": source, "since": since})


def list_of_run(catalog: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, list[str]]:
    """Return the addresses of files by reason for which `run_id` put something into quarantine."""
    found: dict[str, list[str]] = {}
    query = "SELECT reason, file_uri FROM quarantine WHERE run_id = $run_id ORDER BY reason, file_uri, position"
    for row in rows_of(catalog, query, {"run_id": run_id}):
        found.setdefault(row["reason"], []).append(row["file_uri"])
    return found


def find_by_id(catalog: duckdb.DuckDBPyConnection, beginning: str) -> list[Row]:
    """Return the rows of `quarantine`, resolved ones too and with their bytes, whose id begins so; at most two."""
    columns = f"{_COLUMNS}, resolved_at, resolved_by, raw"
    query = f"SELECT {columns} FROM quarantine WHERE starts_with(quarantine_id, $id) LIMIT 2"
    return rows_of(catalog, query, {"id": beginning})


class Entry(NamedTuple):
    """A document or file that waits, with what it takes to bring it again."""

    quarantine_id: str
    file_uri: str
    file_id: str | None
    position: int | None
    raw: bytes | None


def entries(catalog: duckdb.DuckDBPyConnection, quarantine_ids: Sequence[str]) -> list[Entry]:
    """Return those of `quarantine_ids` that wait, by file and position."""
    query = (
        "SELECT quarantine_id, file_uri, file_id, position, raw FROM quarantine "
        "WHERE resolved_at IS NULL AND list_contains($ids, quarantine_id) ORDER BY file_uri, position"
    )
    return [Entry(**row) for row in rows_of(catalog, query, {"ids": list(quarantine_ids)})]
