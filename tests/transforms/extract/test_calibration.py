"""Confidence of a page's values: the measured share, higher where a second source agrees."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources

import pytest

from transforms.extract.calibration import MEASURED, STATES, calibrate, support, to_share
from transforms.rows import Found

DAY = Found("published_on", date(2024, 3, 4), "json_ld", 0.97)
TABLE = tomllib.loads(resources.files("transforms.extract").joinpath("calibration.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("rivals", "state"),
    [
        ([], "alone"),
        ([Found("published_on", date(2024, 3, 4), "time_element", 0.8)], "agreed"),
        ([Found("published_on", date(2020, 1, 1), "date_line", 0.6)], "disputed"),
        ([Found("published_on", date(2020, 1, 1), "json_ld", 0.6)], "alone"),
        ([Found("headline", "x", "h1", 0.6)], "alone"),
    ],
)
def test_a_second_source_agrees_disputes_or_says_nothing(rivals: list[Found], state: str) -> None:
    assert support(DAY, [DAY, *rivals]) == state


def test_agreement_raises_confidence() -> None:
    agreed = calibrate({"published_on": DAY}, [DAY, Found("published_on", DAY.value, "time_element", 0.8)])
    disputed = calibrate({"published_on": DAY}, [DAY, Found("published_on", date(2020, 1, 1), "time_element", 0.8)])

    assert agreed["published_on"].confidence > disputed["published_on"].confidence


def test_columns_found_together_take_the_same_share() -> None:
    values = {"published_on": DAY, "published_raw": Found("published_raw", "4 March 2024", "json_ld", 0.97)}

    calibrated = calibrate(values, values.values())

    assert calibrated["published_raw"].confidence == calibrated["published_on"].confidence != DAY.confidence


@pytest.mark.parametrize("method", ["sidecar", "path", "nitf:hedline", "first_line"])
def test_values_of_ways_that_were_not_measured_keep_their_confidence(method: str) -> None:
    values = {"headline": Found("headline", "Tunnel voted down", method, 0.95)}

    assert calibrate(values, values.values()) == values


@pytest.mark.parametrize("field", MEASURED)
def test_shares_are_measured_for_each_state_and_rise_with_the_score(field: str) -> None:
    for state in STATES:
        shares = [share for _, share in TABLE[field][state]]
        assert shares == sorted(shares)
        assert all(0 < share < 1 for share in shares)


def test_a_score_between_two_measured_ones_lies_between_their_shares() -> None:
    (low, below), (high, above) = TABLE["headline"]["alone"][:2]

    assert below < to_share("headline", "alone", (low + high) / 2) < above
    assert to_share("headline", "alone", 0.0) == below
    assert to_share("headline", "alone", 1.0) == TABLE["headline"]["alone"][-1][1]
