"""The look-up of stories: which articles are fetched for a batch, and what of large stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from shelf import words

from transforms.deduplicate import assign, to_story_terms
from warehouse import records, story_candidates
from warehouse.ledger import Ledger
from warehouse.story_candidates import MOST_WEIGHED
from warehouse.story_index import StoryIndex
from warehouse.tables import ARTICLES, STORY_TERMS, values

NOON = datetime(2031, 4, 12, 12)
Row = Mapping[str, Any]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path)
    yield ledger
    ledger.close()


def told(article_id: str, event: str, day: float | None = 0.0) -> Row:
    """Return an article of an event: names of the event, and words of its own."""
    published_at = None if day is None else NOON + timedelta(days=day)
    body = f"{words(event, 20)} {words(article_id, 10)}"
    return {"article_id": article_id, "headline": words(event, 5), "body": body, "published_at": published_at}


def land(ledger: Ledger, *articles: Row) -> pa.Table:
    """Land a batch with the stories that it finds; return the rows of `story_members`."""
    terms = to_story_terms(ARTICLES.from_rows(articles))
    members = assign(terms, look_up(ledger, *articles))
    with ledger.writing() as connection:
        records.record_story_terms(connection, terms, members)
    return members


def look_up(ledger: Ledger, *articles: Row, index: StoryIndex | None = None) -> pa.Table:
    with ledger.reading() as connection:
        terms = to_story_terms(ARTICLES.from_rows(articles))
        return story_candidates.candidates(connection, terms, index or StoryIndex())


def test_articles_of_the_same_event_are_fetched_and_no_others(ledger: Ledger) -> None:
    land(ledger, told("a", "dam"), told("b", "opera"))

    assert values(look_up(ledger, told("new", "dam", 1)), "article_id") == ["a"]


def test_a_story_comes_whole(ledger: Ledger) -> None:
    land(ledger, *(told(f"a{number:02}", "dam", number / 10) for number in range(30)))

    found = look_up(ledger, told("new", "dam", 1))

    assert found.num_rows == 30
    assert set(values(found, "story_id")) == {"a00"}


def test_of_a_large_story_the_older_articles_only_count(ledger: Ledger) -> None:
    land(ledger, *(told(f"a{number:03}", "dam") for number in range(MOST_WEIGHED + 20)))

    found = look_up(ledger, told("new", "dam"))

    assert found.num_rows == MOST_WEIGHED + 20
    assert found["terms"].null_count == 20


def test_what_was_told_in_another_year_is_not_fetched(ledger: Ledger) -> None:
    land(ledger, told("a", "dam", -400))

    assert look_up(ledger, told("new", "dam")).num_rows == 0


def test_an_article_without_a_date_is_looked_for_among_all(ledger: Ledger) -> None:
    land(ledger, told("a", "dam", -400), told("b", "dam", None))

    assert values(look_up(ledger, told("new", "dam", None)), "article_id") == ["a", "b"]


def test_an_article_that_lands_again_keeps_its_story_and_has_its_new_terms(ledger: Ledger) -> None:
    land(ledger, told("a", "dam"), told("b", "dam"))

    assert land(ledger, told("b", "dam")).num_rows == 0
    assert values(look_up(ledger, told("new", "dam")), "story_id") == ["a", "a"]


def test_an_index_that_has_grown_batch_by_batch_finds_what_a_new_one_finds(ledger: Ledger) -> None:
    grown = StoryIndex()
    for number in range(9):
        land(ledger, *(told(f"{event}{number}", event, number) for event in ("dam", "opera", "cup")))
        look_up(ledger, told("new", "dam"), index=grown)

    assert look_up(ledger, told("new", "cup", 4), index=grown).equals(look_up(ledger, told("new", "cup", 4)))


def test_the_newest_articles_come_with_the_stories_they_belong_to(ledger: Ledger) -> None:
    land(
        ledger,
        told("old", "opera", -90),
        told("first", "dam", -60),
        told("last", "dam", 0),
        told("undated", "cup", None),
    )

    with ledger.reading() as connection:
        found = story_candidates.newest(connection, timedelta(days=30))

    assert STORY_TERMS.checked(found)["article_id"].to_pylist() == ["first", "last", "undated"]
