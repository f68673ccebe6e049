"""Zones that newspapers name: fixed ones, the American ones that follow the season, and words that are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from transforms.instants import find_instant
from transforms.zone_names import find_offset


@pytest.mark.parametrize(
    ("printed", "at"),
    [
        ("March 4, 2024 at 9:05 a.m. EST", datetime(2024, 3, 4, 14, 5, tzinfo=UTC)),
        ("4 March 2024, 18:30 CET", datetime(2024, 3, 4, 17, 30, tzinfo=UTC)),
        ("4. Juli 2024 18:30 MESZ", datetime(2024, 7, 4, 16, 30, tzinfo=UTC)),
        ("4 July 2024 12:00 BST", datetime(2024, 7, 4, 11, 0, tzinfo=UTC)),
        ("July 4, 2024 9:05 AM ET", datetime(2024, 7, 4, 13, 5, tzinfo=UTC)),
        ("January 4, 2024 9:05 PM PT", datetime(2024, 1, 5, 5, 5, tzinfo=UTC)),
        ("2024-03-04 09:05 (JST)", datetime(2024, 3, 4, 0, 5, tzinfo=UTC)),
        ("2024-03-04T09:05:00Z", datetime(2024, 3, 4, 9, 5, tzinfo=UTC)),
        ("2024-03-04T09:05:00-05:00", datetime(2024, 3, 4, 14, 5, tzinfo=UTC)),
    ],
)
def test_a_time_with_a_named_zone_is_an_instant(printed: str, at: datetime) -> None:
    instant = find_instant(printed)

    assert instant is not None
    assert instant.at == at


@pytest.mark.parametrize(
    "printed", ["4 mars 2024 à 12:30 est ouvert", "March 4, 2024 9:05 CST", "March 4, 2024 9:05 am"]
)
def test_a_time_without_a_zone_or_with_one_of_two_countries_is_a_day_only(printed: str) -> None:
    instant = find_instant(printed)

    assert instant is not None
    assert (instant.at, instant.precision) == (None, "day")


@pytest.mark.parametrize(
    ("on", "hours"),
    [
        (date(2024, 3, 9), -5),
        (date(2024, 3, 10), -4),
        (date(2024, 11, 2), -4),
        (date(2024, 11, 3), -5),
        (date(2026, 3, 8), -4),
    ],
)
def test_american_zones_follow_the_season(on: date, hours: int) -> None:
    assert find_offset("ET", on) == timedelta(hours=hours)


def test_no_rule_is_known_before_2007() -> None:
    assert find_offset("ET", date(2006, 7, 1)) is None
    assert find_offset("EDT", date(2006, 7, 1)) == timedelta(hours=-4)
