"""How sure a page's story is all of the article and nothing else: what the page says elsewhere bears it out or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from transforms.read.page.page import Page
from transforms.rows import Found

BODY_UNSURE = "body_unsure"
"""Quality flag: much of the page's prose lies outside the story, or the description speaks of something else."""

UNSURE_BELOW = 0.5
_WORD = re.compile(r"\w+")
_OPENING_CHARS = 80
_MAX_COMPARED_CHARS = 100_000

_SAME_BODY = 0.93
_SAME_LENGTH = 0.92
_DESCRIBED = 0.85
_ALONE = 0.78
_VOUCHED = 0.65
_APART = 0.45
_BESIDE = 0.35
"""Shares of pages whose body was right, for each of the cases below: benchmarks/calibration.py measures them."""

_MIN_SHARED = 0.85
_MAX_LENGTH_GAP = 0.2
MIN_TOLD = 0.9
MIN_DESCRIBED = 0.4
MIN_SHARE_OF_PROSE = 0.8
_MIN_DESCRIPTION_WORDS = 6


def find_body_trust(page: Page) -> Found:
    """Return the evidence of the body: the method says what bears it out, the value is how it opens.

    JSON-LD's own text of the article counts most, then its number of words; only then what the description says, and
    how much of the page's prose the story holds.
    """
    text = "\n".join(page.story.paragraphs)
    method, confidence = _weigh(page, text)
    return Found("body", text[:_OPENING_CHARS], method, confidence)


def _weigh(page: Page, text: str) -> tuple[str, float]:
    article = page.article
    if article is not None and article.body is not None and _shared(article.body, text) >= _MIN_SHARED:
        return "scorer+json_ld_body", _SAME_BODY
    if article is not None and article.word_count and _is_near(article.word_count, len(text.split())):
        return "scorer+json_ld_word_count", _SAME_LENGTH
    told = told_share(page, text)
    if page.story.confidence < MIN_SHARE_OF_PROSE:
        is_vouched = told is not None and told >= MIN_TOLD
        return ("scorer+description, prose beside it", _VOUCHED) if is_vouched else ("scorer, prose beside it", _BESIDE)
    if told is None:
        return "scorer", _ALONE
    if told < MIN_DESCRIBED:
        return "scorer, description apart", _APART
    return ("scorer+description", _DESCRIBED) if told >= MIN_TOLD else ("scorer", _ALONE)


def _shared(one: str, other: str) -> float:
    """Return the share of words that two texts have in common (Dice, words counted as often as they stand)."""
    words, others = _words(one), _words(other)
    both = sum((words & others).values())
    return 2 * both / max(1, sum(words.values()) + sum(others.values()))


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[:_MAX_COMPARED_CHARS].lower()))


def _is_near(said: int, counted: int) -> bool:
    return abs(said - counted) <= said * _MAX_LENGTH_GAP


def told_share(page: Page, text: str) -> float | None:
    """Return the share of the description's words that the story has too, or None without a description."""
    said = page.article.description if page.article is not None else None
    words: Sequence[str] = _WORD.findall((said or page.head.first("og:description", "description") or "").lower())
    if len(words) < _MIN_DESCRIPTION_WORDS:
        return None
    folded = text[:_MAX_COMPARED_CHARS].lower()
    return sum([word in folded for word in words]) / len(words)
