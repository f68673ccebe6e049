"""Versions of the engines below the warehouse, for `copydesk doctor`; importing this imports both."""

from __future__ import annotations

import sqlite3

import duckdb

OLDEST_SQLITE = (3, 35, 0)
"""First with everything the ledger's statements use (RETURNING, UPSERT, tables without rowid, json_each)."""


def sqlite_version() -> tuple[int, ...]:
    """Return the version of the SQLite library that this Python was built with."""
    return sqlite3.sqlite_version_info


def duckdb_version() -> str:
    """Return the version of the DuckDB library."""
    return duckdb.__version__
