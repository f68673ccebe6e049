"""Where everything of a warehouse lies below its data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

LAKE = "lake"
LEDGER = "ledger.sqlite"
LINES = "lines"
CATALOG = "warehouse.duckdb"
COMMITTER_LOCK = "committer.lock"
PUBLISH_LOCK = "publish.lock"
BACKUP_LOCK = "backup.lock"
"""Whoever holds it needs every Parquet file that the ledger names."""


def ledger(root: Path) -> Path:
    """Return the address of the ledger."""
    return root / LEDGER


def ledger_address(root: Path, mode: Literal["ro", "rw"] = "ro") -> str:
    """Return the address under which SQLite opens a ledger that is there, and makes none."""
    return f"{ledger(root).resolve().as_uri()}?mode={mode}"


def catalog(root: Path) -> Path:
    """Return the address of the published DuckDB file."""
    return root / CATALOG


def lake(root: Path) -> Path:
    """Return the folder of the Parquet files."""
    return root / LAKE


def line_table(root: Path, version: int) -> Path:
    """Return the address of the line table's copy for workers, by its version."""
    return root / LINES / f"{version:08d}.arrow"


def lock(root: Path, name: str) -> Path:
    """Return the address of the lock called `name`."""
    return root / "locks" / name


def run_lock(root: Path, run_id: str) -> Path:
    """Return the lock that a run holds as long as it lives."""
    return lock(root, f"run-{run_id}.lock")
