"""What a command learns of a warehouse without loading its engines."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from fake_lake import FakeLake

from warehouse import paths, peek
from warehouse.ledger import Ledger, advance

NOW = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "data")
    yield ledger
    ledger.close()


def commit(ledger: Ledger, number: int) -> None:
    with ledger.writing() as connection:
        advance(connection, number, "run-1", NOW)


def test_where_nothing_was_ingested_there_is_no_snapshot(tmp_path: Path) -> None:
    assert peek.ledger_snapshot(tmp_path) is None
    assert not peek.is_current(tmp_path)
    with pytest.raises(peek.CatalogNotFound, match="--data"):
        peek.open_catalog(tmp_path)


def test_the_newest_snapshot_is_that_of_the_ledger(ledger: Ledger) -> None:
    before = peek.ledger_snapshot(ledger.root)
    commit(ledger, 1)

    assert (before, peek.ledger_snapshot(ledger.root)) == (0, 1)


def test_the_ledger_is_read_while_somebody_writes(ledger: Ledger) -> None:
    commit(ledger, 1)
    with ledger.writing() as connection:
        advance(connection, 2, "run-2", NOW)

        assert peek.ledger_snapshot(ledger.root) == 1


def test_reading_the_ledger_leaves_its_log_to_the_writers(ledger: Ledger) -> None:
    commit(ledger, 1)
    log = paths.ledger(ledger.root).with_name("ledger.sqlite-wal")
    before = log.read_bytes()

    peek.ledger_snapshot(ledger.root)

    assert log.read_bytes() == before


def test_a_ledger_below_a_folder_with_marks_of_an_address_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "da?ta#1 100%41")
    ledger.close()

    assert peek.ledger_snapshot(ledger.root) == 0


def test_a_catalog_is_current_until_the_ledger_moves_on(ledger: Ledger) -> None:
    missing = peek.is_current(ledger.root)
    FakeLake(ledger.root).publish(0)
    published = peek.is_current(ledger.root)
    commit(ledger, 1)

    assert (missing, published, peek.is_current(ledger.root)) == (False, True, False)


def test_a_catalog_that_is_ahead_of_what_was_asked_is_current(ledger: Ledger) -> None:
    FakeLake(ledger.root).publish(1)

    assert peek.is_current(ledger.root)


def test_a_catalog_in_a_moved_folder_is_not_current(ledger: Ledger, tmp_path: Path) -> None:
    FakeLake(ledger.root).publish(0)
    shutil.copytree(ledger.root, tmp_path / "moved")

    assert peek.is_current(ledger.root)
    assert not peek.is_current(tmp_path / "moved")


def test_a_folder_reached_by_a_link_is_not_moved(ledger: Ledger, tmp_path: Path) -> None:
    FakeLake(ledger.root).publish(0)
    (tmp_path / "link").symlink_to(ledger.root)

    assert peek.is_current(tmp_path / "link")


def test_the_catalog_of_another_release_is_not_current(ledger: Ledger) -> None:
    FakeLake(ledger.root).publish(0)
    catalog = paths.catalog(ledger.root)
    catalog.chmod(0o644)
    with duckdb.connect(str(catalog)) as connection:
        connection.execute("UPDATE copydesk.catalog SET shape = 'another'")

    assert not peek.is_current(ledger.root)


def test_a_database_that_is_no_catalog_is_not_current(ledger: Ledger) -> None:
    with duckdb.connect(str(paths.catalog(ledger.root))) as connection:
        connection.execute("CREATE TABLE mine (x INTEGER)")

    assert not peek.is_current(ledger.root)


def test_the_catalog_cannot_be_changed_through_the_connection(tmp_path: Path) -> None:
    FakeLake(tmp_path).publish()

    with peek.open_catalog(tmp_path) as connection, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("CREATE TABLE mine (x INTEGER)")


def test_a_long_query_prints_no_progress_bar_into_its_answer(tmp_path: Path) -> None:
    FakeLake(tmp_path).publish()

    with peek.open_catalog(tmp_path) as connection:
        [(is_shown,)] = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()

    assert not is_shown


def test_peeking_loads_no_engine_but_duckdb() -> None:
    heavy = {"sqlalchemy", "pyarrow", "prefect", "great_expectations", "pandas", "numpy"}
    script = (
        "import sys; from pathlib import Path; from warehouse import peek, query, results;"
        "peek.ledger_snapshot(Path('.')); print(*sys.modules)"
    )

    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert heavy.isdisjoint(loaded)


def test_duckdb_is_never_given_the_ledger(ledger: Ledger) -> None:
    """Two SQLite libraries in one process lose each other's commits."""
    FakeLake(ledger.root).publish(0)

    with peek.open_catalog(ledger.root) as connection:
        files = connection.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()

    assert [Path(path).name for (path,) in files] == ["warehouse.duckdb"]
    assert sqlite3.sqlite_version_info >= (3, 37)
