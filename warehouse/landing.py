"""The commit: Parquet files first, then one ledger transaction that makes all of them visible, or none.

The order of things is the protocol. Files are written under names that no reader knows; the transaction names them,
moves the current pointers, keeps receipts and signatures, and counts the snapshot up.
Whoever commits holds the committer's lock from the moment he asks what has been seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select, update

from warehouse import ledger_schema as schema
from warehouse import paths, records
from warehouse.claims import Trigger, begin_run, check_lease
from warehouse.lake import write_tables
from warehouse.ledger import (
    Ledger,
    SnapshotMoved,
    add_lake_files,
    advance,
    newest_snapshot,
    set_meta,
)
from warehouse.locks import locked
from warehouse.moments import to_moment, to_text
from warehouse.records import Receipt
from warehouse.tables import RUNS, SIGNATURES, STORY_TERMS, set_columns

LINES_VERSION = "lines_version"
"""Key of the number of the newest line table among the ledger's own facts."""
COUNTS = ("documents", "articles", "repeats", "quarantined", "skipped")


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How the run ends with this commit."""

    status: Literal["done", "failed"] = "done"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """All that one commit brings."""

    run_id: str
    tables: Mapping[str, pa.Table]
    """By table name, with the table's schema; columns that only the commit knows are NULL."""
    receipts: Sequence[Receipt] = ()
    signatures: pa.Table = field(default_factory=SIGNATURES.empty)
    end: RunEnd | None = None
    story_terms: pa.Table = field(default_factory=STORY_TERMS.empty)


@contextmanager
def committer(ledger: Ledger) -> Iterator[None]:
    """Be the one committer for a block."""
    with locked(paths.lock(ledger.root, paths.COMMITTER_LOCK)):
        yield


def land(ledger: Ledger, landing: Landing, *, now: datetime) -> int:
    """Commit `landing` and return its snapshot; raise LeaseLost or SnapshotMoved and change nothing.

    The caller holds the committer's lock.
    """
    snapshot = ledger.snapshot() + 1
    counts = _count(landing.tables)
    run_rows = _ended_runs(ledger, landing, counts, snapshot, now)
    tables = _stamp({**landing.tables, "runs": RUNS.from_rows(run_rows)}, landing.run_id, snapshot, now)
    files = write_tables(ledger.root, tables, run_id=landing.run_id, snapshot=snapshot)
    with ledger.writing() as connection:
        if newest_snapshot(connection) != snapshot - 1:
            raise SnapshotMoved(f"snapshot {snapshot} was taken by somebody without the committer's lock")
        if landing.receipts or landing.end is not None:
            check_lease(connection, landing.run_id, [receipt.file_uri for receipt in landing.receipts])
        _record(connection, landing, tables, snapshot)
        _record_run(connection, landing, counts, snapshot, now)
        _mark_landed(connection, run_rows)
        add_lake_files(connection, files)
        advance(connection, snapshot, landing.run_id, now)
    return snapshot


def land_in_own_run(
    ledger: Ledger, trigger: Trigger, tables: Mapping[str, pa.Table], *, now: datetime, version: str
) -> int:
    """Commit `tables` in a run that does nothing else and ends with it; return its snapshot.

    The caller holds the committer's lock. `version` is that of the program.
    """
    run = begin_run(ledger, trigger, now=now, version=version)
    try:
        return land(ledger, Landing(run.run_id, tables, end=RunEnd()), now=now)
    finally:
        run.close()


