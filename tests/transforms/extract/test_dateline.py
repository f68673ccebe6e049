"""Datelines that open a body, and openings that look like one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.extract.dateline import find_dateline, to_place

CASES = tomllib.loads((Path(__file__).parent / "cases" / "datelines.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"])
def test_a_dateline_is_found_with_its_place_and_agencies(case: dict[str, Any]) -> None:
    dateline = find_dateline(case["body"])

    assert (None if dateline is None else dateline.text) == case.get("dateline")
    if dateline is not None:
        assert case["body"].startswith(dateline.text)
        assert (None if dateline.place is None else to_place(dateline.place)) == case.get("located")
        assert list(dateline.agencies) == case.get("agencies", [])
