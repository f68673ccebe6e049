"""The ledger: versions, snapshots, and who reads it."""

from __future__ import annotations

import multiprocessing
import re
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest
from office import NOON, Office, commit_many, story

from warehouse import ledger as ledgers
from warehouse import ledger_schema as schema
from warehouse import paths, peek
from warehouse.ledger import Ledger, LedgerBusy, LedgerTooNew, SnapshotExpired
from warehouse.moments import to_moment, to_text

ROOT = Path(__file__).parents[2]


def _set_version(root: Path, version: int) -> None:
    with sqlite3.connect(paths.ledger(root)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(version),))
    connection.close()


def test_a_new_ledger_is_at_snapshot_zero_and_can_be_read_there(office: Office) -> None:
    snapshot = office.ledger.read_snapshot()

    assert (snapshot.number, snapshot.files, snapshot.superseded) == (0, (), ())


def test_the_ledger_is_written_ahead_and_synced(office: Office) -> None:
    with office.ledger.reading() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()

    assert (mode, synchronous) == ("wal", 2)


def test_a_ledger_of_a_newer_copydesk_is_refused_and_left_alone(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    _set_version(tmp_path, schema.LEDGER_VERSION + 1)

    with pytest.raises(LedgerTooNew, match=f"version {schema.LEDGER_VERSION + 1}.*upgrade copydesk"):
        Ledger(tmp_path)

    with sqlite3.connect(paths.ledger(tmp_path)) as connection:
        version = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    connection.close()
    assert version == (str(schema.LEDGER_VERSION + 1),)


def test_an_older_ledger_is_upgraded_step_by_step_and_keeps_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    office.land(story("a"))
    office.close()
    one, two = schema.LEDGER_VERSION, schema.LEDGER_VERSION + 1
    steps = {one: ("CREATE TABLE steps (name TEXT)",), two: ("INSERT INTO steps VALUES ('second')",)}
    monkeypatch.setattr(ledgers, "UPGRADES", steps)
    monkeypatch.setattr(schema, "LEDGER_VERSION", one + 2)

    upgraded = Ledger(tmp_path)
    again = Ledger(tmp_path)

    with again.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM steps").scalars().all()
        version = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'schema_version'").scalar_one()
    assert (names, version, again.snapshot()) == (["second"], str(one + 2), 1)
    upgraded.close()
    again.close()


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(tmp_path).close()
    monkeypatch.setattr(ledgers, "UPGRADES", {1: ("CREATE TABLE steps (name TEXT)", "NONSENSE")})
    monkeypatch.setattr(schema, "LEDGER_VERSION", 2)

    with pytest.raises(Exception, match="NONSENSE"):
        Ledger(tmp_path)

    monkeypatch.undo()
    ledger = Ledger(tmp_path)
    with ledger.reading() as connection:
        assert not connection.dialect.has_table(connection, "steps")
    ledger.close()


def test_a_snapshot_that_is_not_there_yet_is_refused_with_the_ones_that_are(office: Office) -> None:
    office.land(story("a"))

    with pytest.raises(SnapshotExpired, match="snapshot 7 cannot be read: the oldest that can is 0, the newest 1"):
        office.ledger.read_snapshot(7)


def test_the_past_can_be_read_by_its_number(office: Office) -> None:
    office.land(story("a"))
    office.land(story("b"))

    told = [office.ask_at(number, "SELECT count(*) FROM articles")[0][0] for number in range(3)]

    assert told == [0, 1, 2]


def test_moments_sort_as_text_and_come_back_as_they_were() -> None:
    later = NOON.replace(microsecond=5)

    assert to_text(NOON) < to_text(later)
    assert to_moment(to_text(later)) == later
    assert to_moment(None) is None


def test_two_processes_that_create_the_ledger_and_commit_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=commit_many, args=(str(tmp_path), name, 30)) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    office = Office(tmp_path)
    counts = office.ask("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM runs), count(*) FROM quotes")
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert counts == [(60, 60, 60)]
    assert office.ledger.snapshot() == 60
    assert office.findings() == set()
    office.close()


def _hold_exclusively(ledger: str, held: Any) -> None:
    with sqlite3.connect(ledger, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        held.send("held")
        held.recv()
        connection.execute("ROLLBACK")
    connection.close()


def test_a_ledger_that_another_process_holds_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(ledgers, "PAUSES_SECONDS", (0.01, 0.01))
    office = Office(tmp_path)
    here, there = multiprocessing.get_context("spawn").Pipe()
    arguments = (str(paths.ledger(tmp_path)), there)
    process = multiprocessing.get_context("spawn").Process(target=_hold_exclusively, args=arguments)
    process.start()
    try:
        assert here.poll(30)
        with pytest.raises(LedgerBusy, match=r"ledger.sqlite was locked for \d+ s by another process"):
            office.land(story("a"))
        here.send("let go")
        process.join(30)

        office.land(story("a"))
    finally:
        process.kill()
        process.join()

    assert office.ask("SELECT count(*) FROM articles") == [(1,)]
    office.close()


def test_no_code_gives_the_ledger_to_duckdb() -> None:
    """Two SQLite libraries in one process lose committed data."""
    suspicious = re.compile(
        r"sqlite_scan|sqlite_attach|TYPE\s+sqlite|(LOAD|INSTALL)\s+'?sqlite|ATTACH[^\n]*ledger", re.I
    )
    packages = ("flows", "transforms", "expectations", "warehouse", "benchmarks")
    files = [path for name in packages for path in (ROOT / name).rglob("*") if path.suffix in (".py", ".sql")]

    found = [str(path) for path in files if suspicious.search(path.read_text(encoding="utf-8"))]

    assert len(files) > 100
    assert found == []


def test_a_catalog_is_read_without_duckdbs_own_sqlite(office: Office) -> None:
    office.land(story("a"))
    office.publish()

    with peek.open_catalog(office.root) as connection:
        connection.execute("FROM articles").fetchall()
        loaded = connection.execute("SELECT extension_name FROM duckdb_extensions() WHERE loaded").fetchall()
        with pytest.raises(duckdb.Error):
            connection.execute(f"ATTACH '{paths.ledger(office.root)}' AS ledger (TYPE sqlite)")

    assert ("sqlite_scanner",) not in loaded
