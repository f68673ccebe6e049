"""Dates of publication that had not come when the file arrived: placeholders, embargoes, clocks that went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from transforms.rows import Found

_SLACK = timedelta(days=1)
"""Somewhere it is tomorrow already."""
_PUBLISHED = frozenset(("published_on", "published_at", "published_precision", "published_raw"))


def without_future(found: Iterable[Found], received_at: datetime) -> tuple[Found, ...]:
    """Return the values without the columns of publication from where a day after the arrival was found."""
    listed = tuple(found)
    latest = (received_at + _SLACK).date()
    wrong = {
        each.method
        for each in listed
        if each.field == "published_on" and isinstance(each.value, date) and each.value > latest
    }
    return tuple(each for each in listed if each.field not in _PUBLISHED or each.method not in wrong)
