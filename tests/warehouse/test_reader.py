"""The warehouse in a notebook: one snapshot until it is reopened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fake_lake import FakeLake, article

import warehouse
from warehouse.ledger import Ledger, add_lake_files, advance
from warehouse.query import WarehouseNotFound

NOW = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "data")
    yield ledger
    ledger.close()


@pytest.fixture
def lake(ledger: Ledger) -> FakeLake:
    return FakeLake(ledger.root)


def commit(ledger: Ledger, lake: FakeLake, article_id: str) -> None:
    number = ledger.snapshot() + 1
    lake.add("articles", article(article_id, authors=["Ann"], landed_at=datetime(2024, 1, 2)))
    with ledger.writing() as connection:
        add_lake_files(connection, [lake.files[-1]._replace(begin_snapshot=number)])
        advance(connection, number, "run-1", NOW)


def test_tables_and_views_are_had_as_pandas_and_arrow(ledger: Ledger, lake: FakeLake) -> None:
    commit(ledger, lake, "a")

    with warehouse.open(ledger.root) as opened:
        frame = opened.frame("unique_articles")
        table = opened.arrow("articles")

    assert frame["article_id"].tolist() == ["a"]
    assert str(frame["landed_at"].dtype).startswith("datetime64")
    assert isinstance(table, pa.Table)
    assert table["authors"].to_pylist() == [["Ann"]]


def test_sql_gives_a_relation(ledger: Ledger, lake: FakeLake) -> None:
    commit(ledger, lake, "a")

    with warehouse.open(str(ledger.root)) as opened:
        assert opened.sql("SELECT article_id FROM articles").fetchall() == [("a",)]


def test_what_lands_later_is_seen_after_reopening(ledger: Ledger, lake: FakeLake) -> None:
    commit(ledger, lake, "a")
    with warehouse.open(ledger.root) as opened:
        commit(ledger, lake, "b")
        before = (opened.snapshot, len(opened.frame("articles")))

        opened.reopen()

        assert (before, opened.snapshot, len(opened.frame("articles"))) == ((1, 1), 2, 2)


def test_a_frame_of_ones_own_can_be_joined(ledger: Ledger, lake: FakeLake) -> None:
    commit(ledger, lake, "a")
    notes = pa.table({"article_id": ["a"], "note": ["good"]})

    with warehouse.open(ledger.root) as opened:
        opened.connection.register("notes", notes)
        rows = opened.sql("SELECT note FROM articles JOIN notes USING (article_id)").fetchall()

    assert rows == [("good",)]


def test_a_name_that_is_no_table_is_an_error_and_never_sql(ledger: Ledger) -> None:
    with warehouse.open(ledger.root) as opened, pytest.raises(duckdb.CatalogException):
        opened.frame("articles; SELECT 1")


def test_a_folder_without_a_warehouse_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseNotFound):
        warehouse.open(tmp_path)


def test_importing_the_package_loads_no_engine() -> None:
    script = "import sys, warehouse; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert {"duckdb", "pyarrow", "sqlalchemy", "pandas"}.isdisjoint(loaded)
