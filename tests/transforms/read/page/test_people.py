"""Bylines are taken apart into people; better none than a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.read.page.page import take_apart
from transforms.read.page.people import find_byline, split_people
from transforms.read.page.tree import parse_tree

FOLDER = Path(__file__).parent / "cases"
CASES = tomllib.loads((FOLDER / "people.toml").read_text(encoding="utf-8"))["case"]
PAGES = tomllib.loads((FOLDER / "bylines.toml").read_text(encoding="utf-8"))["case"]
STORY = "".join(
    f"<p>The lake was grey on day {number}, and the boats lay still in the harbour until the evening came.</p>"
    for number in range(1, 6)
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_byline_names_whom_its_case_says(case: dict[str, Any]) -> None:
    assert list(split_people(case["line"])) == case["names"]


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case["about"])
def test_a_page_is_signed_as_its_case_says(case: dict[str, Any]) -> None:
    body = f"<article>{case.get('above', '')}{STORY}{case.get('below', '')}</article>"
    root = parse_tree(f"<html><head>{case.get('head', '')}</head><body>{body}</body></html>".encode())
    assert root is not None

    byline = find_byline(take_apart(root))

    found = None if byline is None else (list(byline.names), byline.method)
    assert found == ((case["names"], case["method"]) if "names" in case else None)


def test_a_line_of_the_page_names_people_with_two_names_only() -> None:
    assert split_people("Jane", lone_words=False) == ()
    assert split_people("Jane Doe", lone_words=False) == ("Jane Doe",)


def test_a_biography_is_no_name() -> None:
    assert split_people("Jane Doe is a sailor", lone_words=False) == ()
