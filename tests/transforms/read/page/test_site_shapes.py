"""Pages as sites of many kinds build them become articles: headline, authors, day, and the story alone."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from transforms.clean import PARAGRAPH_BREAK, clean
from transforms.extract import extract
from transforms.read import web_page
from transforms.rows import Arrival, Cleaned, Reading, Story
from transforms.settings import TransformSettings

CASES = tomllib.loads((Path(__file__).parent / "cases" / "site_shapes.toml").read_text(encoding="utf-8"))["case"]
ARRIVED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_page_becomes_the_article_that_its_case_expects(case: dict[str, Any]) -> None:
    reading = web_page.parse(case["raw"].encode(), None, TransformSettings())
    assert isinstance(reading, Reading)
    cleaned = clean(reading)
    assert isinstance(cleaned, Cleaned)

    story = Story(Arrival("file:///page.html", "page.html", ARRIVED), reading, cleaned)
    values = {field: found.value for field, found in extract(story).values.items()}

    authors = values.get("authors")
    assert cleaned.body.split(PARAGRAPH_BREAK) == case["body"]
    assert values["headline"] == case["headline"]
    assert (list(authors) if isinstance(authors, tuple | list) else None) == case.get("authors")
    assert str(values["published_on"]) == case["published_on"]
