"""When an article was published, where a line of the page says it completely. Nothing is inferred from the story."""

from __future__ import annotations

from transforms.clean.byline import find_signature
from transforms.extract.dateline import find_dateline
from transforms.extract.moved import find_moved
from transforms.instants import Instant, find_instant
from transforms.rows import Found, Story

_DATE_LINE = 0.9
_BYLINE = 0.85
_DATELINE = 0.75
"""A dateline names the day of writing, which is mostly the day of publication."""


def extract_publication(story: Story) -> tuple[Found, ...]:
    """Return `published_on` with its precision, its words and, where a zone is printed, `published_at`."""
    for line in find_moved(story.cleaned, "moved_to_published"):
        instant = find_instant(line)
        if instant is not None:
            return to_found(instant, "date_line", _DATE_LINE)
    for line in find_moved(story.cleaned, "moved_to_byline"):
        byline = find_signature(line)
        instant = find_instant(byline.dated) if byline is not None and byline.dated is not None else None
        if instant is not None:
            return to_found(instant, "byline_line", _BYLINE)
    dateline = find_dateline(story.cleaned.body)
    if dateline is None or dateline.instant is None:
        return ()
    return to_found(dateline.instant, "dateline", _DATELINE)


def to_found(instant: Instant, method: str, confidence: float) -> tuple[Found, ...]:
    """Return the columns that a publication date fills."""
    found = (
        Found("published_on", instant.on, method, confidence),
        Found("published_precision", instant.precision, method, confidence),
        Found("published_raw", instant.raw, method, confidence),
    )
    return found if instant.at is None else (*found, Found("published_at", instant.at, method, confidence))
