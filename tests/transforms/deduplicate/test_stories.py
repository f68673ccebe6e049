"""Stories: which articles tell of one event, as they arrive and when all is told apart anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from shelf import words

from transforms.deduplicate import assign, cluster_anew, to_story_terms
from transforms.deduplicate.concerned import concerned
from warehouse import tables

NOON = datetime(2031, 4, 12, 12)
SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
EVENTS = {
    "dam": ("Hollin dam cracks", "Cracks in the Hollin dam above Larkwater made Orla Venn open the sluices"),
    "opera": ("Lost Breslow opera found", "The opera Melusine by Breslow lay in a bakery tin in Quarn"),
    "cup": ("Minnows beat Altona in cup", "Fishermen of Skerry United knocked out Altona with a header by Tam Brocken"),
}  # fmt: skip


def told(event: str, number: int, hour: float | None = 0.0) -> dict[str, Any]:
    """Return an article of an event, in words of its own."""
    headline, lead = EVENTS[event]
    own = words(f"{event}{number}", 12)
    return {
        "article_id": f"{event}-{number}",
        "headline": headline,
        "body": f"{lead}. {own}. {' '.join(reversed(lead.split()))}. {own}",
        "published_at": None if hour is None else NOON + timedelta(hours=hour),
    }


class Desk:
    """Keeps terms and stories as the warehouse does."""

    def __init__(self) -> None:
        self.terms = tables.STORY_TERMS.empty()
        self.stories: dict[str, str | None] = {}

    def land(self, *articles: Mapping[str, Any]) -> list[dict[str, Any]]:
        terms = to_story_terms(tables.ARTICLES.from_rows(articles))
        rows: list[dict[str, Any]] = assign(terms, self.terms).to_pylist()
        self.keep(rows)
        new = set(tables.values(terms, "article_id"))
        old = [row for row in self.terms.to_pylist() if row["article_id"] not in new]
        self.terms = self.with_stories([*old, *terms.to_pylist()])
        return rows

    def keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.stories.update({row["article_id"]: row["story_id"] for row in rows})
        self.terms = self.with_stories(self.terms.to_pylist())

    def with_stories(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        return tables.STORY_TERMS.from_rows({**row, "story_id": self.stories.get(row["article_id"])} for row in rows)

    def groups(self) -> set[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for article_id, story_id in self.stories.items():
            if story_id is not None:
                found.setdefault(story_id, set()).add(article_id)
        return {frozenset(ids) for ids in found.values()}


def test_an_article_that_is_alone_has_no_story() -> None:
    desk = Desk()

    assert desk.land(told("dam", 1)) == []


def test_a_second_article_makes_a_story_of_both_under_the_id_of_the_first() -> None:
    desk = Desk()
    desk.land(told("dam", 1, 0))

    rows = desk.land(told("dam", 2, 5))

    assert [(row["article_id"], row["story_id"]) for row in rows] == [("dam-1", "dam-1"), ("dam-2", "dam-1")]
    assert 0.13 <= rows[1]["score"] <= 1.0


def test_events_are_told_apart() -> None:
    desk = Desk()

    desk.land(*(told(event, number, number) for event in EVENTS for number in range(3)))

    assert desk.groups() == {frozenset(f"{event}-{number}" for number in range(3)) for event in EVENTS}


def test_an_article_that_lands_again_unchanged_changes_nothing() -> None:
    desk = Desk()
    desk.land(told("dam", 1), told("dam", 2))

    assert desk.land(told("dam", 2)) == []


def test_articles_that_do_not_say_when_they_were_told_find_their_story() -> None:
    desk = Desk()
    desk.land(told("dam", 1, None))

    desk.land(told("dam", 2, 40_000.0), told("dam", 3, None))

    assert desk.groups() == {frozenset({"dam-1", "dam-2", "dam-3"})}


def test_the_same_words_years_later_are_another_story() -> None:
    desk = Desk()
    desk.land(told("dam", 1, 0))

    desk.land(told("dam", 2, 24 * 365.0))

    assert desk.groups() == set()


def test_two_stories_that_turn_out_to_be_one_are_merged_under_the_older_id() -> None:
    terms = to_story_terms(tables.ARTICLES.from_rows([told("dam", number, number) for number in range(5)]))
    ids = pa.array(["dam-1", "dam-1", "dam-3", "dam-3", None], pa.string())
    known = terms.set_column(terms.schema.get_field_index("story_id"), "story_id", ids)

    rows = assign(terms.slice(4), known.slice(0, 4)).to_pylist()

    # An id is the article_id that its story began with, wherever that is now: who asks for dam-3 is led to dam-1.
    assert {row["article_id"]: row["story_id"] for row in rows} == {
        "dam-2": "dam-1",
        "dam-3": "dam-1",
        "dam-4": "dam-1",
    }


def test_an_article_that_came_too_early_for_its_story_joins_it_with_the_next() -> None:
    """Articles are told apart with those of the stories they may belong to in the order of telling, not of arrival."""
    desk = Desk()
    desk.land(told("dam", 1, 1), told("dam", 2, 2))
    desk.keep([{"article_id": "dam-1", "story_id": None}, {"article_id": "dam-2", "story_id": None}])

    desk.land(told("dam", 3, 3))

    assert desk.groups() == {frozenset({"dam-1", "dam-2", "dam-3"})}


def test_a_story_of_which_not_all_terms_are_at_hand_stays_whole() -> None:
    terms = to_story_terms(tables.ARTICLES.from_rows([told("dam", number, number) for number in range(4)]))
    ids = pa.array(["dam-0", "dam-0", "dam-0", None], pa.string())
    known = terms.set_column(terms.schema.get_field_index("story_id"), "story_id", ids).slice(0, 3)
    packed = pa.array([None, None, known["terms"][2].as_py()], pa.large_binary())
    known = known.set_column(known.schema.get_field_index("terms"), "terms", packed)

    assert assign(terms.slice(3), known)["article_id"].to_pylist() == ["dam-3"]


def test_only_stories_that_new_articles_are_like_are_told_apart_anew() -> None:
    known = to_story_terms(tables.ARTICLES.from_rows([told(event, number) for event in EVENTS for number in range(3)]))
    new = to_story_terms(tables.ARTICLES.from_rows([told("dam", 3)]))

    kept = concerned(new, known)

    assert kept["article_id"].to_pylist() == ["dam-0", "dam-1", "dam-2"]
    assert concerned(known.slice(0, 0), known).num_rows == 0
    assert concerned(new, known.slice(0, 0)).num_rows == 0


def test_told_apart_anew_all_orders_of_arrival_end_in_the_same_stories() -> None:
    articles = [told(event, number, number) for event in EVENTS for number in range(4)]
    ends = []
    for seed in range(4):
        desk = Desk()
        for article in Random(seed).sample(articles, len(articles)):
            desk.land(article)
        desk.keep(cluster_anew(desk.terms).to_pylist())
        ends.append(desk.groups())

    assert all(end == ends[0] for end in ends)
    assert len(ends[0]) == 3


def test_telling_apart_anew_keeps_the_ids_of_stories_that_stay() -> None:
    desk = Desk()
    desk.land(told("dam", 2, 2), told("dam", 3, 3))
    desk.land(told("dam", 1, 1))

    assert set(desk.stories.values()) == {"dam-2"}
    assert cluster_anew(desk.terms).num_rows == 0


def test_nothing_in_nothing_out() -> None:
    nothing = tables.STORY_TERMS.empty()

    assert assign(nothing, nothing).equals(tables.STORY_MEMBERS.empty())
    assert cluster_anew(nothing).equals(tables.STORY_MEMBERS.empty())


@pytest.mark.skipif(not SEEDS.exists(), reason="shared/seeds not here")
def test_the_five_seeds_tell_one_story_and_are_no_copies() -> None:
    texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    desk = Desk()

    desk.land(*({"article_id": str(number), "body": text} for number, text in enumerate(texts)))

    assert desk.groups() == {frozenset("01234")}
