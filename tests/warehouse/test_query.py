"""Asking: always the newest snapshot, or the one that was named."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from fake_lake import FakeLake, article

from warehouse import paths, peek, query
from warehouse.answers import Answer
from warehouse.ledger import Ledger, SnapshotExpired, add_lake_files, advance

NOW = datetime(2024, 3, 10, tzinfo=UTC)
COUNT = "SELECT count(*) FROM articles"


class FakeWarehouse:
    """A real ledger over hand-made files."""

    def __init__(self, root: Path) -> None:
        self.ledger = Ledger(root)
        self.lake = FakeLake(root)
        self.root = root

    def commit(self, *article_ids: str) -> int:
        """Land articles without publishing, and return the snapshot."""
        number = self.ledger.snapshot() + 1
        self.lake.add("articles", *(article(article_id) for article_id in article_ids))
        file = self.lake.files[-1]._replace(begin_snapshot=number)
        with self.ledger.writing() as connection:
            add_lake_files(connection, [file])
            advance(connection, number, "run-1", NOW)
        return number


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[FakeWarehouse]:
    warehouse = FakeWarehouse(tmp_path / "data")
    yield warehouse
    warehouse.ledger.close()


def rows(root: Path, sql: str, *, at: int | None = None) -> list[tuple[object, ...]]:
    with query.query(root, sql, at=at) as answer:
        assert answer is not None
        return answer.select("*").fetchall()


def test_a_catalog_that_is_missing_is_published(warehouse: FakeWarehouse) -> None:
    warehouse.commit("a", "b")

    assert rows(warehouse.root, COUNT) == [(2,)]
    assert peek.is_current(warehouse.root)


def test_a_catalog_behind_the_ledger_is_published_anew(warehouse: FakeWarehouse) -> None:
    warehouse.commit("a")
    before = rows(warehouse.root, COUNT)
    warehouse.commit("b")

    assert (before, rows(warehouse.root, COUNT)) == ([(1,)], [(2,)])


def test_a_current_catalog_is_left_as_it_is(warehouse: FakeWarehouse) -> None:
    warehouse.commit("a")
    rows(warehouse.root, COUNT)
    inode = paths.catalog(warehouse.root).stat().st_ino

    rows(warehouse.root, COUNT)

    assert paths.catalog(warehouse.root).stat().st_ino == inode


def test_a_catalog_that_cannot_be_read_is_published_anew(warehouse: FakeWarehouse) -> None:
    warehouse.commit("a")
    paths.catalog(warehouse.root).write_bytes(b"no database")

    assert rows(warehouse.root, COUNT) == [(1,)]


def test_after_the_folder_was_moved_its_own_files_are_read(warehouse: FakeWarehouse, tmp_path: Path) -> None:
    warehouse.commit("a")
    rows(warehouse.root, COUNT)
    warehouse.ledger.close()
    moved = tmp_path / "moved"
    os.rename(warehouse.root, moved)

    assert rows(moved, COUNT) == [(1,)]


def test_the_past_can_be_asked_and_leaves_the_catalog_alone(warehouse: FakeWarehouse) -> None:
    first, second = warehouse.commit("a"), warehouse.commit("b")

    counts = [rows(warehouse.root, COUNT, at=number) for number in (0, first, second)]

    assert counts == [[(0,)], [(1,)], [(2,)]]
    assert not paths.catalog(warehouse.root).exists()


def test_a_catalog_of_the_past_is_removed_afterwards(
    warehouse: FakeWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    warehouse.commit("a")

    rows(warehouse.root, COUNT, at=1)

    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_snapshot_that_never_was_is_refused_with_those_that_are(warehouse: FakeWarehouse) -> None:
    warehouse.commit("a")

    with pytest.raises(SnapshotExpired, match="oldest that can is 0"):
        rows(warehouse.root, COUNT, at=7)


def test_where_nothing_was_ingested_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(query.WarehouseNotFound, match="copydesk ingest"):
        rows(tmp_path, COUNT)
    assert list(tmp_path.iterdir()) == []


def test_several_statements_are_run_and_the_last_one_answers(warehouse: FakeWarehouse) -> None:
    assert rows(warehouse.root, "CREATE TEMP TABLE t AS SELECT 41 AS x; SELECT x + 1 FROM t; -- done") == [(42,)]


@pytest.mark.parametrize("sql", ["SET threads = 1", "CREATE TEMP TABLE t (x INTEGER)", "", "-- nothing"])
def test_a_statement_without_rows_has_no_answer(warehouse: FakeWarehouse, sql: str) -> None:
    with query.query(warehouse.root, sql) as answer:
        assert answer is None


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 AS x -- a comment", [(1,)]),
        ("FROM (VALUES (2), (1)) AS t(x) ORDER BY x;", [(1,), (2,)]),
        ("WITH t AS (SELECT 3 AS x) FROM t", [(3,)]),
        ("PIVOT (SELECT 'a' AS k, 4 AS v) ON k USING sum(v)", [(4,)]),
        ("SELECT column_name FROM (DESCRIBE repeats) LIMIT 1", [("document_id",)]),
    ],
)
def test_any_statement_with_rows_has_an_answer(
    warehouse: FakeWarehouse, sql: str, expected: list[tuple[object, ...]]
) -> None:
    assert rows(warehouse.root, sql) == expected


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE articles", "SUMMARIZE articles", "EXPLAIN FROM articles"])
def test_statements_about_tables_answer_too(warehouse: FakeWarehouse, sql: str) -> None:
    assert rows(warehouse.root, sql)


def test_columns_of_one_name_are_told_apart(warehouse: FakeWarehouse) -> None:
    with query.query(warehouse.root, "SELECT 1 AS a, 2 AS a") as answer:
        assert isinstance(answer, Answer)
        assert [column.name for column in answer.columns] == ["a", "a_1"]


@pytest.mark.parametrize("sql", ["DROP VIEW articles", "DELETE FROM copydesk.catalog", "CREATE TABLE x (y INTEGER)"])
def test_a_question_cannot_change_the_catalog(warehouse: FakeWarehouse, sql: str) -> None:
    with pytest.raises(duckdb.Error, match="read-only"), query.query(warehouse.root, sql):
        pass


def test_names_of_python_variables_are_no_tables(warehouse: FakeWarehouse) -> None:
    connection = [1]

    with pytest.raises(duckdb.CatalogException):
        rows(warehouse.root, "FROM connection")
    assert connection == [1]
