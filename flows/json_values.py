"""What JSON has no form for, and how it is written: days and moments."""

from __future__ import annotations

from datetime import date, datetime


def to_iso(value: object) -> str:
    """Return a day as ISO 8601, and a naive moment with its zone, which is UTC: for `json.dumps(default=...)`.

    Raises TypeError for anything else.
    """
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