def _count(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """Return what the receipts of this commit add up to, or how many articles land anew without any."""
    files = tables.get("files")
    if files is None:  # a reprocess: articles land anew, and no file arrives
        articles = tables.get("articles")
        return dict.fromkeys(("files", *COUNTS), 0) | {"articles": 0 if articles is None else articles.num_rows}
    return {"files": files.num_rows, **{name: pc.sum(files[name]).as_py() or 0 for name in COUNTS}}


def _ended_runs(
    ledger: Ledger, landing: Landing, counts: Mapping[str, int], snapshot: int, now: datetime
) -> list[dict[str, Any]]:
    """Return rows of table `runs` for runs that ended and have none yet, this one included when it ends now."""
    runs = schema.runs
    with ledger.reading() as connection:
        ended = connection.execute(select(runs).where(runs.c.landed.is_(False), runs.c.status != "running"))
        rows = [dict(row._mapping) for row in ended]
        if landing.end is not None:
            own = connection.execute(select(runs).where(runs.c.run_id == landing.run_id)).one()._mapping
            rows.append(
                {
                    **own,
                    **{name: own[name] + number for name, number in counts.items()},
                    "status": landing.end.status,
                    "error": landing.end.error,
                    "finished_at": to_text(now),
                    "first_snapshot": snapshot if own["first_snapshot"] is None else own["first_snapshot"],
                    "last_snapshot": snapshot,
                }
            )
    moments = ("started_at", "finished_at")
    return [{name: _naive(row[name]) if name in moments else row[name] for name in RUNS.columns} for row in rows]


def _naive(text: str | None) -> datetime | None:
    moment = to_moment(text)
    return None if moment is None else moment.replace(tzinfo=None)


def _stamp(tables: Mapping[str, pa.Table], run_id: str, snapshot: int, now: datetime) -> dict[str, pa.Table]:
    """Return the tables with what only the commit knows."""
    moment = now.astimezone(UTC).replace(tzinfo=None)
    stamps: dict[str, object] = {
        "run_id": run_id,
        "snapshot": snapshot,
        "landed_at": moment,
        "quarantined_at": moment,
        "resolved_at": moment,
        "resolved_by": run_id,
    }
    stamped = {
        name: table if name == "runs" else set_columns(table, _without_run(stamps, table))
        for name, table in tables.items()
        if len(table)
    }
    if "quarantine" in stamped:
        stamped["quarantine"] = _set_quarantine_ids(stamped["quarantine"])
    return stamped


def _without_run(stamps: Mapping[str, object], table: pa.Table) -> Mapping[str, object]:
    """Return the stamps of `table`; rows that name their run belong to an article of that run, and keep it."""
    if "run_id" in table.column_names and not table["run_id"].null_count:
        return {name: value for name, value in stamps.items() if name != "run_id"}
    return stamps


def _set_quarantine_ids(quarantine: pa.Table) -> pa.Table:
    facts = quarantine.select(["file_uri", "file_id", "position", "document_id", "reason", "run_id"]).to_pylist()
    ids = [hashlib.sha256(repr(tuple(row.values())).encode()).hexdigest()[:32] for row in facts]
    index = quarantine.schema.get_field_index("quarantine_id")
    return quarantine.set_column(index, quarantine.schema.field(index), pa.array(ids, pa.string()))


def _record(connection: Connection, landing: Landing, tables: Mapping[str, pa.Table], snapshot: int) -> None:
    """Write keys, pointers, signatures, quarantine and receipts of one commit."""
    records.record_documents(connection, tables.get("documents"))
    records.record_articles(connection, tables.get("articles"), landing.run_id, snapshot)
    records.record_signatures(connection, landing.signatures, snapshot)
    records.record_relations(connection, tables, snapshot)
    records.record_story_terms(connection, landing.story_terms, tables.get("story_members"))
    records.record_quarantine(connection, tables.get("quarantine"), tables.get("resolutions"), landing.run_id)
    records.record_receipts(connection, landing.run_id, landing.receipts)
    if "line_versions" in tables:
        set_meta(connection, LINES_VERSION, pc.max(tables["line_versions"]["lines_version"]).as_py())


def _record_run(
    connection: Connection, landing: Landing, counts: Mapping[str, int], snapshot: int, now: datetime
) -> None:
    runs = schema.runs
    values: dict[Any, Any] = {runs.c[name]: runs.c[name] + number for name, number in counts.items()}
    values[runs.c.last_snapshot] = snapshot
    values[runs.c.first_snapshot] = func.coalesce(runs.c.first_snapshot, snapshot)
    if landing.end is not None:
        values |= {
            runs.c.status: landing.end.status,
            runs.c.error: landing.end.error,
            runs.c.finished_at: to_text(now),
            runs.c.landed: True,
        }
    connection.execute(update(runs).where(runs.c.run_id == landing.run_id).values(values))


def _mark_landed(connection: Connection, run_rows: Sequence[Mapping[str, Any]]) -> None:
    runs = schema.runs
    for row in run_rows:
        connection.execute(update(runs).where(runs.c.run_id == row["run_id"]).values(landed=True))
