"""The headline is what the page prints, without the names and labels around it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.read.page.page import take_apart
from transforms.read.page.tree import parse_tree

CASES = tomllib.loads((Path(__file__).parent / "cases" / "titles.toml").read_text(encoding="utf-8"))["case"]
STORY = (
    "<p>The lake was grey, and the boats lay still in the harbour until the evening came, as they had done on all the"
    " days before.</p>"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_the_headline_is_what_is_printed(case: dict[str, Any]) -> None:
    page = f"<html><head>{case['head']}</head><body>{case['body']}{STORY}</body></html>"
    root = parse_tree(page.encode())
    assert root is not None

    title = take_apart(root).title

    found = None if title is None else (title.text, title.method)
    assert found == ((case["title"], case["method"]) if "title" in case else None)
