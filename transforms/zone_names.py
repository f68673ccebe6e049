"""Time zones by the short names that newspapers print. Names that stand for zones of several countries are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

_HOURS: Mapping[str, float] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "PKT": 5, "WIB": 7, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9,
    "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "NDT": -2.5,
    "BRT": -3, "ADT": -3, "EDT": -4, "EST": -5, "CDT": -5, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8,
    "AKST": -9, "HST": -10,
}  # fmt: skip
_BY_SEASON: Mapping[str, int] = {"ET": -5, "PT": -8}
"""Names that Americans print in winter and summer alike: the offset in winter."""
_SAME_RULE_SINCE = 2007
"""From then on: second Sunday of March to first Sunday of November (Energy Policy Act of 2005)."""

NAMES = tuple(sorted({*_HOURS, *_BY_SEASON}, key=lambda name: (-len(name), name)))


def find_offset(name: str, on: date) -> timedelta | None:
    """Return how far ahead of UTC a zone is on a day; None for an unknown name, and before the rules known here."""
    if name in _HOURS:
        return timedelta(hours=_HOURS[name])
    winter = _BY_SEASON.get(name)
    if winter is None or on.year < _SAME_RULE_SINCE:
        return None
    is_summer = _sunday(on.year, 3, 2) <= on < _sunday(on.year, 11, 1)
    return timedelta(hours=winter + is_summer)


def _sunday(year: int, month: int, number: int) -> date:
    """Return the `number`-th Sunday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))
