"""Furniture of pages is known in seven languages; a sentence of a story is never taken for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from transforms.clean.boilerplate import find_boilerplate
from transforms.clean.zones import Zone

FOLDER = Path(__file__).parent / "cases"
FURNITURE = tomllib.loads((FOLDER / "furniture_lines.toml").read_text(encoding="utf-8"))["case"]
STORIES = tomllib.loads((FOLDER / "story_lines.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("line", [line for case in FURNITURE for line in case["anywhere"]])
def test_furniture_is_taken_wherever_it_stands(line: str) -> None:
    assert all(find_boilerplate(line, zone) is not None for zone in Zone)


@pytest.mark.parametrize("line", [line for case in FURNITURE for line in case["edges"]])
def test_furniture_is_taken_above_and_below_the_story(line: str) -> None:
    assert find_boilerplate(line, Zone.HEAD) is not None
    assert find_boilerplate(line, Zone.TAIL) is not None


@pytest.mark.parametrize("line", [line for case in STORIES for line in case["lines"]])
def test_a_sentence_of_a_story_is_no_furniture(line: str) -> None:
    assert [zone for zone in Zone if find_boilerplate(line, zone) is not None] == []
