"""The look-up of copies: what is fetched for a batch, and that the index in memory is nothing but a cache."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from shelf import Row, Shelf, article, words

from transforms.deduplicate import sign
from warehouse import records, sketches
from warehouse.sketch_index import SketchIndex
from warehouse.tables import ARTICLES, SIGNATURES

NOON = datetime(2031, 4, 12, 12, 0, 0, 678)
STORY = words("ferry", 150)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.close()


def look_up(shelf: Shelf, *articles: Row, index: SketchIndex | None = None) -> pa.Table:
    with shelf.ledger.reading() as connection:
        return sketches.candidates(connection, sign(ARTICLES.from_rows(articles)), index or shelf.index)


def ids(found: pa.Table) -> list[str]:
    return [str(article_id) for article_id in found["article_id"].to_pylist()]


def test_what_has_text_in_common_is_fetched_and_nothing_else(shelf: Shelf) -> None:
    shelf.land(article("a", STORY), article("b", words("harvest", 150)), article("c", f"{words('x', 20)} {STORY}"))

    found = look_up(shelf, article("new", f"{STORY} and more"))

    assert ids(found) == ["a", "c"]
    assert SIGNATURES.checked(found)["shingles"].null_count == 0


def test_a_signature_comes_back_as_it_was_kept(shelf: Shelf) -> None:
    item = article("a", STORY, NOON, canonical_url="https://gazette.example/1", alt_id="1", version_created=NOON)
    shelf.land(item)

    assert look_up(shelf, article("new", STORY)).equals(sign(ARTICLES.from_rows([item])))


def test_groups_come_whole_with_the_relation_as_it_stands(shelf: Shelf) -> None:
    shelf.land(article("a", STORY, NOON), article("b", STORY))
    shelf.land(article("c", f"{STORY} {words('more', 30)}"))

    found = look_up(shelf, article("new", f"{STORY} {words('more', 30)} {words('most', 60)}"))

    assert [(row["article_id"], row["duplicate_of"], row["duplicate_kind"]) for row in found.to_pylist()] == [
        ("a", None, None),
        ("b", "a", "same_text"),
        ("c", "a", "near"),
    ]


def test_an_article_that_lands_again_brings_the_group_that_it_leaves(shelf: Shelf) -> None:
    shelf.land(article("a", STORY, NOON), article("b", STORY))

    assert ids(look_up(shelf, article("b", words("harvest", 90)))) == ["a", "b"]


def test_items_at_the_same_address_come_whatever_their_text(shelf: Shelf) -> None:
    url = {"canonical_url": "https://gazette.example/1"}
    shelf.land(article("a", STORY, **url), article("b", words("harvest", 90), alt_id="7", **url))
    shelf.land(article("c", words("inquest", 90), alt_id="7"))

    assert ids(look_up(shelf, article("new", words("verdict", 90), **url))) == ["a", "b", "c"]


def test_nothing_is_found_for_nothing_and_for_texts_without_words(shelf: Shelf) -> None:
    shelf.land(article("a", STORY))

    assert look_up(shelf).equals(SIGNATURES.empty())
    assert ids(look_up(shelf, article("new", "—"))) == []


def test_an_index_that_is_made_anew_finds_the_same(shelf: Shelf) -> None:
    for number in range(12):
        shelf.land(*(article(f"{number}-{place}", words(f"s{place}", 80 + number)) for place in range(number + 1)))
    asked = [article(f"new-{place}", words(f"s{place}", 95)) for place in range(12)]

    assert look_up(shelf, *asked, index=SketchIndex()).equals(look_up(shelf, *asked))


def test_an_index_takes_in_what_others_have_landed(shelf: Shelf) -> None:
    index = SketchIndex()
    look_up(shelf, article("new", STORY), index=index)
    shelf.land(article("a", f"{STORY} and more"))

    assert ids(look_up(shelf, article("new", STORY), index=index)) == ["a"]


def test_what_was_rolled_back_is_not_found(shelf: Shelf) -> None:
    with shelf.ledger.writing() as connection:
        records.record_signatures(connection, sign(ARTICLES.from_rows([article("a", STORY)])), 1)
        connection.rollback()
    shelf.land(article("b", words("harvest", 90)))

    assert ids(look_up(shelf, article("new", f"{STORY} and more"))) == []


def test_a_text_that_many_articles_have_is_kept_once(shelf: Shelf) -> None:
    shelf.land(*(article(f"a{number}", STORY) for number in range(5)))

    with shelf.ledger.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM texts").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM shingles").scalar() == 1
