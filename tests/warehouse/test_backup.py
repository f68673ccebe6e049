"""Backups: consistent while everything goes on, whole or not there, and a warehouse like any other."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from office import NOON, Office, commit_many, joined, story

from warehouse import paths
from warehouse.backup import LABEL, BackupBroken, BackupRefused, back_up
from warehouse.compaction import compact
from warehouse.ledger import SnapshotExpired
from warehouse.locks import locked
from warehouse.query import connect
from warehouse.sweep import Swept, sweep

LONG_AFTER = NOON + timedelta(days=400)
NO_TIME = timedelta(0)


def count(root: Path) -> int:
    with connect(root) as connection:
        [(articles,)] = connection.execute("SELECT count(*) FROM articles").fetchall()
    return int(articles)


def findings(root: Path) -> set[str]:
    office = Office(root)
    try:
        return office.findings()
    finally:
        office.close()


def test_a_backup_is_a_warehouse_of_its_own(office: Office, tmp_path: Path) -> None:
    office.land(joined(story("a"), story("b")))

    taken = back_up(office.root, tmp_path / "copy", now=NOON, link=False)
    shutil.rmtree(office.root)

    assert (taken.snapshot, taken.linked) == (1, 0)
    assert taken.files == len(list(paths.lake(tmp_path / "copy").glob("*/*")))
    assert count(tmp_path / "copy") == 2
    assert findings(tmp_path / "copy") == set()
    assert json.loads((tmp_path / "copy" / LABEL).read_text())["snapshot"] == 1
    assert not list(tmp_path.glob(".copy*"))


def test_on_one_disk_files_are_shared_and_outlive_those_of_the_warehouse(office: Office, tmp_path: Path) -> None:
    office.land(story("a"))

    taken = back_up(office.root, tmp_path / "copy", now=NOON)
    compact(office.ledger, now=NOON)
    shutil.rmtree(paths.lake(office.root))

    assert taken.linked == taken.files
    assert findings(tmp_path / "copy") == set()


def test_a_backup_holds_its_snapshot_and_none_before(office: Office, tmp_path: Path) -> None:
    office.land(story("a", body="As it was."))
    office.land(story("b"))
    office.land(story("a", body="As it is now.", new=False))
    compact(office.ledger, now=NOON)

    back_up(office.root, tmp_path / "copy", now=NOON)

    copy = Office(tmp_path / "copy")
    assert copy.ask("SELECT body FROM articles WHERE article_id = 'a'") == [("As it is now.",)]
    with pytest.raises(SnapshotExpired):
        copy.ledger.read_snapshot(2)
    assert copy.findings() == set()
    copy.close()


def test_a_restored_backup_takes_up_work_where_it_was(office: Office, tmp_path: Path) -> None:
    office.land(story("a"))
    back_up(office.root, tmp_path / "copy", now=NOON)
    office.close()
    shutil.rmtree(office.root)

    (tmp_path / "copy").rename(office.root)

    restored = Office(office.root)
    restored.land(joined(story("a", new=False, file="again"), story("b")))
    assert count(office.root) == 2
    assert restored.findings() == set()
    restored.close()


def test_a_backup_while_somebody_commits_and_compacts_is_consistent(office: Office, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=commit_many, args=(str(office.root), "w", 15))
    process.start()
    snapshots = []
    try:
        while process.is_alive() and len(snapshots) < 3:
            if office.ledger.snapshot() > (snapshots[-1] if snapshots else 0):
                compact(office.ledger, now=NOON)
                taken = back_up(office.root, tmp_path / f"copy-{len(snapshots)}", now=NOON)
                snapshots.append(taken.snapshot)
    finally:
        process.join(60)

    assert process.exitcode == 0
    assert len(snapshots) > 1
    for number in range(len(snapshots)):
        assert findings(tmp_path / f"copy-{number}") == set()
    assert count(office.root) == 15


def test_nothing_is_removed_while_a_backup_needs_it(office: Office) -> None:
    for name in "abc":
        office.land(story(name))
    compact(office.ledger, now=NOON)

    with locked(paths.lock(office.root, paths.BACKUP_LOCK)):
        assert sweep(office.ledger, now=LONG_AFTER, retention=NO_TIME, grace=NO_TIME) == Swept(0, 0, 0)

    assert sweep(office.ledger, now=LONG_AFTER, retention=NO_TIME, grace=NO_TIME).expired > 0


def test_a_killed_backup_is_taken_up_where_it_stopped(office: Office, tmp_path: Path) -> None:
    office.land(story("a"))
    back_up(office.root, tmp_path / "copy", now=NOON, link=False)
    (tmp_path / "copy").rename(tmp_path / ".copy.fresh")
    copied = next((tmp_path / ".copy.fresh" / "lake" / "articles").iterdir())
    written_at = copied.stat().st_mtime_ns, copied.stat().st_ino
    (copied.parent / f".{copied.name}.tmp").write_bytes(b"half")
    (copied.parent / "of-a-snapshot-before.parquet").write_bytes(b"old")
    office.land(story("b"))

    taken = back_up(office.root, tmp_path / "copy", now=NOON, link=False)

    kept = tmp_path / "copy" / "lake" / "articles" / copied.name
    assert taken.snapshot == 2
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == written_at
    assert len(list(kept.parent.iterdir())) == 2
    assert count(tmp_path / "copy") == 2


def test_a_copy_that_is_not_whole_gets_no_name(office: Office, tmp_path: Path) -> None:
    office.land(story("a"))
    [file] = office.lake_files("quotes")
    file.write_bytes(file.read_bytes()[:-9])

    with pytest.raises(BackupBroken, match="every named Parquet file is whole"):
        back_up(office.root, tmp_path / "copy", now=NOON)

    assert not (tmp_path / "copy").exists()


def test_a_backup_writes_over_nothing(office: Office, tmp_path: Path) -> None:
    office.land(story("a"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "empty").mkdir()

    with pytest.raises(BackupRefused, match="writes over nothing"):
        back_up(office.root, tmp_path / "full", now=NOON)
    with pytest.raises(BackupRefused, match="data folder itself"):
        back_up(office.root, office.root / "backups" / "one", now=NOON)
    back_up(office.root, tmp_path / "empty", now=NOON)

    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert count(tmp_path / "empty") == 1
