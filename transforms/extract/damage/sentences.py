"""Broken sentences: a full stop, then a lower-case word that goes on with what the stop has cut off.

Full stops of abbreviations, addresses and names that begin with a small letter do not belong here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from transforms.extract.damage.flaws import Flaw
from transforms.extract.damage.language_words import LanguageWords

_BREAK = re.compile(r"\.[ \u00a0](?P<next>[^\W\dA-Z_]+(?:['’][^\W\d_]+)?)(?![\w.@/:-])")
_LAST = re.compile(r"(?<![\w.’'&/@-])[^\W\d_]{2,}\Z")
_MAX_LAST_CHARS = 30
_STOP = re.compile(r"\.(?=\s|\Z)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_VOWEL = re.compile(r"[aeiouyäöüáéíóúàèìòùâêîôûãõå]", re.IGNORECASE)
_MAX_LOWER_SHARE = 0.25
"""Writers who never use capitals break nothing."""
_REPEATED = 2
"""A word that follows or precedes that many such stops is a name, or an abbreviation."""
_MAX_ABBREVIATION_CHARS = 6
_TOPIC_TIMES = 3
"""A word without a capital that stands in the body that often is what it is about, and may be a name."""


class _Break(NamedTuple):
    last: str
    following: str
    start: int
    end: int


def find_broken_sentences(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield sentences that a full stop cuts; nothing in languages without a list of abbreviations."""
    if not words.abbreviations:
        return
    breaks = list(_breaks(body, words))
    if not breaks:
        return
    stops = sum(1 for _ in _STOP.finditer(body))
    if len(breaks) > stops * _MAX_LOWER_SHARE and len(breaks) > _REPEATED:
        return
    before = Counter(each.last.lower() for each in breaks)
    after = Counter(each.following for each in breaks)
    printed = Counter(_WORD.findall(body))
    for last, following, start, end in breaks:
        is_whole = before[last.lower()] < _REPEATED or len(last) > _MAX_ABBREVIATION_CHARS
        is_word = following in words.function_words or (
            after[following] < _REPEATED and printed[following] < _TOPIC_TIMES
        )
        if is_whole and is_word:
            yield Flaw("lower_case_after_stop", start, end, 1.0)


def _breaks(body: str, words: LanguageWords) -> Iterator[_Break]:
    """Yield the places where a word without a capital follows a full stop that ends no abbreviation."""
    for match in _BREAK.finditer(body):
        last = _LAST.search(body, max(0, match.start() - _MAX_LAST_CHARS), match.start())
        if last is not None and not _is_name(body, match, words) and not _is_abbreviation(last.group(), words):
            found = _Break(last.group(), match["next"], last.start(), match.end())
            if not _is_spelled_out(body, found):
                yield found


def _is_name(body: str, match: re.Match[str], words: LanguageWords) -> bool:
    """Return whether a word may begin a sentence without a capital, as "von" does before a name.

    A single letter is a word only where listed.
    """
    word, behind = match["next"], body[match.end() + 1 : match.end() + 2]
    if not word.islower() or (len(word) == 1 and word not in words.function_words):
        return True
    return word in words.small_names and (behind.isupper() or word not in words.function_words)


def _is_abbreviation(word: str, words: LanguageWords) -> bool:
    """Return whether a word is listed as one, has no vowel, or is all in capitals."""
    return word.lower() in words.abbreviations or word.isupper() or _VOWEL.search(word) is None


def _is_spelled_out(body: str, found: _Break) -> bool:
    """Return whether the words beside have stops of their own: "on. meth. dot. com."."""
    return body[found.end : found.end + 1] == "." or body[max(0, found.start - 2) : found.start] in (". ", ".\n")
