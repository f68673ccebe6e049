"""Vital signs: what the ledger says of how a warehouse is doing, for `copydesk status --health`.

Reads with sqlite3 alone, as importing more would cost a watchman's look half a second each time.
"""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from warehouse import paths
from warehouse.ledger_version import LEDGER_VERSION
from warehouse.locks import is_held
from warehouse.moments import to_moment, to_text

WRITE_SECONDS = 3.0
"""How long a look waits for the write lock; a commit holds it for 10 ms."""

Errors = (sqlite3.Error, OSError)
"""What looking raises when the ledger cannot be read."""


class Vitals(NamedTuple):
    """How the warehouse is doing."""

    snapshot: int
    ledger_version: int
    last_landing_at: datetime | None
    """Of the newest run that brought files; aware UTC."""
    ended: tuple[str, str | None] | None
    """Status and error of the run that ended last."""
    failed: int
    """Runs that failed or died since the asked moment."""
    dead: tuple[str, ...]
    """Runs that the ledger takes for running, and whose process on this host is gone."""
    small_files: Mapping[str, int]
    """Parquet files by table that compaction may merge."""

    @property
    def is_known_version(self) -> bool:
        """Whether this release understands the ledger."""
        return self.ledger_version <= LEDGER_VERSION


def read_vitals(root: Path, *, since: datetime, small_bytes: int) -> Vitals:
    """Return the vital signs of the warehouse at `root`; raises one of Errors.

    `failed` counts from `since`; a Parquet file below `small_bytes` is a small one.
    """
    with closing(_open(root, "ro")) as ledger:
        meta = dict(ledger.execute("SELECT key, value FROM meta").fetchall())
        landing = ledger.execute(
            "SELECT committed_at FROM snapshots JOIN runs USING (run_id) WHERE runs.files > 0 ORDER BY number DESC"
        ).fetchone()
        ended = ledger.execute("SELECT status, error FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at DESC")
        (failed,) = ledger.execute(
            "SELECT count(*) FROM runs WHERE status IN ('failed', 'crashed') AND finished_at >= ?", [to_text(since)]
        ).fetchone()
        running = ledger.execute("SELECT run_id, host FROM runs WHERE status = 'running'").fetchall()
        small = ledger.execute(
            "SELECT table_name, count(*) FROM lake_files WHERE end_snapshot IS NULL AND size_bytes < ? "
            "GROUP BY table_name",
            [small_bytes],
        )
        return Vitals(
            int(meta.get("snapshot", 0)),
            int(meta.get("schema_version", 0)),
            None if landing is None else to_moment(landing[0]),
            ended.fetchone(),
            failed,
            tuple(run_id for run_id, host in running if _is_dead(root, run_id, host)),
            dict(small.fetchall()),
        )


def find_write_problem(root: Path) -> str | None:
    """Return why nobody could write to the ledger at this moment, or None; nothing is written."""
    try:
        with closing(_open(root, "rw")) as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            ledger.execute("ROLLBACK")
    except Errors as error:
        return str(error)
    return None


def waiting(root: Path, files: Iterable[tuple[str, int, int]]) -> set[str]:
    """Return which files nobody has dealt with, by address; each is given as address, size and time in ns.

    Those that wait in quarantine as a whole have been dealt with. Raises one of Errors.
    """
    facts = {uri: (size, modified) for uri, size, modified in files}
    if not paths.ledger(root).exists():
        return set(facts)
    asked = [json.dumps(sorted(facts))]
    with closing(_open(root, "ro")) as ledger:
        arrived = ledger.execute(
            "SELECT file_uri, size_bytes, modified_ns FROM arrivals WHERE file_uri IN (SELECT value FROM json_each(?))",
            asked,
        )
        known = {uri for uri, *seen in arrived if facts[uri] == tuple(seen)}
        quarantined = ledger.execute(
            "SELECT file_uri FROM quarantined WHERE position IS NULL AND resolved_by IS NULL "
            "AND file_uri IN (SELECT value FROM json_each(?))",
            asked,
        )
        known |= {uri for (uri,) in quarantined}
    return set(facts) - known


def _open(root: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    return sqlite3.connect(paths.ledger_address(root, mode), uri=True, timeout=WRITE_SECONDS, isolation_level=None)


def _is_dead(root: Path, run_id: str, host: str) -> bool:
    return host == socket.gethostname() and not is_held(paths.run_lock(root, run_id))
