"""Versions: what one source published again with other content, in the order of its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from shelf import Row, Shelf, article, words

NOON = datetime(2031, 4, 12, 12)
STORY = words("ferry", 120)
URL = "https://gazette.example/ferry"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.close()


def item(article_id: str, body: str, hour: int | None = None, **values: Any) -> dict[str, Any]:
    return article(article_id, body, None if hour is None else NOON + timedelta(hours=hour), **values)


def test_another_text_at_the_same_address_is_the_next_version(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, canonical_url=URL))

    shelf.land(item("b", words("harvest", 90), 1, canonical_url=URL))

    assert shelf.versions == {"b": ("a", 2, "canonical_url")}


def test_versions_are_ordered_by_the_clock_of_the_source_not_by_arrival(shelf: Shelf) -> None:
    shelf.land(item("b", words("second", 90), 5, canonical_url=URL, version_created=NOON + timedelta(hours=2)))
    shelf.land(item("c", words("third", 90), 4, canonical_url=URL, version_created=NOON + timedelta(hours=3)))

    shelf.land(item("a", words("first", 90), 6, canonical_url=URL, version_created=NOON + timedelta(hours=1)))

    assert shelf.versions == {"b": ("a", 2, "canonical_url"), "c": ("a", 3, "canonical_url")}


def test_the_id_of_the_source_makes_versions_of_items_at_other_addresses(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, alt_id="FERRY-1", canonical_url=URL))

    shelf.land(item("b", words("harvest", 90), 1, alt_id="FERRY-1", canonical_url=URL + "-update"))

    assert shelf.versions == {"b": ("a", 2, "alt_id")}


def test_the_same_id_at_two_sources_means_nothing(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, alt_id="17"), item("b", words("harvest", 90), 1, alt_id="17", source="courier"))

    assert shelf.versions == {}


def test_an_id_of_a_source_that_nobody_knows_means_nothing(shelf: Shelf) -> None:
    shelf.land(*(item(name, words(name, 90), 0, alt_id="17", source="unknown") for name in "ab"))

    assert shelf.versions == {}


def test_the_same_text_at_the_same_address_is_a_copy_and_no_version(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, canonical_url=URL), item("b", STORY, 1, canonical_url=URL))

    assert shelf.versions == {}
    assert shelf.relation == {"b": ("a", "same_text")}


def test_a_near_copy_that_the_source_dates_later_is_a_version_and_no_copy(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, version_created=NOON))

    shelf.land(item("b", f"{STORY} corrected figure", 0, version_created=NOON + timedelta(hours=1)))

    assert shelf.versions == {"b": ("a", 2, "near")}
    assert shelf.relation == {}


def test_a_near_copy_at_another_source_is_a_copy_and_no_version(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, version_created=NOON))

    shelf.land(item("b", f"{STORY} and more", 1, version_created=NOON + timedelta(hours=1), source="courier"))

    assert shelf.versions == {}
    assert shelf.relation == {"b": ("a", "near")}


def test_a_version_that_brings_an_old_text_back_is_a_version_and_no_copy(shelf: Shelf) -> None:
    texts = [STORY, words("harvest", 90), STORY]
    shelf.land(*(item(f"v{number}", text, number, canonical_url=URL) for number, text in enumerate(texts)))

    assert shelf.versions == {"v1": ("v0", 2, "canonical_url"), "v2": ("v0", 3, "canonical_url")}
    assert shelf.relation == {}


def test_printings_of_all_versions_elsewhere_are_copies_of_the_first(shelf: Shelf) -> None:
    update = f"{STORY} {words('update', 8)}"
    shelf.land(item("v1", STORY, 0, alt_id="F"), item("v2", update, 1, alt_id="F"))

    shelf.land(item("p1", STORY, 2, source="courier"), item("p2", update, 3, source="mail"))

    assert shelf.versions == {"v2": ("v1", 2, "alt_id")}
    assert shelf.relation == {"p1": ("v1", "same_text"), "p2": ("v1", "near")}


def test_an_undated_item_comes_before_dated_ones(shelf: Shelf) -> None:
    shelf.land(item("b", STORY, 0, canonical_url=URL), item("z", words("harvest", 90), None, canonical_url=URL))

    assert shelf.versions == {"b": ("z", 2, "canonical_url")}


def test_an_item_that_lands_again_at_another_address_takes_its_version_back(shelf: Shelf) -> None:
    shelf.land(item("a", STORY, 0, canonical_url=URL), item("b", words("harvest", 90), 1, canonical_url=URL))

    shelf.land(item("b", words("harvest", 90), 1, canonical_url=URL + "-2"))

    assert shelf.versions == {}


def corpus() -> list[Row]:
    """Return items of two sources that share addresses, ids and texts in many ways."""
    dice = Random(11)
    texts = [words("one", 100), words("one", 100) + " more", words("two", 90), words("three", 80)]
    return [
        item(
            f"i{number:02}",
            dice.choice(texts),
            dice.choice([None, *range(5)]),
            canonical_url=dice.choice([None, None, *(f"{URL}-{path}" for path in range(6))]),
            alt_id=dice.choice([None, None, *"123456"]),
            version_created=dice.choice([None, None, NOON + timedelta(minutes=dice.randrange(9))]),
            source=dice.choice(["gazette", "courier", "unknown"]),
        )
        for number in range(30)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_batches_end_in_the_same_versions(tmp_path: Path, seed: int) -> None:
    at_once, in_pieces = Shelf(tmp_path / "one"), Shelf(tmp_path / "two")
    dice = Random(seed)
    items = corpus()

    at_once.land(*items)
    in_pieces.land_in_pieces(dice.sample(items, len(items)), [dice.randint(1, 7) for _ in range(9)])

    assert (in_pieces.versions, in_pieces.relation) == (at_once.versions, at_once.relation)
    assert len(at_once.versions) >= 5
    at_once.close()
    in_pieces.close()
