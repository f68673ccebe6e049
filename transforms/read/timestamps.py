"""Dates as machines write them: ISO 8601 in both spellings, RFC 822 with its zones. No guess at a zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from transforms.instants import Instant, Precision, parse_instant

_TIME = r"(?P<hour>[01]\d|2[0-4]):?(?P<minute>[0-5]\d)(?::?(?P<second>[0-5]\d|60)(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?|(?P<month2>\d\d)(?P<day2>\d\d))?"
    rf"(?:[T ]\s*{_TIME}\s*{_ZONE}?)?",
    re.IGNORECASE,
)
_RFC_822 = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(?P<day>\d{1,2})[\s-](?P<month>[A-Za-z]{3})[a-z]*\.?,?[\s-](?P<year>\d{4}|\d\d)"
    r"(?:,?\s+(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d|60))?\s*(?P<zone>[A-Za-z]+|[+-]\d{2}:?\d{2})?)?"
    r"(?:\s*\([^)]*\))?"
)
_MONTHS = {name: number for number, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)}
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
"""RFC 822, section 5.1; other names mean different zones in different countries."""
_UTC = frozenset(("Z", "UT", "UTC", "GMT"))
_CENTURY = 69
"""Years of two digits up to this one belong to this century (POSIX strptime)."""


def parse_timestamp(text: str) -> Instant:
    """Return the date that the whole of `text` is; raise ValueError when it is none. `at` is None without a zone."""
    bare = " ".join(text.split())
    iso = _ISO.fullmatch(bare)
    if iso is not None:
        return _from_iso(iso, bare)
    rfc = _RFC_822.fullmatch(bare)
    if rfc is not None and rfc["month"].lower() in _MONTHS:
        return _from_rfc_822(rfc, bare)
    return parse_instant(bare)


def _from_iso(match: re.Match[str], raw: str) -> Instant:
    month, day = match["month"] or match["month2"], match["day"] or match["day2"]
    on = date(int(match["year"]), int(month or 1), int(day or 1))
    if match["hour"] is None:
        return Instant(on, None, "year" if month is None else "month" if day is None else "day", raw)
    if day is None:
        raise ValueError(raw)
    return _at(on, match, raw)


def _from_rfc_822(match: re.Match[str], raw: str) -> Instant:
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < _CENTURY else 1900
    on = date(year, _MONTHS[match["month"].lower()], int(match["day"]))
    return Instant(on, None, "day", raw) if match["hour"] is None else _at(on, match, raw)


def _at(on: date, match: re.Match[str], raw: str) -> Instant:
    zone = _find_zone(match["zone"])
    if zone is None:
        return Instant(on, None, "day", raw)
    second = min(int(match["second"] or 0), 59)
    midnight = datetime(on.year, on.month, on.day, tzinfo=zone)
    try:
        at = (midnight + timedelta(hours=int(match["hour"]), minutes=int(match["minute"]), seconds=second)).astimezone(
            UTC
        )
    except OverflowError as error:
        raise ValueError(raw) from error
    precision: Precision = "minute" if match["second"] is None else "second"
    return Instant(on, at, precision, raw)


def _find_zone(name: str | None) -> timezone | None:
    """Return the zone of a name or an offset, or None where it is missing or ambiguous."""
    if name is None:
        return None
    if name.upper() in _UTC:
        return UTC
    if name[0] not in "+-":
        hours = _ZONES.get(name.upper())
        return None if hours is None else timezone(timedelta(hours=hours))
    digits = name[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        raise ValueError(name)
    return timezone(-offset if name[0] == "-" else offset)
