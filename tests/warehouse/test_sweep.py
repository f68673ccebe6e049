"""Sweeping: what nobody needs goes, what somebody may need stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from office import NOON, Office, joined, story
from sqlalchemy import func, select

from warehouse import lake, paths
from warehouse import ledger_schema as schema
from warehouse import sweep as sweeping
from warehouse.compaction import compact
from warehouse.ledger import SnapshotExpired
from warehouse.locks import acquire
from warehouse.sweep import Swept, sweep
from warehouse.tables import BY_NAME

GRACE = timedelta(hours=1)
RETENTION = timedelta(days=7)
OLD = NOON - 2 * GRACE


def _sweep(office: Office, *, days: float = 0, retention: timedelta = RETENTION) -> Swept:
    return sweep(office.ledger, now=NOON + timedelta(days=days), retention=retention, grace=GRACE)


def _leave(office: Office, run_id: str, *, written_at: float) -> Path:
    """Leave a file of a run that never came to its transaction."""
    rows = {"articles": BY_NAME["articles"].from_rows(story("x")["articles"])}
    (file,) = lake.write_tables(office.root, rows, run_id=run_id, snapshot=9)
    path = paths.lake(office.root) / file.path
    os.utime(path, (written_at, written_at))
    return path


def test_files_of_dead_runs_are_removed_after_the_grace_period(office: Office) -> None:
    old = _leave(office, "dead", written_at=OLD.timestamp())
    young = _leave(office, "also-dead", written_at=NOON.timestamp() - 60)

    swept = _sweep(office)

    assert (swept.orphans, old.exists(), young.exists()) == (1, False, True)
    assert swept.size_bytes > 0


def test_files_of_a_living_run_are_left_alone_however_old(office: Office) -> None:
    run = office.begin()
    path = _leave(office, run.run_id, written_at=OLD.timestamp())

    assert _sweep(office).orphans == 0
    assert path.exists()

    run.close()
    assert _sweep(office).orphans == 1


def test_half_written_files_go_too(office: Office) -> None:
    half = _leave(office, "dead", written_at=OLD.timestamp())
    temporary = half.rename(half.with_name(f".{half.name}{lake.TEMPORARY}"))
    run = office.begin()
    living = _leave(office, run.run_id, written_at=OLD.timestamp())
    writing = living.rename(living.with_name(f".{living.name}{lake.TEMPORARY}"))

    assert _sweep(office).orphans == 1

    assert (temporary.exists(), writing.exists()) == (False, True)
    run.close()


def test_files_that_the_ledger_names_stay_however_old(office: Office) -> None:
    office.land(story("a"))
    for path in paths.lake(office.root).glob("*/*"):
        os.utime(path, (0, 0))

    assert _sweep(office, days=1) == Swept(0, 0, 0)
    assert office.findings() == set()


def test_retired_files_go_when_their_snapshots_expire(office: Office) -> None:
    office.land(joined(story("a", body="As it was."), story("b")))
    office.land(story("a", body="As it is now.", new=False))
    compact(office.ledger, now=NOON)

    assert _sweep(office, days=6).expired == 0
    assert office.ask_at(1, "SELECT body FROM articles WHERE article_id = 'a'") == [("As it was.",)]
    swept = _sweep(office, days=8)

    assert swept.expired > 0
    assert swept.size_bytes > 0
    assert len(office.lake_files("articles")) == 1
    assert office.ask("SELECT body FROM articles WHERE article_id = 'a'") == [("As it is now.",)]
    assert office.findings() == set()


def test_a_snapshot_that_has_expired_is_refused_with_the_oldest_that_can_be_read(office: Office) -> None:
    for name in "abc":
        office.land(story(name))
    compact(office.ledger, now=NOON)
    office.land(story("d"))

    _sweep(office, days=8)

    with pytest.raises(SnapshotExpired, match="snapshot 3 cannot be read: the oldest that can is 4, the newest 5"):
        office.ledger.read_snapshot(3)
    assert office.ask_at(4, "SELECT count(*) FROM articles") == [(3,)]


def test_without_retention_files_stay_for_the_grace_period_all_the_same(office: Office) -> None:
    for name in "ab":
        office.land(story(name))
    compact(office.ledger, now=NOON)

    assert sweep(office.ledger, now=NOON + GRACE / 2, retention=timedelta(0), grace=GRACE).expired == 0
    assert sweep(office.ledger, now=NOON + 2 * GRACE, retention=timedelta(0), grace=GRACE).expired > 0


def test_locks_of_the_dead_go_and_those_of_the_living_stay(office: Office) -> None:
    run = office.begin()
    dead = paths.run_lock(office.root, "killed-before-the-ledger-knew")
    dead.touch()
    young = paths.run_lock(office.root, "just-now")
    unknown = acquire(paths.run_lock(office.root, "a-compaction"))
    for path in (dead, unknown.path, paths.run_lock(office.root, run.run_id)):
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))
    young.touch()
    os.utime(young, (NOON.timestamp(), NOON.timestamp()))

    _sweep(office)

    left = set((office.root / "locks").glob("run-*"))
    assert left == {young, unknown.path, paths.run_lock(office.root, run.run_id)}
    unknown.release()
    run.close()


def test_runs_and_snapshots_of_long_ago_are_forgotten_by_the_ledger_and_kept_in_the_lake(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "SNAPSHOTS_REMEMBERED", 2)
    for name in "abcd":
        office.land(story(name))
    compact(office.ledger, now=NOON)
    living = office.begin()

    _sweep(office, days=8)

    with office.ledger.reading() as connection:
        runs = connection.execute(select(func.count()).select_from(schema.runs)).scalar_one()
        snapshots = list(connection.execute(select(schema.snapshots.c.number)).scalars())
    assert runs == 3, "those of the last snapshots, and the living one"
    assert snapshots == [3, 4, 5]
    assert office.ask("SELECT count(*) FROM runs") == [(4,)]
    assert office.findings() == set()
    living.close()


def test_sweeping_an_empty_warehouse_does_nothing(office: Office) -> None:
    assert _sweep(office) == Swept(0, 0, 0)
