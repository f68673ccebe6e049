"""Lines around the story: each is asked of every rule, from both ends of the page inwards.

A line between two paragraphs that tell something is asked only what holds anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from transforms.clean import boilerplate, byline, info_sources, rights, section
from transforms.clean.draft import Draft, Taken
from transforms.clean.paragraphs import is_prose
from transforms.clean.zones import Zone


class LineRule(NamedTuple):
    """A noun and how to know its line: `find` returns the reason of the removal, or None."""

    step: str
    find: Callable[[str, Zone], str | None]
    zones: frozenset[Zone]
    """Where such lines stand."""


_ANYWHERE = frozenset(Zone)
_EDGES = frozenset({Zone.HEAD, Zone.TAIL})

LINE_RULES = (
    LineRule("rights", rights.find_notice_line, _ANYWHERE),
    LineRule("info_sources", info_sources.find_credit_line, _EDGES),
    LineRule("boilerplate", boilerplate.find_boilerplate, _ANYWHERE),
    LineRule("byline", byline.find_byline_line, _EDGES),
    LineRule("section", section.find_section_line, frozenset({Zone.HEAD})),
)
"""The first rule that knows a line takes it."""

_RULES_BY_ZONE = {zone: tuple(rule for rule in LINE_RULES if zone in rule.zones) for zone in Zone}

_MAX_BELOW_LEAD = 2
"""A byline and a date."""
_MAX_LINE_CHARS = 900
"""Longer paragraphs are asked nothing."""


def take_lines(draft: Draft) -> Draft:
    """Return the draft without the lines around and between its story that some rule knows."""
    texts = [paragraph.text for paragraph in draft.paragraphs]
    telling = [is_prose(text) for text in texts]
    taken: dict[int, Taken] = {}
    last = _take_edge(texts, telling, range(len(texts) - 1, -1, -1), taken)
    first = _take_edge(texts, telling, range(last + 1), taken)
    _take_below_lead(texts, range(first + 1, last), taken)
    for index in range(first, last):
        _take(texts[index], index, Zone.MIDDLE, taken)
    return draft.without(taken)


def _take_edge(texts: Sequence[str], telling: Sequence[bool], order: range, taken: dict[int, Taken]) -> int:
    """Add the lines of one end to `taken`; return the index of the first paragraph there that is the story's.

    Where nothing tells anything (a poem, a list), the first line that no rule knows is the story's.
    """
    zone = Zone.TAIL if order.step < 0 else Zone.HEAD
    any_telling = any(telling)
    for index in order:
        if zone is Zone.TAIL and boilerplate.opens_link_list(texts[index]):
            links = (below for below in range(index + 1, len(texts)) if below not in taken)
            taken.update({below: Taken("boilerplate", "link_to_another_story") for below in links})
        if not _take(texts[index], index, zone, taken) and (telling[index] or not any_telling):
            return index
    return order.stop


def _take_below_lead(texts: Sequence[str], order: range, taken: dict[int, Taken]) -> None:
    """Add byline and date to `taken` where they stand below a standfirst that tells something.

    Where more such lines follow, they head the parts of the story: letters, days of a diary.
    """
    if not order or byline.find_line_below_lead(texts[order[0]]) is None:
        return
    signed = {index: reason for index in order if (reason := byline.find_line_below_lead(texts[index]))}
    if len(signed) <= _MAX_BELOW_LEAD and [*signed] == [*order[: len(signed)]]:
        taken.update({index: Taken("byline", reason) for index, reason in signed.items()})


def _take(text: str, index: int, zone: Zone, taken: dict[int, Taken]) -> bool:
    """Add the line to `taken` when a rule knows it; return whether one does."""
    if len(text) > _MAX_LINE_CHARS:
        return False
    for rule in _RULES_BY_ZONE[zone]:
        reason = rule.find(text, zone)
        if reason is not None:
            taken[index] = Taken(rule.step, reason)
            return True
    return False
