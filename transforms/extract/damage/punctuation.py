"""Stray punctuation: marks that stand apart from every word, or follow marks that they can't follow.

Ellipses, "?!" and full stops of abbreviations do not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.extract.damage.flaws import Flaw
from transforms.extract.damage.language_words import LanguageWords

_AFTER_MARK = re.compile(r"[ \u00a0\u2009]+[.,;:](?<=[^\W_][.!?,;:][ \u00a0\u2009].)(?![.\w()\-–'’])(?![ \u00a0][.,])")
"""A second mark behind a space: "countries. ."; no ellipsis in spaced points, no face (":-)")."""
_IMPOSSIBLE = re.compile(r"(?<=[^\W\d_])(?:[,;:]\.(?![.\w])|,[,;:](?![,;:])|;[,:](?!\w)|:[,;](?!-))")
"""Marks that no rule of any of the languages puts side by side."""
_AFTER_SPACE = re.compile(r"[ \u00a0\u2009][.,](?<=[^\W\d_]{2}[ \u00a0\u2009].)(?=\s|$)(?!\s[.,])")
"""A full stop or a comma behind a space. Links and italics leave such spaces on clean pages too: one says little."""
_APART = (" .", " ,", " ;", " :", "\u00a0.", "\u00a0,", "\u00a0;", "\u00a0:", "\u2009.", "\u2009,")
_TOGETHER = (",.", ";.", ":.", ",,", ",;", ",:", ";,", ";:", ":,", ":;")
_SURE = 1.0
_SPACED = 0.34
_FORM_WORDS = 2
_LOOK_CHARS = 60
"""As much of a line as is looked at on either side of a mark."""


def find_stray_punctuation(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield stray marks, whatever the language; a stop after an abbreviation may be followed by other marks.

    Cost: a few substring searches in a body without such marks.
    """
    if any(pair in body for pair in _APART):
        yield from _sure(body, words, _AFTER_MARK, "mark_after_mark")
        for match in _AFTER_SPACE.finditer(body):
            yield Flaw("space_before_mark", _word_start(body, match.start()), match.end(), _SPACED)
    if any(pair in body for pair in _TOGETHER):
        yield from _sure(body, words, _IMPOSSIBLE, "impossible_marks")


def _sure(body: str, words: LanguageWords, pattern: re.Pattern[str], rule: str) -> Iterator[Flaw]:
    for match in pattern.finditer(body):
        if not words.ends_with_abbreviation(body, match.start()) and not _is_alone(body, match.start()):
            yield Flaw(rule, _word_start(body, match.start()), match.end(), _SURE)


def _is_alone(body: str, at: int) -> bool:
    """Return whether a line holds a word and marks only, as a form that nobody has filled in does."""
    before = body[max(0, at - _LOOK_CHARS) : at].rpartition("\n")[2]
    after = body[at : at + _LOOK_CHARS].partition("\n")[0]
    return len((before + after).split()) <= _FORM_WORDS


def _word_start(body: str, at: int) -> int:
    """Return where the word that ends before `at` begins, so that the evidence shows it."""
    before = body[max(0, at - _LOOK_CHARS) : at]
    return at - len(before) + max(before.rfind(space) for space in " \n\t\u00a0") + 1
