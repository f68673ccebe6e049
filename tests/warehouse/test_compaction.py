"""Compaction: fewer files, the same rows, and nobody has to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from office import NOON, Office, signature, story

from warehouse import compaction, lake, paths, peek, tables
from warehouse.compaction import RowsLost, compact, is_due
from warehouse.snapshots import LakeFile
from warehouse.tables import BY_NAME

EVERYTHING = "SELECT * FROM {} ORDER BY ALL"


def _files_of(office: Office, table: str) -> list[LakeFile]:
    return [file for file in office.ledger.read_snapshot().files if file.table == table]


def _rows(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: office.ask(EVERYTHING.format(table.name)) for table in tables.TABLES}


def test_many_small_files_become_one_of_the_same_rows(office: Office) -> None:
    for name in "abcd":
        office.land(story(name), signatures=[signature(name, "same")])
    before = _rows(office)

    done = compact(office.ledger, now=NOON)

    assert _rows(office) == before
    assert done.merged["articles"] == 4
    assert len(_files_of(office, "articles")) == len(_files_of(office, "duplicates")) == 1
    assert office.findings() == set()


def test_rows_of_a_merged_file_are_in_the_order_in_which_they_landed(office: Office) -> None:
    for name in "cab":
        office.land(story(name))

    compact(office.ledger, now=NOON)

    (file,) = _files_of(office, "articles")
    assert pq.read_table(paths.lake(office.root) / file.path)["article_id"].to_pylist() == ["c", "a", "b"]


@pytest.mark.parametrize(("size_bytes", "groups"), [(lake.GROUP_BYTES, 1), (1, 3)])
def test_small_files_become_one_row_group_large_ones_several(
    office: Office, monkeypatch: pytest.MonkeyPatch, size_bytes: int, groups: int
) -> None:
    for name in "abc":
        office.land(story(name))
    monkeypatch.setattr(lake, "GROUP_BYTES", size_bytes)

    compact(office.ledger, now=NOON)

    (file,) = _files_of(office, "articles")
    assert pq.read_metadata(paths.lake(office.root) / file.path).num_row_groups == groups


def test_a_table_is_due_when_it_has_more_small_files_than_allowed(office: Office) -> None:
    for name in "abc":
        office.land(story(name))

    assert is_due(office.ledger, above=2)
    assert not is_due(office.ledger, above=3)


def test_a_table_below_the_threshold_is_left_alone(office: Office) -> None:
    for name in "abc":
        office.land(story(name))

    assert compact(office.ledger, now=NOON, above=3).snapshot is None
    assert office.ledger.snapshot() == 3


def test_large_files_are_left_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        office.land(story(name))
    monkeypatch.setattr(compaction, "SMALL_BYTES", 1)

    assert compact(office.ledger, now=NOON).merged == {}


def test_superseded_rows_are_erased_and_the_past_still_shows_them(office: Office) -> None:
    office.land(story("a", body="As it was."))
    before = office.land(story("b"))
    office.land(story("a", body="As it is now.", new=False))

    done = compact(office.ledger, now=NOON)

    assert done.erased == 1
    assert office.ask("SELECT body FROM lake.articles WHERE article_id = 'a'") == [("As it is now.",)]
    assert office.ask("SELECT count(*) FROM lake.quotes") == [(2,)]
    assert office.ledger.read_snapshot().superseded == ()
    assert office.ask_at(before, "SELECT body FROM articles WHERE article_id = 'a'") == [("As it was.",)]
    assert office.ask_at(before + 1, "SELECT body FROM articles WHERE article_id = 'a'") == [("As it is now.",)]
    assert office.findings() == set()


def test_superseded_rows_are_erased_from_large_files_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.land(story("a", body="As it was."))
    office.land(story("a", body="As it is now.", new=False))
    monkeypatch.setattr(compaction, "SMALL_BYTES", 1)

    assert compact(office.ledger, now=NOON).erased == 1

    assert office.ask("SELECT body FROM lake.articles") == [("As it is now.",)]
    assert office.findings() == set()


def test_a_file_of_superseded_rows_only_vanishes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.land(story("a"))
    anew = story("a", new=False)
    office.land({**anew, "quotes": []})
    monkeypatch.setattr(compaction, "SMALL_BYTES", 1)

    compact(office.ledger, now=NOON)

    assert _files_of(office, "quotes") == []
    assert office.ask("SELECT count(*) FROM quotes") == [(0,)]
    assert office.findings() == set()


def test_an_article_superseded_while_files_are_merged_is_erased_next_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.land(story("a", body="As it was."))
    office.land(story("b"))
    write: Callable[..., Any] = lake.write_batches

    def write_while_others_land(*arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        files = write(*arguments, **options)
        office.land(story("a", body="As it is now.", new=False))
        return files

    monkeypatch.setattr(compaction, "write_batches", write_while_others_land)
    assert compact(office.ledger, now=NOON).erased == 0

    assert office.ask("SELECT body FROM articles WHERE article_id = 'a'") == [("As it is now.",)]
    assert office.findings() == set()
    assert compact(office.ledger, now=NOON).erased == 1
    assert office.ask("SELECT count(*) FROM lake.articles") == [(2,)]


def test_a_reader_that_opened_before_goes_on_reading(office: Office) -> None:
    for name in "abc":
        office.land(story(name))
    office.publish()

    with peek.open_catalog(office.root) as reader:
        compact(office.ledger, now=NOON)
        office.publish()

        assert reader.execute("SELECT count(*) FROM articles").fetchall() == [(3,)]
    assert office.ask("SELECT count(*) FROM articles") == [(3,)]


def test_a_merged_file_that_lost_rows_is_not_put_in_their_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        office.land(story(name))
    names = _files_of(office, "articles")
    write: Callable[..., Any] = lake.write_batches

    def write_and_lose(root: Any, parts: Any, **options: Any) -> Any:
        return write(root, {name: list(part)[1:] for name, part in parts.items()}, **options)

    monkeypatch.setattr(compaction, "write_batches", write_and_lose)
    with pytest.raises(RowsLost, match="has 1 rows, its 2 files had 2"):
        compact(office.ledger, now=NOON)

    assert _files_of(office, "articles") == names
    assert office.ledger.snapshot() == 2


def test_a_file_that_lost_rows_since_it_landed_is_not_merged(office: Office) -> None:
    for name in "ab":
        office.land(story(name))
    broken = paths.lake(office.root) / _files_of(office, "articles")[0].path
    pq.write_table(pq.read_table(broken).slice(0, 0), broken)

    with pytest.raises(RowsLost):
        compact(office.ledger, now=NOON)

    assert office.ledger.snapshot() == 2


def test_files_of_an_older_schema_get_the_columns_that_came_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        office.land(story(name))
    old = paths.lake(office.root) / _files_of(office, "quotes")[0].path
    pq.write_table(pq.read_table(old).drop_columns(["cue"]), old)

    compact(office.ledger, now=NOON)

    (file,) = _files_of(office, "quotes")
    assert file.schema_version == tables.SCHEMA_VERSION
    assert pq.read_table(paths.lake(office.root) / file.path).schema.equals(BY_NAME["quotes"].schema)
    assert office.ask("SELECT count(*), count(cue) FROM quotes") == [(2, 0)]


def test_compacting_twice_changes_nothing_more(office: Office) -> None:
    for name in "ab":
        office.land(story(name))
    compact(office.ledger, now=NOON)

    assert compact(office.ledger, now=NOON + timedelta(hours=1)).snapshot is None


def test_a_compaction_leaves_no_lock_behind(office: Office) -> None:
    for name in "ab":
        office.land(story(name))

    compact(office.ledger, now=NOON)

    assert list((office.root / "locks").glob("run-*")) == []
