"""Spelling: which differences between a phrase and the text do not matter.

Never: curly or straight apostrophes and quotation marks, kinds of space and hyphen, composed or decomposed accents.
Case, unless a list matches it. Accents (`Malmo` for `Malmö`) only where a list ignores them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_PRINTED = str.maketrans(
    {
        **dict.fromkeys("\u0060\u00b4\u02bc\u2018\u2019\u201b", "'"),
        **dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", None),
    }
)
"""The same mark printed in another way; marks that nobody sees go."""
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_BARE = str.maketrans({**_STROKES, **{letter.upper(): bare.upper() for letter, bare in _STROKES.items()}, "ı": "i"})
"""Letters whose stroke or ligature Unicode does not take for an accent."""
_BLANKS = re.compile(r"\s+")
_WIDE_BLANK = re.compile(r"[^\S\n]\s|\n[^\S\n]")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese put no blanks between words: each character is one."""


def to_key(text: str, *, match_case: bool, ignore_accents: bool) -> str:
    """Return `text` without the differences that do not matter; two texts with one key are spelt alike."""
    if text.isascii():
        return " ".join((text if match_case else text.lower()).split()).replace("`", "'")
    printed = unicodedata.normalize("NFC", text).translate(_PRINTED)
    cased = printed if match_case else unicodedata.normalize("NFC", printed.casefold())
    return _BLANKS.sub(" ", without_accents(cased) if ignore_accents else cased).strip()


def without_accents(text: str) -> str:
    """Return `text` with the accents taken off its letters: é e, ü u (not ue), ø o, æ ae."""
    parted = unicodedata.normalize("NFD", text)
    bare = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare.translate(_BARE))


def is_word(character: str) -> bool:
    """Return whether `character` is part of a word: a letter, a digit, or a sign that belongs to a letter."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


class Search(NamedTuple):
    """A text as it is searched: without case and accents, a blank for all that is no word, a blank at both ends.

    Where two texts have one key, however lists look at them, the search text of one is a substring of the other's.
    """

    text: str
    origins: tuple[int, ...] | None
    """For each character of `text`, and for its end, the character it comes from; None where all come one by one."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that `text[start:end]` stands for, accents that follow included."""
        if self.origins is None:
            return start - 1, end - 1
        return self.origins[start], max(self.origins[end], self.origins[end - 1] + 1)


def to_search(text: str) -> Search:
    """Return `text` as it is searched. A line break is one blank, a blank line two: no phrase reaches across it."""
    is_even = text.isascii() or all(len(_SHAPES[ord(character)]) == 1 for character in set(text))
    if is_even and _WIDE_BLANK.search(text) is None:
        return Search(f" {text.translate(_SHAPES)} ", None)
    return _to_uneven_search(text)


def _to_uneven_search(text: str) -> Search:
    """Return a text in which characters grow or vanish: ß, ligatures, accents of their own, blanks in a row."""
    shapes: list[str] = []
    origins: list[int] = [-1]
    breaks = blanks = 0
    for at, character in enumerate(text):
        if character.isspace():
            blanks += 1
            breaks += character == "\n"
            shape = " " if blanks == 1 or (character == "\n" and breaks == 2) else ""
        else:
            breaks = blanks = 0
            shape = _SHAPES[ord(character)]
        shapes.append(shape)
        origins.extend([at] * len(shape))
    return Search(f" {''.join(shapes)} ", (*origins, len(text), len(text)))


def _shape(character: str) -> str:
    plain = to_key(character, match_case=False, ignore_accents=True)
    if not plain:
        return "" if unicodedata.category(character) in ("Cf", "Mn", "Me") else " "
    shape = "".join(letter if is_word(letter) else " " for letter in plain)
    return f" {shape} " if _UNSPACED.match(character) else shape


class _Shapes(dict[int, str]):
    """What each character is searched as; worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        shape = self[code] = _shape(chr(code))
        return shape


_SHAPES = _Shapes()
