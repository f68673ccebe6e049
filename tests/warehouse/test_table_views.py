"""What the views of the tables make of files: drift, relations, tombstones, superseded rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fake_lake import FakeLake, article

from warehouse import fields, table_views
from warehouse.tables import BY_NAME, TABLES, Table

GROWN = replace(BY_NAME["skipped"], added={"detail": 2})
"""The table `skipped` as if schema version 2 had brought its column `detail`."""
GROWN_TABLES = [GROWN if table.name == "skipped" else table for table in TABLES]


@pytest.fixture
def lake(tmp_path: Path) -> FakeLake:
    return FakeLake(tmp_path)


def skipped(uri: str, **values: str) -> dict[str, object]:
    return {"file_uri": uri, "position": 0, "reason": "read.menu", "run_id": "run-1", **values}


@pytest.mark.parametrize("versions", [(1, 2), (2, 1), (1, 2, 1, 2)], ids=["old first", "new first", "mixed"])
def test_a_column_that_older_files_lack_is_null_for_them(lake: FakeLake, versions: tuple[int, ...]) -> None:
    for number, version in enumerate(versions):
        row = skipped(f"{number}", detail="said") if version == 2 else skipped(f"{number}")
        lake.add(GROWN, row, schema_version=version)

    lake.publish(tables=GROWN_TABLES)

    expected = [(str(number), "said" if version == 2 else None) for number, version in enumerate(versions)]
    assert lake.ask("SELECT file_uri, detail FROM skipped ORDER BY file_uri") == expected


def test_a_column_that_all_files_lack_is_null_and_has_its_type(lake: FakeLake) -> None:
    lake.add(GROWN, skipped("a"), schema_version=1)

    lake.publish(tables=GROWN_TABLES)

    assert lake.ask("SELECT detail, typeof(detail) FROM skipped") == [(None, "VARCHAR")]


def duplicate(article_id: str, of: str | None, snapshot: int, **values: object) -> dict[str, object]:
    kind = None if of is None else "same_text"
    row = {"article_id": article_id, "duplicate_of": of, "kind": kind, "method": "hash", "snapshot": snapshot}
    return {**row, "run_id": f"run-{snapshot}", **values}


def test_the_row_of_the_highest_snapshot_wins_wherever_it_lies(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"), article("c"))
    lake.add("duplicates", duplicate("c", "b", 7, kind="near"))
    lake.add("duplicates", duplicate("c", "a", 3))

    lake.publish()

    assert lake.ask("SELECT duplicate_of, duplicate_kind FROM articles WHERE article_id = 'c'") == [("b", "near")]
    assert lake.ask("SELECT article_id, duplicate_of, kind, snapshot FROM duplicates") == [("c", "b", "near", 7)]


def test_a_late_earlier_original_turns_the_copy_around(lake: FakeLake) -> None:
    lake.add("articles", article("first"), article("late"))
    lake.add("duplicates", duplicate("late", "first", 1))
    lake.add("duplicates", duplicate("late", None, 2), duplicate("first", "late", 2))

    lake.publish()

    assert lake.ask("SELECT article_id, duplicate_of FROM articles ORDER BY 1") == [("first", "late"), ("late", None)]
    assert lake.ask("SELECT article_id FROM duplicates") == [("first",)]
    assert lake.ask("SELECT article_id FROM unique_articles") == [("late",)]


def test_a_tombstone_ends_a_relation_and_a_later_row_takes_it_up_again(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"))
    lake.add("duplicates", duplicate("b", "a", 1), duplicate("b", None, 2))
    lake.publish(1)
    ended = lake.ask("SELECT duplicate_of, duplicate_kind FROM articles WHERE article_id = 'b'")
    lake.add("duplicates", duplicate("b", "a", 3))

    lake.publish(2)

    assert ended == [(None, None)]
    assert lake.ask("SELECT duplicate_of FROM articles WHERE article_id = 'b'") == [("a",)]


def test_versions_and_stories_join_the_article_too(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"))
    lake.add(
        "versions",
        {"article_id": "b", "version_of": "a", "version": 2, "method": "m", "snapshot": 1, "run_id": "r"},
    )
    lake.add(
        "story_members",
        {"article_id": "a", "story_id": "old", "snapshot": 1, "run_id": "r"},
        {"article_id": "a", "story_id": "s", "snapshot": 2, "run_id": "r"},
        {"article_id": "b", "story_id": "s", "snapshot": 1, "run_id": "r"},
        {"article_id": "b", "story_id": None, "snapshot": 2, "run_id": "r"},
    )

    lake.publish()

    assert lake.ask("SELECT article_id, version_of, version, story_id FROM articles ORDER BY 1") == [
        ("a", None, None, "s"),
        ("b", "a", 2, None),
    ]
    assert lake.ask("SELECT article_id, story_id FROM story_members") == [("a", "s")]


def test_relations_never_add_or_take_articles(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.add("duplicates", duplicate("gone", "a", 1), duplicate("a", "gone", 1), duplicate("a", "x", 2))

    lake.publish()

    assert lake.ask("SELECT article_id, duplicate_of FROM articles") == [("a", "x")]


def test_superseded_rows_are_shown_by_no_table_of_articles(lake: FakeLake) -> None:
    of_article = [table for table in TABLES if table.of_article]
    for table in of_article:
        old = article("a") if table.name == "articles" else {"article_id": "a", "run_id": "run-1"}
        lake.add(table, old, {**old, "run_id": "run-2"}, {**old, "article_id": "b"})

    lake.publish(superseded=[("a", "run-1")])

    for table in of_article:
        assert lake.ask(f"SELECT article_id, run_id FROM {table.name} ORDER BY 1") == [("a", "run-2"), ("b", "run-1")]


def test_a_relation_outlives_the_run_that_found_it(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"), article("b", run_id="run-2"))
    lake.add("duplicates", duplicate("b", "a", 1))

    lake.publish(superseded=[("b", "run-1")])

    assert lake.ask("SELECT article_id, duplicate_of FROM articles ORDER BY 1") == [("a", None), ("b", "a")]


def test_documents_and_receipts_are_not_superseded_with_the_article(lake: FakeLake) -> None:
    lake.add("documents", {"document_id": "a", "run_id": "run-1"})

    lake.publish(superseded=[("a", "run-1")])

    assert lake.ask("SELECT document_id FROM documents") == [("a",)]


def test_quarantine_shows_by_whom_and_when_a_document_was_resolved_first(lake: FakeLake) -> None:
    lake.add("quarantine", {"quarantine_id": "open"}, {"quarantine_id": "healed"})
    lake.add(
        "resolutions",
        {"quarantine_id": "healed", "resolved_at": datetime(2024, 3, 2), "resolved_by": "later"},
        {"quarantine_id": "healed", "resolved_at": datetime(2024, 3, 1), "resolved_by": "earlier"},
    )

    lake.publish()

    assert lake.ask("SELECT quarantine_id, resolved_at, resolved_by FROM quarantine ORDER BY 1") == [
        ("healed", datetime(2024, 3, 1), "earlier"),
        ("open", None, None),
    ]
    assert lake.ask("SELECT quarantine_id FROM open_quarantine") == [("open",)]


def test_every_value_comes_back_as_it_was_written(lake: FakeLake) -> None:
    text = "<b>“it's” \\ 'quoted'; --</b>\n\x00 𝄞"
    sources = [{"name": "AP", "role": "agency"}]
    lake.add(
        "articles",
        article("a", body=text, authors=["A", text], info_sources=sources, published_at=datetime(2024, 2, 29, 23, 59)),
    )

    lake.publish()

    assert lake.ask("SELECT body, authors, info_sources, published_at FROM articles") == [
        (text, ["A", text], sources, datetime(2024, 2, 29, 23, 59))
    ]


@pytest.mark.skipif(duckdb.__version__ < "2", reason="DuckDB 1.5 does not drop a join that nobody needs")
def test_a_count_of_articles_does_not_read_the_largest_relation(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.add("story_members", {"article_id": "a", "story_id": "s", "snapshot": 1, "run_id": "r"})
    lake.publish()

    plan = lake.ask("EXPLAIN SELECT count(*) FROM articles")[0][1]

    assert "JOIN" not in plan.upper()


def test_every_type_of_a_column_has_a_type_in_duckdb() -> None:
    for field in fields.ALL:
        assert table_views.sql_type(field.type)
    assert table_views.sql_type(fields.INFO_SOURCES) == 'STRUCT("name" VARCHAR, "role" VARCHAR)[]'
    with pytest.raises(KeyError):
        table_views.sql_type(pa.month_day_nano_interval())


def test_every_relation_says_which_column_points() -> None:
    relations: list[Table] = [table for table in TABLES if table.relation]

    assert {table.name for table in relations} == table_views.POINTS_TO.keys()
    for table in relations:
        assert table_views.POINTS_TO[table.name] in table.columns
