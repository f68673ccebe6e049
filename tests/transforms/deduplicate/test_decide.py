"""Copies by identical text: which article of a group is the original, and what a later arrival changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from transforms.deduplicate import decide
from warehouse import tables

NOON = datetime(2031, 4, 12, 12)


class Warehouse:
    """The part of the warehouse that *deduplicate* talks to: signatures and the newest relation of each."""

    def __init__(self) -> None:
        self.signatures: dict[str, dict[str, Any]] = {}
        self.relation: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def land(self, batch: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Land a batch; return the rows of `duplicates` it made."""
        decided = decide(to_table(batch), self.candidates(batch)).to_pylist()
        self.signatures.update({row["article_id"]: row for row in batch})
        for row in decided:
            if row["duplicate_of"] is None:
                del self.relation[row["article_id"]]
            else:
                self.relation[row["article_id"]] = row["duplicate_of"]
                self.kinds[row["article_id"]] = row["kind"]
        return decided

    def candidates(self, batch: Sequence[dict[str, Any]]) -> pa.Table:
        ids = {row["article_id"] for row in batch}
        texts = {row["text_hash"] for row in batch}
        texts |= {row["text_hash"] for row in self.signatures.values() if row["article_id"] in ids}
        known = [row for row in self.signatures.values() if row["text_hash"] in texts]
        return to_table([self.known(row["article_id"]) for row in known])

    def known(self, article_id: str) -> dict[str, Any]:
        """Return a signature with the relation as it stands."""
        original = self.relation.get(article_id)
        kind = None if original is None else self.kinds[article_id]
        return {**self.signatures[article_id], "duplicate_of": original, "duplicate_kind": kind}


class Case(NamedTuple):
    """Articles, and the sizes of the batches they come in."""

    articles: list[dict[str, Any]]
    sizes: list[int]


def signature(article_id: str, text_hash: str = "t", published_at: datetime | None = None) -> dict[str, Any]:
    row = {"article_id": article_id, "text_hash": text_hash, "published_at": published_at, "source": "coastwire"}
    return {**row, "is_dated": False}


def to_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    return tables.SIGNATURES.from_rows(rows)


def test_the_earliest_of_a_group_is_the_original() -> None:
    warehouse = Warehouse()

    rows = warehouse.land([signature("a", published_at=NOON), signature("b", published_at=NOON - timedelta(hours=1))])

    assert rows == [
        {
            "article_id": "a",
            "duplicate_of": "b",
            "kind": "same_text",
            "similarity": 1.0,
            "containment": 1.0,
            "method": "text_hash",
            "snapshot": None,
            "run_id": None,
        }
    ]


def test_a_known_publication_comes_before_an_unknown_one() -> None:
    warehouse = Warehouse()

    warehouse.land([signature("a"), signature("b", published_at=NOON)])

    assert warehouse.relation == {"a": "b"}


def test_the_smallest_id_decides_where_time_does_not() -> None:
    warehouse = Warehouse()

    warehouse.land([signature("c"), signature("a"), signature("b")])

    assert warehouse.relation == {"b": "a", "c": "a"}


def test_other_texts_are_no_copies() -> None:
    assert Warehouse().land([signature("a", "t"), signature("b", "u")]) == []


def test_a_copy_of_an_article_that_landed_before_names_it() -> None:
    warehouse = Warehouse()
    warehouse.land([signature("a")])

    rows = warehouse.land([signature("b")])

    assert [(row["article_id"], row["duplicate_of"]) for row in rows] == [("b", "a")]


def test_a_later_arrival_of_an_earlier_original_turns_the_group_around() -> None:
    warehouse = Warehouse()
    warehouse.land([signature("a", published_at=NOON), signature("b", published_at=NOON + timedelta(hours=1))])

    rows = warehouse.land([signature("c", published_at=NOON - timedelta(days=1))])

    assert [(row["article_id"], row["duplicate_of"]) for row in rows] == [("a", "c"), ("b", "c")]


def test_a_copy_that_becomes_the_original_gets_a_row_that_takes_the_relation_back() -> None:
    """The article lands again with its publication known now."""
    warehouse = Warehouse()
    warehouse.land([signature("a"), signature("b")])

    rows = warehouse.land([signature("b", published_at=NOON)])

    assert [(row["article_id"], row["duplicate_of"], row["kind"], row["method"]) for row in rows] == [
        ("a", "b", "same_text", "text_hash"),
        ("b", None, None, "taken_back"),
    ]


def test_an_article_that_lands_again_with_another_text_leaves_its_group() -> None:
    warehouse = Warehouse()
    warehouse.land([signature("a"), signature("b"), signature("c")])

    rows = warehouse.land([signature("a", "u")])

    assert warehouse.relation == {"c": "b"}
    assert [(row["article_id"], row["duplicate_of"]) for row in rows] == [("b", None), ("c", "b")]


def test_nothing_changes_when_the_same_article_lands_again() -> None:
    warehouse = Warehouse()
    warehouse.land([signature("a"), signature("b")])

    assert warehouse.land([signature("b")]) == []


def test_nothing_in_nothing_out() -> None:
    assert decide(to_table([]), to_table([])).equals(tables.DUPLICATES.empty())


@st.composite
def arrivals(draw: st.DrawFn) -> Case:
    """Draw up to eight articles with few texts and times, in any order, and a way to cut them into batches."""
    count = draw(st.integers(1, 8))
    hours = st.none() | st.integers(0, 2).map(lambda hour: NOON + timedelta(hours=hour))
    articles = [signature(f"id{index}", draw(st.sampled_from("tuv")), draw(hours)) for index in range(count)]
    return Case(draw(st.permutations(articles)), draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)))


@given(arrivals())
def test_any_order_and_any_batches_end_in_the_same_relation(case: Case) -> None:
    at_once, in_pieces = Warehouse(), Warehouse()

    at_once.land(sorted(case.articles, key=lambda row: str(row["article_id"])))
    left = list(case.articles)
    for size in case.sizes:
        in_pieces.land(left[:size])
        left = left[size:]

    assert in_pieces.relation == at_once.relation


@given(arrivals())
def test_no_original_is_a_copy_and_each_group_has_one(case: Case) -> None:
    warehouse = Warehouse()

    warehouse.land(case.articles)

    assert not set(warehouse.relation.values()) & warehouse.relation.keys()
    assert len({row["text_hash"] for row in case.articles}) == len(case.articles) - len(warehouse.relation)
