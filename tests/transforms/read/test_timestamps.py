"""Dates as machines write them keep their zone, or have none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from transforms.read.timestamps import parse_timestamp

CASES = tomllib.loads((Path(__file__).parent / "cases" / "timestamps.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_a_date_is_read_as_its_case_says(case: dict[str, str]) -> None:
    instant = parse_timestamp(case["text"])

    assert str(instant.on) == case["on"]
    assert ("" if instant.at is None else f"{instant.at:%Y-%m-%d %H:%M:%S}") == case["at"]
    assert instant.precision == case["precision"]
    assert instant.raw == case["text"]


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2024-02-30T10:00:00Z", "31 Jun 2024", "2024-13-01", "2024-06-14T16:20:00+99:00", "9999999999"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert _is_refused(text)


def _is_refused(text: str) -> bool:
    try:
        parse_timestamp(text)
    except ValueError:
        return True
    return False
