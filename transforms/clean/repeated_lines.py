"""Repeated lines: what a source prints at the head or foot of its articles, known by having been counted.

Which lines these are is said in a numbered version of the line table; here they are only taken out.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from transforms.clean.draft import Draft, Taken
from transforms.clean.paragraphs import is_prose
from transforms.identity import to_id

STEP = "repeated_lines"
AT_HEAD, AT_FOOT = "repeated_at_head", "repeated_at_foot"
"""Reasons, by the end at which the line stands."""


def take_repeated_lines(draft: Draft) -> Draft:
    """Return the draft without the known lines that open or close it.

    Nothing is taken where nothing that tells something would be left: of an article that is one paragraph, that is it.
    """
    if not draft.repeated.head and not draft.repeated.foot:
        return draft
    texts = [paragraph.text for paragraph in draft.paragraphs]
    head = _count_known(texts, draft.repeated.head)
    foot = _count_known(reversed(texts[head:]), draft.repeated.foot)
    if not head + foot or not any(map(is_prose, texts[head : len(texts) - foot])):
        return draft
    taken = {index: Taken(STEP, AT_HEAD) for index in range(head)}
    taken |= {index: Taken(STEP, AT_FOOT) for index in range(len(texts) - foot, len(texts))}
    return draft.without(taken)


def _count_known(texts: Iterable[str], known: frozenset[str]) -> int:
    """Return how many of `texts`, from the first on, are known."""
    if not known:
        return 0
    return sum(1 for _ in takewhile(lambda text: to_id(text.encode()) in known, texts))


def to_line(removed: str) -> str:
    """Return the line that a removal of this step took out, as it stood in the draft: joined where it was wrapped."""
    return " ".join(part for line in removed.splitlines() if (part := line.strip()))
