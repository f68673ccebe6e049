"""The end of the last paragraph, where pages glue their furniture to the story's last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.clean.boilerplate import is_furniture_phrase
from transforms.clean.draft import Cut, Draft
from transforms.clean.info_sources import find_credit
from transforms.clean.rights import find_notice

STEP = "tail"

_REACH_CHARS = 400
"""How far from its end a last paragraph may hold what belongs below it."""
_GLUED = re.compile(r"[.!?…”\"’»)](?=[A-Z\u00c0-\u00de])")
_BRACKETED = re.compile(r"(?<=[.!?”\"’»])\s*(?=[(\[][^()\[\]]{6,160}[)\]]\.?$)")
_NOTICE = re.compile(r"(?<=[.!?”\"’»])\s*(?=(?:©|\(c\)\s|copyright\s(?:©|\(c\)|\d{4})))", re.IGNORECASE)


def take_tail(draft: Draft) -> Draft:
    """Return the draft without a credit, notice or button glued to the last sentence of its last paragraph."""
    cuts: list[Cut] = []
    text = draft.paragraphs[-1].text if draft.paragraphs else ""
    end = len(text)
    while (cut := _find_cut(text[:end])) is not None:
        cuts.insert(0, cut)
        end = cut.start
    return draft.cutting(len(draft.paragraphs) - 1, tuple(cuts), STEP) if cuts else draft


def _find_cut(text: str) -> Cut | None:
    for start in _seams(text):
        reason = _find_reason(text[start:].strip())
        if reason is not None:
            return Cut(start, len(text), reason)
    return None


def _seams(text: str) -> Iterator[int]:
    """Yield where something else may begin, from the left."""
    reach = max(0, len(text) - _REACH_CHARS)
    for pattern in (_GLUED, _BRACKETED, _NOTICE):
        yield from (match.end() for match in pattern.finditer(text, reach) if match.end() < len(text))


def _find_reason(rest: str) -> str | None:
    if find_notice(rest) is not None:
        return "moved_to_copyright"
    if find_credit(rest) is not None:
        return "moved_to_info_sources"
    return "boilerplate" if is_furniture_phrase(rest) else None
