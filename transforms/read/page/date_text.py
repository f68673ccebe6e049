"""Dates as pages print and give them: in words of seven languages, in digits by the page's custom, as time stamps."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from transforms.instants import Instant, find_instant
from transforms.read.timestamps import parse_timestamp

_SLASHED = re.compile(
    r"(?<!\d)(?P<one>\d{1,2})(?:[/-]|\.\s?)(?P<two>\d{1,2})(?:[/-]|\.\s?)(?P<year>(?:19|20)?\d\d)(?!\d)"
)
_DATED = re.compile(r"\d(?:(?:(?<=1)9|(?<=2)0)\d\d|(?:[/-]|\.\s?)\d{1,2}(?:[/-]|\.\s?)\d\d)")
"""What every date with a year has; most lines have none, and asking for months in seven languages is dear.

It opens with a digit in all its forms, since the search then skips what is none."""
_HAN = re.compile(r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]")
_STAMP = re.compile(r"(?P<seconds>1?\d{9})(?P<milliseconds>\d{3})?")
_AMBIGUOUS = re.compile(r"(?:0?\d|1[0-2])/(?:0?\d|1[0-2])/\d{4}")
_WEST_HOURS = 9
"""Hours that the west of the Americas lies behind UTC."""
_EAST_HOUR = 14
"""Hour of UTC at which the next day begins in Australia."""


def may_be_dated(text: str) -> bool:
    """Return whether a text may hold a date with a year: a quick look before a dear one."""
    return _DATED.search(text) is not None


def to_instant(text: str, *, month_first: bool) -> Instant | None:
    """Return the first date in a short text, with days and months in digits read by the page's custom, or None."""
    if not may_be_dated(text):
        return None
    instant = find_instant(text)
    if instant is not None:
        return instant
    match = _HAN.search(text)
    if match is not None:
        return _on(int(match["year"]), int(match["month"]), int(match["day"]), match.group())
    match = _SLASHED.search(text)
    if match is None:
        return None
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    month, day = (one, two) if (month_first and one <= 12) or two > 12 else (two, one)
    return _on(year + 2000 if year < 100 else year, month, day, match.group())


def _on(year: int, month: int, day: int, raw: str) -> Instant | None:
    try:
        return Instant(date(year, month, day), None, "day", raw)
    except ValueError:
        return None


def read_given(value: str) -> Instant | None:
    """Return the day that an attribute or property gives, or None where it is none or a year or month only."""
    stamp = _STAMP.fullmatch(value.strip())
    if stamp is not None:
        at = datetime.fromtimestamp(int(stamp["seconds"]), UTC)
        return Instant(at.date(), at, "second", value)
    try:
        instant = parse_timestamp(value)
    except ValueError:
        return to_instant(value, month_first=False)
    return instant if instant.precision not in ("year", "month") else None


def to_swapped(instant: Instant) -> date | None:
    """Return the day that a date in slashes is when read the other way round, or None where there is but one way."""
    match = _AMBIGUOUS.fullmatch(instant.raw.strip())
    if match is None or instant.on.day == instant.on.month:
        return None
    return instant.on.replace(month=instant.on.day, day=instant.on.month)


def is_same_elsewhere(instant: Instant, day: date) -> bool:
    """Return whether some time zone makes `day` of an instant that is the day before or after it elsewhere."""
    days = (day - instant.on).days
    if instant.at is None:
        return abs(days) == 1
    return (days == -1 and instant.at.hour < _WEST_HOURS) or (days == 1 and instant.at.hour >= _EAST_HOUR)
