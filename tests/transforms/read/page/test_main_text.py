"""The story is told from the page around it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.read.page.page import take_apart
from transforms.read.page.tree import parse_tree

CASES = tomllib.loads((Path(__file__).parent / "cases" / "main_text.toml").read_text(encoding="utf-8"))["case"]
REST = " was grey, and the boats lay still in the harbour until the evening came over the hills."
WORD = re.compile(r"\b(One|Two|Three|Four|Five|Six)\b")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_the_story_of_a_page_is_what_its_case_says(case: dict[str, Any]) -> None:
    """Each number in a case opens a paragraph of prose."""
    body = WORD.sub(lambda word: word[1] + REST, case["body"])
    root = parse_tree(f"<html><head><title>Grey</title></head><body>{body}</body></html>".encode())
    assert root is not None

    story = take_apart(root).story

    assert [paragraph.split()[0] for paragraph in story.paragraphs] == case["words"]
    assert (story.confidence > 0) == bool(case["words"])
