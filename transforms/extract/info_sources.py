"""Credited sources of a story: publishers, agencies, and who gave a part of it."""

from __future__ import annotations

from collections.abc import Iterator

from transforms.clean.byline import find_signature
from transforms.clean.info_sources import find_credit, is_agency
from transforms.extract.dateline import find_dateline
from transforms.extract.moved import find_moved
from transforms.rows import Found, InfoSource, Story

_CONFIDENCE = 0.9


def extract_info_sources(story: Story) -> tuple[Found, ...]:
    """Return `info_sources`, each name once: as the dateline's or byline's agency before any credit line."""
    sources: dict[str, InfoSource] = {}
    for source in _sources(story):
        sources.setdefault(source.name.casefold(), source)
    return (Found("info_sources", tuple(sources.values()), "credit_line", _CONFIDENCE),) if sources else ()


def _sources(story: Story) -> Iterator[InfoSource]:
    dateline = find_dateline(story.cleaned.body)
    if dateline is not None:
        yield from (InfoSource(name, "agency") for name in dateline.agencies)
    for line in find_moved(story.cleaned, "moved_to_byline"):
        byline = find_signature(line)
        if byline is not None and byline.desk is not None and is_agency(byline.desk):
            yield InfoSource(byline.desk, "agency")
    for line in find_moved(story.cleaned, "moved_to_info_sources"):
        credit = find_credit(line)
        for name in credit.names if credit is not None else ():
            whole = credit is not None and credit.role == "publisher"
            role = credit.role if credit is not None else "publisher"
            yield InfoSource(name, "agency" if whole and is_agency(name) else role)
