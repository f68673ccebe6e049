"""The day of publication is what data and page say together."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.instants import Instant
from transforms.read.page.page import Page, take_apart
from transforms.read.page.published import Publication, _surest_first, find_publications
from transforms.read.page.tree import parse_tree

CASES = tomllib.loads((Path(__file__).parent / "cases" / "published.toml").read_text(encoding="utf-8"))["case"]
STORY = "<p>The lake was grey, and the boats lay still in the harbour until the evening came.</p>"
BOUNDS = (0.85, 0.77, 0.6, 0.3)


def _page(case: dict[str, Any]) -> Page:
    parts = [case.get(key, "") for key in ("head", "body", "story", "after")]
    html = "<html><head>{}</head><body><h1>A lake is grey</h1>{}{}" + STORY * 3 + "{}</body></html>"
    root = parse_tree(html.format(*parts).encode())
    assert root is not None
    return take_apart(root)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_page_was_published_when_its_case_says(case: dict[str, Any]) -> None:
    found = next(find_publications(_page(case)), None)

    if "on" not in case:
        assert found is None
    else:
        assert found is not None
        assert (str(found.instant.on), found.method) == (case["on"], case["method"])


@given(st.tuples(*(st.lists(st.integers(0, round(bound * 100))) for bound in BOUNDS)))
def test_lazy_searches_yield_what_sorting_everything_yields(shares: tuple[list[int], ...]) -> None:
    found = [
        [Publication(Instant(date(2024, 1, 1), None, "day", ""), f"{place}", share / 100) for share in each]
        for place, each in enumerate(shares)
    ]

    lazily = [*_surest_first(*((bound, _search(each)) for bound, each in zip(BOUNDS, found, strict=True)))]

    assert lazily == sorted((each for search in found for each in search), key=lambda each: -each.confidence)


def _search(found: list[Publication]) -> Callable[[], Iterator[Publication]]:
    return lambda: iter(found)


def test_nothing_is_looked_for_that_cannot_be_surer() -> None:
    first = Publication(Instant(date(2024, 1, 1), None, "day", ""), "first", 0.8)

    def fail() -> Iterator[Publication]:
        raise AssertionError

    assert next(_surest_first((0.85, lambda: iter([first])), (0.77, fail))) == first
