"""The headline, and the standfirst under it, from the lines that cleaning moved."""

from __future__ import annotations

from transforms.clean.headline import without_site
from transforms.extract.moved import find_moved
from transforms.rows import Found, Story

_REPEATED = 0.97
_FIRST_LINE = 0.9
_STANDFIRST = 0.7


def extract_headline(story: Story) -> tuple[Found, ...]:
    """Return `headline` and `description`; a headline printed twice is surer than a first line."""
    headlines = find_moved(story.cleaned, "moved_to_headline")
    standfirst = find_moved(story.cleaned, "moved_to_description")
    found = []
    if headlines:
        repeated = any(removal.reason == "repeated_headline" for removal in story.cleaned.removals)
        method, confidence = ("repeated_line", _REPEATED) if repeated else ("first_line", _FIRST_LINE)
        found.append(Found("headline", without_site(headlines[0]), method, confidence))
    if standfirst:
        found.append(Found("description", " ".join(standfirst), "standfirst", _STANDFIRST))
    return tuple(found)
