"""The slow, obvious way to match watchlists: a regular expression for each phrase, every pair for near."""

from __future__ import annotations

import re
import unicodedata

from transforms.watch.lists import FIELDS, Field, Watched, Watchlist
from transforms.watch.terms import AllOf, AnyOf, Near, Not, Phrase, Term

Spot = tuple[Field, int, int]
"""Field, start and end of a place."""
_BLANK = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"
_ALIKE = {"'": "['’]", "’": "['’]", "-": "[-‑]", "‑": "[-‑]", " ": _BLANK}
_WORD = r"[^\W_]"


def slow_match(watchlist: Watchlist, article: Watched) -> set[Spot] | None:
    """Return where `article` meets the list, or None; for texts of composed letters that keep their number."""
    if not watchlist.looks_at(article.source, article.language):
        return None
    return _spots(watchlist.term, watchlist, article)


def _spots(term: Term, watchlist: Watchlist, article: Watched) -> set[Spot] | None:
    if isinstance(term, Phrase):
        return _of_phrase(term, watchlist, article) or None
    if isinstance(term, Not):
        return set() if _spots(term.part, watchlist, article) is None else None
    if isinstance(term, Near):
        return _of_near(term, watchlist, article) or None
    parts = [_spots(part, watchlist, article) for part in term.parts]
    holding = [part for part in parts if part is not None]
    if isinstance(term, AllOf) and len(holding) < len(parts):
        return None
    assert isinstance(term, AllOf | AnyOf)
    return set().union(*holding) if holding else None


def _of_phrase(phrase: Phrase, watchlist: Watchlist, article: Watched) -> set[Spot]:
    pattern = _pattern(phrase, watchlist)
    return {
        (field, match.start(1), match.end(1))
        for field in FIELDS
        for match in pattern.finditer(_plain(article.text(field), watchlist))
    }


def _pattern(phrase: Phrase, watchlist: Watchlist) -> re.Pattern[str]:
    text = _plain(" ".join(phrase.text.split()), watchlist)
    inner = "".join(_ALIKE.get(character, re.escape(character)) for character in text)
    before = f"(?<!{_WORD})" if phrase.open_left or text[0].isalnum() else ""
    after = f"(?!{_WORD})" if phrase.open_right or text[-1].isalnum() else ""
    if phrase.open_left:
        inner = f"{_WORD}*{inner}"
    if phrase.open_right:
        inner = f"{inner}{_WORD}*"
    return re.compile(f"(?=({before}{inner}{after}))", 0 if watchlist.match_case else re.IGNORECASE)


def _plain(text: str, watchlist: Watchlist) -> str:
    if not watchlist.ignore_accents:
        return text
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


def _of_near(term: Near, watchlist: Watchlist, article: Watched) -> set[Spot]:
    left, right = (
        {spot for phrase in side for spot in _of_phrase(phrase, watchlist, article)} for side in (term.left, term.right)
    )
    return {
        spot
        for one in left
        for other in right
        if one[0] == other[0] and _are_near(one, other, article.text(one[0]), term.words)
        for spot in (one, other)
    }


def _are_near(one: Spot, other: Spot, text: str, words: int) -> bool:
    (_, _, end), (_, start, _) = sorted((one, other))
    return end <= start and len(re.findall(f"{_WORD}+", text[end:start])) <= words
