"""Exports: self-contained, whole or not at all, and never over what is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from fake_lake import FakeLake, article

from warehouse import analyst_views
from warehouse.export import DICTIONARY, ExportFormat, TargetExists, export
from warehouse.ledger import Ledger, add_lake_files, advance
from warehouse.query import WarehouseNotFound
from warehouse.tables import TABLES

NOW = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A warehouse with an article in snapshot 1, and its copy and a quotation in snapshot 2."""
    lake = FakeLake(tmp_path / "data")
    ledger = Ledger(lake.root)
    lake.add("articles", article("a", body="Ä,\n“b”", authors=["Ann, Lee"]))
    lake.add("articles", article("copy"))
    lake.add("duplicates", {"article_id": "copy", "duplicate_of": "a", "kind": "near", "snapshot": 2, "run_id": "r"})
    lake.add("quotes", {"quote_id": "q", "article_id": "a", "speaker": "Ann Lee", "kind": "direct", "run_id": "run-1"})
    with ledger.writing() as connection:
        add_lake_files(connection, [lake.files[0]._replace(begin_snapshot=1)])
        add_lake_files(connection, [file._replace(begin_snapshot=2) for file in lake.files[1:]])
        advance(connection, 1, "run-1", NOW)
        advance(connection, 2, "run-1", NOW)
    ledger.close()
    return lake.root


def test_a_file_holds_all_tables_and_views_and_needs_nothing_else(root: Path, tmp_path: Path) -> None:
    target = export(root, tmp_path / "copy.duckdb")
    shutil.rmtree(root)

    with duckdb.connect(str(target), read_only=True) as connection:
        shown = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
        assert shown == {table.name for table in TABLES} | set(analyst_views.VIEWS)
        assert connection.execute("SELECT article_id, duplicate_of FROM articles ORDER BY 1").fetchall() == [
            ("a", None),
            ("copy", "a"),
        ]
        assert connection.execute("SELECT article_id FROM unique_articles").fetchall() == [("a",)]
        assert connection.execute("SELECT speaker FROM quotes_by('lee')").fetchall() == [("Ann Lee",)]
        assert connection.execute("SELECT snapshot FROM copydesk.catalog").fetchall() == [(2,)]


def test_a_file_explains_its_columns(root: Path, tmp_path: Path) -> None:
    target = export(root, tmp_path / "copy.duckdb")

    with duckdb.connect(str(target), read_only=True) as connection:
        comments = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'articles'"
            ).fetchall()
        )
    assert comments["duplicate_of"] == "article this one is a copy of; NULL when it is none"
    assert None not in comments.values()


def test_a_folder_holds_a_parquet_file_per_table_and_the_dictionary(root: Path, tmp_path: Path) -> None:
    target = export(root, tmp_path / "copy")

    assert {path.name for path in target.iterdir()} == {f"{table.name}.parquet" for table in TABLES} | {DICTIONARY}
    articles = pq.read_table(target / "articles.parquet").sort_by("article_id")
    assert articles["body"].to_pylist() == ["Ä,\n“b”", "Text of copy."]
    assert articles["duplicate_of"].to_pylist() == [None, "a"]
    assert "| `duplicate_of` |" in (target / DICTIONARY).read_text()


def test_a_folder_may_hold_csv(root: Path, tmp_path: Path) -> None:
    target = export(root, tmp_path / "copy", format_="csv")

    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            f"SELECT article_id, body, authors FROM read_csv('{target}/articles.csv') ORDER BY 1"
        ).fetchall()
    assert rows == [("a", "Ä,\n“b”", '["Ann, Lee"]'), ("copy", "Text of copy.", None)]


def test_the_past_can_be_exported(root: Path, tmp_path: Path) -> None:
    target = export(root, tmp_path / "then.duckdb", at=1)

    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("SELECT article_id FROM articles").fetchall() == [("a",)]


@pytest.mark.parametrize("format_", ["duckdb", "parquet", "csv"])
def test_what_is_there_is_not_written_over_unless_it_is_said(root: Path, tmp_path: Path, format_: ExportFormat) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "precious").write_text("x")

    with pytest.raises(TargetExists, match="exists already"):
        export(root, target, format_=format_)
    assert (target / "precious").read_text() == "x"
    export(root, target, format_=format_, overwrite=True)

    assert target.is_dir() == (format_ != "duckdb")
    assert not (target / "precious").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "mine"}


def test_a_failed_export_leaves_nothing(root: Path, tmp_path: Path) -> None:
    for file in (root / "lake" / "quotes").iterdir():
        file.write_bytes(b"damaged")

    for name in ("copy.duckdb", "copy"):
        with pytest.raises(duckdb.Error):
            export(root, tmp_path / name)

    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_where_nothing_was_ingested_nothing_is_exported(tmp_path: Path) -> None:
    with pytest.raises(WarehouseNotFound):
        export(tmp_path, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["o'clock", "wh?t", "data[1]", "back\\slash", "Übermorgen"])
def test_a_target_may_have_any_name(root: Path, tmp_path: Path, name: str) -> None:
    assert pq.read_table(export(root, tmp_path / name) / "articles.parquet").num_rows == 2
    assert export(root, tmp_path / f"{name}.duckdb").stat().st_size > 0
