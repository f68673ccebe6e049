"""The five articles that the project started from; they are read where they lie, beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"

pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason="shared/seeds not here")

EXPECTED: dict[str, dict[str, Any]] = {
    "000": {
        "headline": None,
        "paragraph_count": 18,
        "info_sources": None,
        "quality_flags": ["stray_punctuation", "machine_text_suspected"],
    },
    "001": {
        "quality_flags": ["machine_text_suspected"],
        "headline": "China’s Xi meeting with Putin is a boost for Russia’s lonely leader",
        "paragraph_count": 19,
        "info_sources": None,
    },
    "002": {
        "quality_flags": ["broken_sentence"],
        "headline": None,
        "paragraph_count": 15,
        "info_sources": [{"name": "TSF", "role": "publisher"}],
    },
    "003": {
        "quality_flags": ["stray_punctuation", "broken_sentence", "mark_mismatch"],
        "headline": "What Xi and Putin want to gain from their joint meeting",
        "paragraph_count": 35,
        "copyright_holder": "Nexstar Media Inc.",
        "copyright_year": 2023,
    },
    "004": {
        "quality_flags": ["machine_text_suspected"],
        "headline": "Xi Jinping’s Russia visit shows his support to Putin",
        "paragraph_count": 44,
        "section": "International News",
        "info_sources": [{"name": "CNN", "role": "partial_credit"}],
    },
}
INVENTED = ("byline", "authors", "dateline", "published_at", "published_on", "published_raw", "url", "description")


def _seed(number: str) -> Path:
    return next(SEEDS.glob(f"{number}_*.txt"))


def _article(number: str, trip: Any) -> dict[str, Any]:
    article: dict[str, Any] = trip(_seed(number).read_bytes()).kept["articles"].to_pylist()[0]
    return article


@pytest.mark.parametrize("number", EXPECTED)
def test_a_seed_has_its_fields_and_no_invented_ones(number: str, trip: Any) -> None:
    article = _article(number, trip)

    assert {column: article[column] for column in EXPECTED[number]} == EXPECTED[number]
    assert article["language"] == "en"
    assert {column: article[column] for column in INVENTED} == dict.fromkeys(INVENTED)


@pytest.mark.parametrize("number", EXPECTED)
def test_body_and_removals_account_for_every_character_of_a_seed(number: str, trip: Any) -> None:
    text = _seed(number).read_text(encoding="utf-8")
    split = trip(text)

    left = text
    for removal in reversed(split.kept["removals"].to_pylist()):
        assert text[removal["start_char"] : removal["end_char"]] == removal["text"]
        left = left[: removal["start_char"]] + left[removal["end_char"] :]

    assert left.split() == split.kept["articles"].to_pylist()[0]["body"].split()


@pytest.mark.parametrize("number", ["000", "001", "002"])
def test_the_body_of_a_seed_starts_and_ends_as_its_annotation_says(number: str, trip: Any) -> None:
    gold = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))["documents"][_seed(number).name]

    article = _article(number, trip)

    assert article["body"].startswith(gold["body"]["first_words"])
    assert article["body"].endswith(gold["body"]["last_words"])
    assert article["paragraph_count"] == gold["body"]["paragraphs"]


def test_the_glued_sentence_of_a_seed_stands_in_the_body_once(trip: Any) -> None:
    body = _article("001", trip)["body"]

    assert body.count("is schedule to meet with") == 1
    assert "the isolated Russian leader" in body


def test_the_seed_with_a_breadcrumb_starts_with_its_story(trip: Any) -> None:
    assert _article("004", trip)["body"].startswith("Putin welcomed Xi Jinping at the Kremlin")


def test_the_seed_with_subheads_has_four(trip: Any) -> None:
    assert len(_article("003", trip)["subheads"]) == 4
