"""Dates and times as people and machines print them: complete ones only, and no guess at a zone.

Expressions inside a story ("last Friday") do not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal, NamedTuple

from transforms.zone_names import NAMES, find_offset

Precision = Literal["year", "month", "day", "minute", "second"]


class Instant(NamedTuple):
    """A printed date: `on` is the day as printed (the first of a month or year), `at` the UTC instant if zoned."""

    on: date
    at: datetime | None
    precision: Precision
    raw: str


_MONTH_NAMES = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari",
    "march mar märz mrz mars marzo março maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août agosto ago augustus",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=lambda name: -len(name))) + r")\b\.?"

_TIME = (
    r"(?:(?:T|,|\s|\bat\b|\bum\b|\bà\b|\ba las\b|\balle\b|\bàs\b|\bom\b|[-–|])*"
    r"(?P<hour>[01]?\d|2[0-3])[:.h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*\(?(?P<zone>(?:Z|UTC|GMT)\b|(?-i:(?:" + "|".join(NAMES) + r")\b)|[+-](?:0\d|1[0-4]):?[0-5]\d\b)?\)?)?"
)
_DATES = (
    r"(?<!\d)(?P<year>(?:1[89]|20|21)\d\d)[-/.](?P<number>0?[1-9]|1[0-2])[-/.](?P<day>0?[1-9]|[12]\d|3[01])(?!\d)",
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<number>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
    rf"\b{_MONTH}\s+(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?,?\s+(?P<year>(?:1[89]|20|21)\d\d)(?!\d)",
    rf"(?<!\d)(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?{_MONTH},?\s+(?:de\s+)?(?P<year>(?:1[89]|20|21)\d\d)(?!\d)",
    r"(?<!\d)(?P<day>[12]\d|3[01]|0?[1-9])\.(?P<number>1[0-2]|0?[1-9])\.(?P<year>(?:1[89]|20|21)\d\d)(?!\d)",
)
_PATTERNS = tuple(re.compile(pattern + _TIME, re.IGNORECASE) for pattern in _DATES)
_YEAR_MONTH = re.compile(r"(?P<year>(?:1[89]|20|21)\d\d)[-/](?P<number>0[1-9]|1[0-2])")
_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
_NOON = 12


def find_instant(text: str) -> Instant | None:
    """Return the first complete date in `text`, with its time where one follows, or None.

    Days and months in digits divided by slashes ("03/04/2023") are read differently on two sides of an ocean: None.
    """
    found = sorted(_matches(text), key=lambda match: match.start())
    return next((instant for match in found if (instant := _to_instant(match)) is not None), None)


def parse_instant(text: str) -> Instant:
    """Return the date that the whole of `text` is, a year or a month included; raise ValueError when it is none."""
    bare = text.strip()
    if _YEAR.fullmatch(bare):
        return Instant(date(int(bare), 1, 1), None, "year", bare)
    month = _YEAR_MONTH.fullmatch(bare)
    if month is not None:
        return Instant(date(int(month["year"]), int(month["number"]), 1), None, "month", bare)
    instant = find_instant(bare)
    if instant is None:
        raise ValueError(f"no complete date: {bare!r}")
    return instant._replace(raw=bare)


def _matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in _PATTERNS:
        match = pattern.search(text)
        if match is not None:
            yield match


def _to_instant(match: re.Match[str]) -> Instant | None:
    """Return the date of a match, or None when the calendar has no such day."""
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else _MONTHS[parts["month"].lower()]
    try:
        on = date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None
    at = _to_utc(on, parts)
    raw = match.group().strip()
    if at is None:
        return Instant(on, None, "day", raw)
    return Instant(on, at, "minute" if parts["second"] is None else "second", raw)


def _to_utc(on: date, parts: dict[str, str | None]) -> datetime | None:
    """Return the UTC instant of a printed time, or None where no time or no zone is printed."""
    hour, minute, zone = parts["hour"], parts["minute"], parts["zone"]
    if hour is None or minute is None or zone is None:
        return None
    hours = int(hour)
    if parts["half"] is not None:
        hours = hours % _NOON + (_NOON if parts["half"].lower().startswith("p") else 0)
    offset = find_offset(zone.upper(), on) if zone[0] not in "+-" else _to_offset(zone)
    if offset is None:
        return None
    local = datetime(on.year, on.month, on.day, hours, int(minute), int(parts["second"] or 0), tzinfo=timezone(offset))
    return local.astimezone(UTC)


def _to_offset(zone: str) -> timedelta:
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if zone[0] == "-" else offset
