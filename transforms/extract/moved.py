"""Lines that cleaning moved out of the text because they say something of the article."""

from __future__ import annotations

import re

from transforms.rows import Cleaned

_LINE_BREAK = re.compile(r"[ \t]*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def find_moved(cleaned: Cleaned, reason: str) -> tuple[str, ...]:
    """Return the lines that were taken for `reason`, in their order, on one line each."""
    if not cleaned.removals:
        return ()
    lines = (each.repaired or each.text for each in cleaned.removals if each.reason == reason)
    return tuple(_LINE_BREAK.sub(" ", line).strip() for line in lines)
