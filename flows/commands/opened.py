"""The catalog of a data folder, open for reading and up to date; costs the import of duckdb and little else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import NothingThere
from warehouse import paths

if TYPE_CHECKING:
    import duckdb


def open_current(root: Path, *, at: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the newest snapshot, or to snapshot `at`.

    Raises NothingThere when nothing was ever ingested below `root`.
    """
    require_warehouse(root)
    from warehouse import query

    return query.connect(root, at=at)


def require_warehouse(root: Path) -> None:
    """Raise NothingThere when there is no ledger below `root`."""
    if paths.ledger(root).exists():
        return
    raise NothingThere(
        "there is no warehouse yet",
        str(root),
        "nothing was ingested into this data folder" if root.exists() else "there is no such folder",
        "run `copydesk ingest PATH…` first, or name another data folder with --data",
    )
