"""Whole pages, from bytes to an article: case files hold what becomes of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parent / "cases"
ARTICLES = tomllib.loads((CASES / "articles.toml").read_text(encoding="utf-8"))["case"]
UNTOUCHED = tomllib.loads((CASES / "untouched.toml").read_text(encoding="utf-8"))["case"]


def _about(case: dict[str, Any]) -> str:
    return str(case["about"])


@pytest.mark.parametrize("case", ARTICLES, ids=_about)
def test_a_page_becomes_the_article_that_its_case_expects(case: dict[str, Any], trip: Any) -> None:
    split = trip(case["text"].removesuffix("\n"))

    assert split.rejected.num_rows == 0
    article = split.kept["articles"].to_pylist()[0]
    removed = [row["reason"] for row in split.kept["removals"].to_pylist()]
    expected = {column: value or None for column, value in case.get("expect", {}).items()}
    assert {column: article[column] or None for column in expected} == expected
    assert article["body"].startswith(case.get("starts", ""))
    assert article["body"].endswith(case.get("ends", ""))
    assert article["body"] == case.get("body", article["body"])
    assert removed == case.get("removed", removed)


@pytest.mark.parametrize("case", UNTOUCHED, ids=_about)
def test_a_story_without_furniture_stays_as_it_is(case: dict[str, Any], trip: Any) -> None:
    split = trip(case["text"])

    article = split.kept["articles"].to_pylist()[0]
    assert split.kept["removals"].to_pylist() == []
    assert article["body"].split() == case["text"].split()
    assert article["headline"] is None
    assert article["dateline"] is None
    assert article["byline"] is None
    assert article["info_sources"] is None
