"""Shingles: every five words in a row of a text, as numbers, for many texts at once.

A word is a run of letters and digits; case, punctuation and typesetting make no difference. Where a script writes no
spaces between words (Chinese, Japanese), each character is a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint32]
_Words = npt.NDArray[np.uint64]

SHINGLE_WORDS = 5
"""Three words repeat by chance in unrelated articles, ten are broken by any edit."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = np.array(
    [0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB], np.uint64
)
_SHIFT = np.uint64(32)
_THREE_BYTE_MARKS = ((0xE2, 0x80, 0xAF), (0xE3, 0x80, 0x80), (0xEF, 0xBC, 0xBC))
"""Lead byte and range of second bytes: U+2000-U+2BFF, U+3000-U+303F, U+FF00-U+FF3F, which are marks and no words."""
_IDEOGRAPHS = (0xE3, 0xE9)
"""Lead bytes of U+3000-U+9FFF: kana and Chinese characters, words of one character."""


class Shingled(NamedTuple):
    """The shingles of several texts, in the order of the words; those of text i end before `ends[i]`."""

    hashes: Numbers
    ends: npt.NDArray[np.int64]


def shingle(texts: Sequence[str]) -> Shingled:
    """Return the shingles of folded `texts`; a text of one to four words has one, a text without words none."""
    encoded = [text.lower().encode() for text in texts]
    data = np.frombuffer(b"\n".join([*encoded, b""]), np.uint8)
    ends = np.cumsum(np.fromiter((len(each) + 1 for each in encoded), np.int64, len(encoded)))
    is_word, begins = _find_words(data)
    firsts = np.flatnonzero(begins)
    follows = np.append(begins[1:], True) | ~np.append(is_word[1:], False)
    lasts = np.flatnonzero(is_word & follows)
    return _to_shingles(_hash_words(data, firsts, lasts + 1), np.searchsorted(firsts, ends))


def _find_words(data: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return for each byte whether it is part of a word, and whether a word begins there."""
    is_word = _word_bytes()[data]
    ideographs = None
    if data.max(initial=0) >= 0x80:
        for lead, low, high in _THREE_BYTE_MARKS:
            at = np.flatnonzero(data[:-2] == lead)
            at = at[(data[at + 1] >= low) & (data[at + 1] <= high)]
            for offset in range(3):
                is_word[at + offset] = False
        ideographs = (data >= _IDEOGRAPHS[0]) & (data <= _IDEOGRAPHS[1]) & is_word
    begins = is_word.copy()
    begins[1:] &= ~is_word[:-1]
    return is_word, begins if ideographs is None else begins | ideographs


@cache
def _word_bytes() -> npt.NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    for byte in range(256):
        table[byte] = byte >= 0x80 or chr(byte).isalnum()
    table.flags.writeable = False
    return table


def _hash_words(data: npt.NDArray[np.uint8], firsts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> _Words:
    """Return a hash of the bytes of each word: a polynomial modulo 2**64, from prefix sums over all bytes."""
    powers, inverses = _powers(1 << max(len(data) - 1, 1).bit_length())
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[: len(data)], out=sums[1:])
    words = (sums[ends] - sums[firsts]) * inverses[firsts]
    return _mix(words)


@cache
def _powers(size: int) -> tuple[_Words, _Words]:
    """Return the powers of an odd number and of its inverse modulo 2**64; sizes are powers of two, so few are kept."""
    inverse = np.uint64(pow(int(_BASE), -1, 1 << 64))
    both = []
    for base in (_BASE, inverse):
        powers = np.full(size, base, np.uint64)
        powers[0] = 1
        both.append(np.cumprod(powers))
    return both[0], both[1]


def _mix(values: _Words) -> _Words:
    values = (values ^ (values >> np.uint64(30))) * _FACTORS[0]
    values = (values ^ (values >> np.uint64(27))) * _FACTORS[1]
    return values ^ (values >> np.uint64(31))


def _to_shingles(words: _Words, word_ends: npt.NDArray[np.int64]) -> Shingled:
    """Return the hashes of five words in a row, none across the end of a text."""
    counts = np.diff(word_ends, prepend=0)
    shingles = np.where(counts > 0, np.maximum(counts - SHINGLE_WORDS + 1, 1), 0)
    left = np.repeat(word_ends, counts) - np.arange(len(words))
    padded = np.append(words, np.zeros(SHINGLE_WORDS - 1, np.uint64))
    combined = words * _FACTORS[0]
    for offset in range(1, SHINGLE_WORDS):
        combined += np.where(left > offset, padded[offset : offset + len(words)], np.uint64(0)) * _FACTORS[offset]
    whole = (left >= SHINGLE_WORDS) | (left == np.repeat(counts, counts))
    return Shingled((_mix(combined[whole]) >> _SHIFT).astype(np.uint32), np.cumsum(shingles))
