"""Wording of no writer: words that don't agree, small words twice, and set phrases with one word exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import eq

from transforms.extract.damage.flaws import Flaw
from transforms.extract.damage.language_words import LanguageWords, Slip

_DOUBLED = 0.34
_TORTURED = 0.75
_OPENING = re.compile(r"\b[A-Za-z\u00c0-\u00ff’']+(?=[ \u00a0])")
_SENTENCE_END = re.compile(r"[.!?:;]\s|\n|[“”\"«»]")
_LOOK_BACK = 160
_DOUBLE = re.compile(r"(?<![\w’'.-])(?P<word>[^\W\d_]+) (?P=word)(?![\w’'.-])")
_JOINED = frozenset("-’'.")
"""What joins a word to the one before it, so that it is none of its own."""


def find_slips(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield places where the words of a sentence don't agree.

    Cost: one look at each word, and a match at those that slips begin with.
    """
    slips = words.slips
    if not slips:
        return
    for opening in _OPENING.finditer(body):
        word = opening.group()
        if word not in slips:
            continue
        for slip in slips[word]:
            match = slip.pattern.match(body, opening.end() + 1)
            if match is not None and not _is_excused(body, opening.start(), slip):
                yield Flaw(slip.rule, opening.start(), match.end(), slip.weight)
                break


def find_doubled_words(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield small words that stand twice in a row and never should."""
    printed = body.split()
    if words.doubled and any(map(eq, printed, printed[1:])):
        for match in _DOUBLE.finditer(body):
            if match["word"] in words.doubled:
                yield Flaw("doubled_word", match.start(), match.end(), _DOUBLED)


def _is_excused(body: str, at: int, slip: Slip) -> bool:
    before = body[max(0, at - _LOOK_BACK) : at]
    if before[-1:] in _JOINED:
        return True
    if slip.not_after is not None and slip.not_after.search(before) is not None:
        return True
    if slip.unless is None:
        return False
    ends = list(_SENTENCE_END.finditer(before))
    return slip.unless.search(before[ends[-1].end() :] if ends else before) is not None


def find_tortured_phrases(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield set phrases in which a program has exchanged a word for one of the same sense; each phrase once.

    Source: Cabanac, Labbé and Magazinov, Tortured phrases, 2021.
    """
    if not words.tortured:
        return
    for longest in sorted(words.tortured.keys() & set(body.split())):
        for phrase in words.tortured[longest]:
            at = body.find(phrase)
            end = at + len(phrase)
            if at >= 0 and not body[end : end + 1].isalnum() and not body[max(0, at - 1) : at].isalnum():
                yield Flaw("tortured_phrase", at, end, _TORTURED)
