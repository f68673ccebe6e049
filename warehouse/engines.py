"""The engines below the warehouse and the ledger's health, for `copydesk doctor`; importing this imports both."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

from warehouse import paths

OLDEST_SQLITE = (3, 35, 0)
"""First with everything the ledger's statements use (RETURNING, UPSERT, tables without rowid, json_each)."""

LEDGER_ERRORS = (sqlite3.Error,)
"""What `check_ledger` raises for a ledger that is damaged."""


def sqlite_version() -> tuple[int, ...]:
    """Return the version of the SQLite library that this Python was built with."""
    return sqlite3.sqlite_version_info


def duckdb_version() -> str:
    """Return the version of the DuckDB library."""
    return duckdb.__version__


def check_ledger(root: Path) -> int:
    """Return the ledger's newest snapshot; raise one of LEDGER_ERRORS when SQLite finds it damaged.

    Cost: linear in the ledger; about a second per 500 MB.
    """
    connection = sqlite3.connect(paths.ledger_address(root), uri=True)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        (newest,) = connection.execute("SELECT value FROM meta WHERE key = 'snapshot'").fetchone()
    finally:
        connection.close()
    return int(newest)
