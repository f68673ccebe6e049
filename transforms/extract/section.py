"""The section of the outlet, from a breadcrumb or from a line of its own."""

from __future__ import annotations

from transforms.extract.moved import find_moved
from transforms.rows import Found, Story

_CONFIDENCE = 0.85


def extract_section(story: Story) -> tuple[Found, ...]:
    """Return `section`: the innermost that is printed."""
    sections = find_moved(story.cleaned, "moved_to_section")
    return (Found("section", sections[-1], "breadcrumb", _CONFIDENCE),) if sections else ()
