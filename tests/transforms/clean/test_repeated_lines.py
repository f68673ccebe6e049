"""Lines that recur at the ends of a source's articles are taken out where the line table lists them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.clean import clean
from transforms.clean.repeated_lines import to_line
from transforms.identity import to_id
from transforms.rows import Cleaned, Reading, RepeatedLines

CASES = tomllib.loads(Path(__file__).with_name("cases").joinpath("repeated_lines.toml").read_text("utf-8"))["case"]


def _clean(case: dict[str, Any], *, structured: bool = False) -> Cleaned:
    hashes = {place: frozenset(to_id(line.encode()) for line in case[place]) for place in ("head", "foot")}
    outcome = clean(Reading(case["text"], structured=structured), RepeatedLines(7, hashes["head"], hashes["foot"]))
    assert isinstance(outcome, Cleaned)
    return outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_known_lines_are_taken_from_the_ends(case: dict[str, Any]) -> None:
    cleaned = _clean(case)

    assert cleaned.body == case["body"]
    assert [removal.reason for removal in cleaned.removals] == case["removals"]
    assert cleaned.lines_version == 7


def test_they_are_taken_from_a_story_that_its_reader_told_from_a_page_too() -> None:
    cleaned = _clean({**CASES[0], "head": []}, structured=True)

    assert cleaned.removals[-1].reason == "repeated_at_foot"


def test_without_a_line_table_the_version_is_0() -> None:
    outcome = clean(Reading("The council voted on Tuesday against a tunnel under the lake."))

    assert isinstance(outcome, Cleaned)
    assert outcome.lines_version == 0


@pytest.mark.parametrize(
    "removed", ["one line", "  one\n line ", "one\r\nline", "one \u2028 line"], ids=["plain", "wrapped", "dos", "u2028"]
)
def test_the_line_of_a_removal_is_the_paragraph_that_it_was(removed: str) -> None:
    assert to_line(removed) == "one line"
