"""What the ledger remembers of a file's place is what the place said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.inbox import LIST_COLUMNS, from_json, to_json
from transforms.read.placement import join_placements, placement_from_mapping

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
SIDECARS = st.fixed_dictionaries(
    {},
    optional={
        "headline": TEXTS,
        "authors": st.lists(TEXTS, min_size=1, max_size=3),
        "keywords": st.lists(TEXTS, min_size=1, max_size=3),
        "info_sources": st.lists(TEXTS, min_size=1, max_size=2),
        "date": st.sampled_from(["2024-03-05", "2024-03-05T10:00:00+02:00", "5 March 2024", "yesterday"]),
        "created": st.sampled_from(["2024-01-01T00:00:00Z", "2024-01-01"]),
        "urgency": st.integers(0, 12),
        "copyright_year": st.integers(1900, 2050),
        "language": st.sampled_from(["en_us", "de", "English"]),
        "url": st.sampled_from(["https://a.example/x", "nowhere"]),
    },
)


@settings(max_examples=200, deadline=None)
@given(SIDECARS, SIDECARS)
def test_a_placement_comes_back_as_it_was(beside: dict[str, Any], path: dict[str, Any]) -> None:
    placement = join_placements(placement_from_mapping(beside, "sidecar"), placement_from_mapping(path, "path"))

    again = from_json(to_json(placement))

    assert to_json(again) == to_json(placement)
    assert sorted(map(repr, again.found)) == sorted(map(repr, placement.found))
    assert sorted(map(repr, again.unreadable)) == sorted(map(repr, placement.unreadable))


@pytest.mark.parametrize("headline", ["(", "('a', 'b')", "(x", "(1, 2)", "(f(x),)"])
def test_a_headline_that_looks_like_a_list_is_a_headline(headline: str) -> None:
    placement = placement_from_mapping({"headline": headline}, "sidecar")

    assert from_json(to_json(placement)).found == placement.found


@pytest.mark.parametrize("column", sorted(LIST_COLUMNS))
def test_lists_are_the_columns_that_hold_lists(column: str) -> None:
    (found,) = placement_from_mapping({column: ["a", "b"]}, "sidecar").found

    assert isinstance(found.value, tuple)
