"""Sweeping: old snapshots expire, and files that nobody names any more are removed.

What a killed writer left behind is known by the run in its name: no living run, old enough, not in the ledger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import and_, delete, func, select

from warehouse import ledger_schema as schema
from warehouse import paths
from warehouse.lake import run_of
from warehouse.landing import committer
from warehouse.ledger import Ledger, newest_snapshot, oldest_snapshot, set_meta
from warehouse.locks import is_held, try_acquire
from warehouse.moments import to_text

SNAPSHOTS_REMEMBERED = 1_000
"""Of so many the ledger keeps run and moment, however long ago they were: they say when something landed last."""


class Swept(NamedTuple):
    """What a sweep removed."""

    expired: int
    """Retired files whose snapshots are no longer kept."""
    orphans: int
    """Files that a killed writer left."""
    size_bytes: int


def sweep(ledger: Ledger, *, now: datetime, retention: timedelta, grace: timedelta) -> Swept:
    """Let snapshots older than `retention` go, and remove files that nobody names and nobody is writing.

    A file is removed only when it has been unnamed for longer than `grace`: a reader may have it open by name still.
    While a backup is taken nothing is removed: it needs what was named when it began. The next sweep makes up for it.
    """
    lock = try_acquire(paths.lock(ledger.root, paths.BACKUP_LOCK))
    if lock is None:
        return Swept(0, 0, 0)
    try:
        return _sweep(ledger, now, retention, grace)
    finally:
        lock.release()


def _sweep(ledger: Ledger, now: datetime, retention: timedelta, grace: timedelta) -> Swept:
    expired = _expire(ledger, now - max(retention, grace))
    size = sum(_remove(paths.lake(ledger.root) / path) for path in expired)
    orphans = _find_orphans(ledger, now - grace)
    size += sum(_remove(path) for path in orphans)
    _remove_dead_locks(ledger, now - grace)
    _forget_runs(ledger, now - retention)
    return Swept(len(expired), len(orphans), size)


def _expire(ledger: Ledger, before: datetime) -> list[str]:
    """Forget files retired before a moment and return their paths; snapshots that need them can't be read from now."""
    files = schema.lake_files
    is_old = files.c.retired_at < to_text(before)
    with committer(ledger), ledger.writing() as connection:
        expired = list(connection.execute(select(files.c.path).where(is_old)).scalars())
        oldest = connection.execute(select(func.max(files.c.end_snapshot)).where(is_old)).scalar_one()
        if expired:
            set_meta(connection, "oldest_snapshot", oldest)
            connection.execute(delete(files).where(is_old))
            connection.execute(delete(schema.superseded).where(schema.superseded.c.erased_snapshot <= oldest))
    return expired


def _forget_runs(ledger: Ledger, before: datetime) -> None:
    """Drop the ledger's own rows of runs long done, which stand in the lake too, and of snapshots long expired.

    A day can bring 80,000 of each, and every commit asks the ledger which runs have ended.
    """
    runs, snapshots = schema.runs, schema.snapshots
    with ledger.writing() as connection:
        oldest = newest_snapshot(connection) - SNAPSHOTS_REMEMBERED
        connection.execute(delete(snapshots).where(snapshots.c.number < min(oldest, oldest_snapshot(connection))))
        is_old = and_(runs.c.finished_at < to_text(before), func.coalesce(runs.c.last_snapshot, 0) < oldest)
        connection.execute(delete(runs).where(runs.c.landed.is_(True), runs.c.status != "running", is_old))


def _find_orphans(ledger: Ledger, before: datetime) -> list[Path]:
    """Return files in the lake that the ledger does not name, that are old enough, and whose run is dead."""
    lake = paths.lake(ledger.root)
    # Listed before the ledger is asked: a file that lands in between is named by then.
    found = [path for path in lake.glob("*/*") if _is_older(path, before)]
    with ledger.reading() as connection:
        named = set(connection.execute(select(schema.lake_files.c.path)).scalars())
    return [
        path
        for path in found
        if path.relative_to(lake).as_posix() not in named and not is_held(paths.run_lock(ledger.root, run_of(path)))
    ]


def _remove_dead_locks(ledger: Ledger, before: datetime) -> None:
    """Remove locks of runs that were killed before the ledger knew them, and of killed compactions."""
    with ledger.reading() as connection:
        running = set(
            connection.execute(select(schema.runs.c.run_id).where(schema.runs.c.status == "running")).scalars()
        )
    kept = {paths.run_lock(ledger.root, run_id) for run_id in running}
    for path in paths.run_lock(ledger.root, "*").parent.glob(paths.run_lock(ledger.root, "*").name):
        if path not in kept and _is_older(path, before) and not is_held(path):
            path.unlink(missing_ok=True)


def _is_older(path: Path, before: datetime) -> bool:
    """Return whether a file is there and was last written before a moment."""
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:  # renamed to its final name, or removed, since the folder was listed
        return False


def _remove(path: Path) -> int:
    """Remove a file and return its size in bytes; one that is gone already counts nothing."""
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size
