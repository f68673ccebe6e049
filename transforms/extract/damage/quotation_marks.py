"""Marks that come in pairs and don't match: quotation marks and brackets, paragraph by paragraph.

A quotation that runs over several paragraphs opens anew in each and closes in the last: that is no mismatch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.extract.damage.flaws import Flaw
from transforms.extract.damage.language_words import LanguageWords

_PARAGRAPH = re.compile(r"[^\n]+")
_MARK = re.compile(r"[“”«»\"]")
_CLOSER = {"“": "”", "«": "»", '"': '"'}
_OPENING = ("“", "«", '"', "‘", "'", "-", "—", "–", "[", "(", "…")
_OTHER_ORDER = re.compile(r"„|»\w|[^\W_]“(?!\w)|(?<![^\s(])”\w")
"""Marks of another order („…“, »…«, ”…”): there the same characters open what they close here."""
_INCH = re.compile(r"\d\"|\"(?=\d)")
_MARK_RUN = re.compile(r"[“”«»\"]{2}|[“”«»\"][‘’']|[‘’'][“”«»\"]")

_OTHER_KIND = 1.0
"""“…» : no keyboard, style or language does that; two texts were glued or one was converted."""
_STRAIGHT = 0.2
"""“…" happens to people who type into two programs."""
_OPEN = 0.2
"""A closing mark that was forgotten, or never opened."""
_BRACKET = 0.2
_ENUMERATOR = re.compile(r"(?:^|(?<=[\s,;]))[\w.]{1,4}\)")
_FACE = re.compile(r"[:;]['-]?[()]")
_SIDE = re.compile(r"[()\[\]]")
_PARTNER = {")": "(", "]": "["}


def find_mark_mismatches(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield pairs whose halves are of two kinds, and halves that stand alone."""
    paragraphs = list(_PARAGRAPH.finditer(body))
    flaws: list[Flaw] = []
    for index, paragraph in enumerate(paragraphs):
        text = paragraph.group()
        yield from _moved(_brackets(text), paragraph.start())
        following = paragraphs[index + 1].group().lstrip() if index + 1 < len(paragraphs) else ""
        flaws.extend(_moved(_quotes(text, goes_on=following.startswith(_OPENING)), paragraph.start()))
    if flaws and _OTHER_ORDER.search(body) is None:
        yield from flaws


def _moved(flaws: Iterator[Flaw], by: int) -> Iterator[Flaw]:
    return (flaw._replace(start=flaw.start + by, end=flaw.end + by) for flaw in flaws)


def _quotes(text: str, *, goes_on: bool) -> Iterator[Flaw]:
    """Yield the flaws of a paragraph's quotation marks; with `goes_on` the last may stay open."""
    straight = text.count('"')
    if text.count("“") == text.count("”") and "«" not in text and "»" not in text and not straight:
        return
    if straight % 2 == 0 and "“" not in text and "”" not in text and "«" not in text and "»" not in text:
        return
    if _INCH.search(text) is not None or _MARK_RUN.search(text) is not None:
        return
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        character = mark.group()
        if opened is None:
            if character in _CLOSER:
                opened = mark
            else:
                yield Flaw("never_opened", mark.start(), mark.end(), _OPEN)
        elif character == _CLOSER[opened.group()]:
            opened = None
        elif character in ("”", "»") or (character == '"' and _closes(text, mark)):
            typed = '"' in (character, opened.group())
            rule = "straight_and_curved" if typed else "other_kind"
            yield Flaw(rule, opened.start(), mark.end(), _STRAIGHT if typed else _OTHER_KIND)
            opened = None
        else:
            yield Flaw("never_closed", opened.start(), opened.end(), _OPEN)
            opened = mark
    if opened is not None and not goes_on:
        yield Flaw("never_closed", opened.start(), opened.end(), _OPEN)


def _closes(text: str, mark: re.Match[str]) -> bool:
    """Return whether a straight mark stands behind a word and before a space, as closing ones do."""
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    return bool(before.strip()) and not after.isalnum()


def _brackets(text: str) -> Iterator[Flaw]:
    if text.count("(") == text.count(")") and text.count("[") == text.count("]"):
        return
    passed = {place for pattern in (_ENUMERATOR, _FACE) for found in pattern.finditer(text) for place in _span(found)}
    opened: list[re.Match[str]] = []
    for side in _SIDE.finditer(text):
        partner = _PARTNER.get(side.group())
        if partner is None:
            opened.append(side)
        elif opened and opened[-1].group() == partner:
            opened.pop()
        elif side.start() not in passed:
            yield Flaw("never_opened", side.start(), side.end(), _BRACKET)
    for side in opened:
        if side.start() not in passed:
            yield Flaw("never_closed", side.start(), side.end(), _BRACKET)


def _span(found: re.Match[str]) -> range:
    return range(found.start(), found.end())
