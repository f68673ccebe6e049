"""Points in time as people write them in options."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flows.errors import WrongUse

_AGO = re.compile(r"(\d+)\s*([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def parse_since(text: str | None) -> datetime | None:
    """Return a day or an age as naive UTC, None for None; raise WrongUse when it is neither."""
    if text is None:
        return None
    try:
        if match := _AGO.fullmatch(text):
            return datetime.now(UTC).replace(tzinfo=None) - timedelta(**{_UNITS[match[2]]: int(match[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise WrongUse(
            "this is no point in time", f"option --since {text}", str(error), "write a day (2024-05-01) or an age (7d)"
        ) from error
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
