"""Rules for matches: places of phrases in headline and body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from expectations import Checks, validate

Make = Callable[..., Mapping[str, pa.Table]]

SOUND = {"field": "headline", "phrase": "ferry", "text": "Ferry", "start_char": 0, "end_char": 5}


def flags(make_tables: Make, checks: Checks, **spoiled: Any) -> list[str]:
    given = make_tables(pieces={"matches": {"spans": [SOUND, {**SOUND, **spoiled}]}})
    (flagged,) = validate(given, checks).kept["articles"]["quality_flags"].to_pylist()
    return list(flagged or [])


def test_a_place_in_the_headline_is_sound(make_tables: Make, checks: Checks) -> None:
    assert flags(make_tables, checks) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"start_char": 5},
        {"end_char": 5_000},
        {"start_char": -1},
        {"start_char": None},
        {"field": "byline"},
    ],
)
def test_an_impossible_place_flags_the_article(make_tables: Make, checks: Checks, spoiled: dict[str, Any]) -> None:
    assert flags(make_tables, checks, **spoiled) == ["matches.span_outside_text"]


def test_a_place_with_other_words_flags_the_article(make_tables: Make, checks: Checks) -> None:
    assert flags(make_tables, checks, field="body") == ["matches.text_not_at_span"]
