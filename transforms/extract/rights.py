"""Whose the rights are, as the copyright notice says it."""

from __future__ import annotations

from transforms.clean.rights import Notice, find_notice
from transforms.extract.moved import find_moved
from transforms.rows import Found, Story

_CONFIDENCE = 0.95


def extract_rights(story: Story) -> tuple[Found, ...]:
    """Return the columns that the first notice with a holder fills, or the first notice at all."""
    notices = [find_notice(line) for line in find_moved(story.cleaned, "moved_to_copyright")]
    known = [notice for notice in notices if notice is not None]
    if not known:
        return ()
    return _to_found(next((notice for notice in known if notice.holder is not None), known[0]))


def _to_found(notice: Notice) -> tuple[Found, ...]:
    values = (
        ("copyright_notice", notice.notice),
        ("copyright_holder", notice.holder),
        ("copyright_year", notice.year),
        ("usage_terms", notice.usage_terms),
    )
    return tuple(Found(field, value, "notice", _CONFIDENCE) for field, value in values if value is not None)
