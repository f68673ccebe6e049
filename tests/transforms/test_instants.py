"""Dates as people and machines print them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.instants import find_instant, parse_instant


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024/03/05", date(2024, 3, 5)),
        ("20240305", date(2024, 3, 5)),
        ("March 5, 2024", date(2024, 3, 5)),
        ("Mar. 5th, 2024", date(2024, 3, 5)),
        ("5 March 2024", date(2024, 3, 5)),
        ("Tue, 5 Mar 2024", date(2024, 3, 5)),
        ("5. März 2024", date(2024, 3, 5)),
        ("5 de marzo de 2024", date(2024, 3, 5)),
        ("1er février 2024", date(2024, 2, 1)),
        ("05.03.2024", date(2024, 3, 5)),
        ("Published: March 5, 2024 | Updated: March 6, 2024", date(2024, 3, 5)),
    ],
)
def test_a_complete_day_is_found(text: str, on: date) -> None:
    instant = find_instant(text)

    assert instant is not None
    assert (instant.on, instant.at, instant.precision) == (on, None, "day")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2024-03-05T10:30:00Z", datetime(2024, 3, 5, 10, 30, tzinfo=UTC), "second"),
        ("2024-03-05T10:30+01:00", datetime(2024, 3, 5, 9, 30, tzinfo=UTC), "minute"),
        ("2024-03-05 10:30:15.123 -0500", datetime(2024, 3, 5, 15, 30, 15, tzinfo=UTC), "second"),
        ("Tue, 05 Mar 2024 10:30:00 GMT", datetime(2024, 3, 5, 10, 30, tzinfo=UTC), "second"),
        ("March 5, 2024 at 10:30 pm UTC", datetime(2024, 3, 5, 22, 30, tzinfo=UTC), "minute"),
        ("March 5, 2024, 12:05 a.m. GMT", datetime(2024, 3, 5, 0, 5, tzinfo=UTC), "minute"),
    ],
)
def test_a_time_with_its_zone_is_an_instant(text: str, at: datetime, precision: str) -> None:
    instant = find_instant(text)

    assert instant is not None
    assert (instant.at, instant.precision) == (at, precision)


@pytest.mark.parametrize("text", ["2024-03-05 10:30", "March 5, 2024 10:30 PM", "March 5, 2024 10:30 CST"])
def test_a_time_without_a_zone_that_is_known_leaves_the_day_only(text: str) -> None:
    instant = find_instant(text)

    assert instant is not None
    assert (instant.on, instant.at, instant.precision) == (date(2024, 3, 5), None, "day")


@pytest.mark.parametrize(
    "text", ["", "March 5", "Tuesday", "03/04/2024", "2024-02-30", "31 June 2024", "2024", "at 10:30", "12345678901"]
)
def test_what_is_no_complete_day_is_not_found(text: str) -> None:
    assert find_instant(text) is None


def test_a_year_and_a_month_are_values_of_their_own_precision() -> None:
    assert parse_instant("2024")[:3] == (date(2024, 1, 1), None, "year")
    assert parse_instant("2024-03")[:3] == (date(2024, 3, 1), None, "month")
    with pytest.raises(ValueError, match="no complete date"):
        parse_instant("2024-13")


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_every_iso_instant_is_read_back(at: datetime) -> None:
    at = at.replace(microsecond=0)

    assert parse_instant(at.isoformat()).at == at


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    find_instant(text)
