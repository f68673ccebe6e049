"""Bylines taken apart: better no author than a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.clean.byline import find_signature
from transforms.extract.byline import to_spoken

CASES = tomllib.loads((Path(__file__).parent / "cases" / "bylines.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_a_byline_is_kept_as_printed_and_names_its_people(case: dict[str, Any]) -> None:
    printed = find_signature(case["line"])

    assert (None if printed is None else printed.byline) == case.get("byline")
    if printed is not None:
        assert list(printed.names) == case["people"]
        assert printed.dated == case.get("dated")


@pytest.mark.parametrize(
    ("printed", "spoken"),
    [
        ("JANE McDOE", "Jane McDoe"),
        ("SEÁN O’NEILL", "Seán O’Neill"),
        ("Jane Doe", "Jane Doe"),
        ("A. B. DOE", "A. B. Doe"),
    ],
)
def test_a_name_in_capitals_is_written_as_it_is_spoken(printed: str, spoken: str) -> None:
    assert to_spoken(printed) == spoken
