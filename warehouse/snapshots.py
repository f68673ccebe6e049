"""A snapshot: which Parquet files make up the warehouse at one moment, by number.

The ledger names them, the catalog publishes them; this is what passes between the two.
"""

from __future__ import annotations

from typing import NamedTuple


class LakeFile(NamedTuple):
    """A Parquet file that the ledger names."""

    path: str
    """Below `lake/`, with forward slashes."""
    table: str
    rows: int
    size_bytes: int
    schema_version: int
    run_id: str
    """Run that wrote it; for a compacted file the run that compacted."""
    begin_snapshot: int
    end_snapshot: int | None = None


class Snapshot(NamedTuple):
    """The state of the warehouse at one number."""

    number: int
    files: tuple[LakeFile, ...]
    superseded: tuple[tuple[str, str], ...] = ()
    """(article_id, run_id) pairs whose rows are no longer current and not yet erased."""
