"""Bylines are taken apart into people; better none than a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.read.page.people import split_people

CASES = tomllib.loads((Path(__file__).parent / "cases" / "people.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_byline_names_whom_its_case_says(case: dict[str, Any]) -> None:
    assert list(split_people(case["line"])) == case["names"]


def test_a_line_of_the_page_names_people_with_two_names_only() -> None:
    assert split_people("Jane", lone_words=False) == ()
    assert split_people("Jane Doe", lone_words=False) == ("Jane Doe",)


def test_a_biography_is_no_name() -> None:
    assert split_people("Jane Doe is a sailor", lone_words=False) == ()
