"""Shingles: every five words in a row of a text, as numbers, for many texts at once.

A word is a run of letters and digits; case, punctuation and typesetting make no difference. Where a script writes no
spaces between words (Chinese, Japanese), each character is a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.background import TEXTS, texts_having
from transforms.deduplicate.ranges import spread

Numbers = npt.NDArray[np.uint32]
_Words = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

SHINGLE_WORDS = 5
"""Three words repeat by chance in unrelated articles, ten are broken by any edit."""
STOCK_SHARE = 0.1
"""Words that so many texts at large have; five in a row of them ("at the end of the") stand in any article."""
STOCK = np.uint32(0x80000000)
"""Bit of a shingle that is made of such words only: as the largest numbers they are the last to be sampled."""
_MOST_WORD_BYTES = 64
"""A longer run is cut into words of so many bytes: Thai has no spaces, and data in letters has no words."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIXERS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_THREE_BYTE_MARKS = ((0xE2, 0x80, 0xAF), (0xE3, 0x80, 0x80), (0xEF, 0xBC, 0xBC))
"""Lead byte and range of second bytes: U+2000-U+2BFF, U+3000-U+303F, U+FF00-U+FF3F, which are marks and no words."""
_IDEOGRAPHS = (0xE3, 0xE9)
"""Lead bytes of U+3000-U+9FFF: kana and Chinese characters, words of one character."""
_FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
"""By how many bytes count, the bits of these."""
_STOCK_BITS = 20
"""Of a word's hash, by which it is looked up whether the word is stock: 1 in 1,000 others is taken for one."""


class Shingled(NamedTuple):
    """The shingles of several texts, in the order of the words; those of text i end before `ends[i]`."""

    hashes: Numbers
    ends: _Places


def shingle(texts: Sequence[str]) -> Shingled:
    """Return the shingles of folded `texts`; a text of one to four words has one, a text without words none."""
    words, word_ends = _hash_texts(text.lower() for text in texts)
    return _to_shingles(words, word_ends)


def _hash_texts(texts: Iterable[str]) -> tuple[_Words, _Places]:
    """Return the hashes of all words, and where those of each text end."""
    encoded = [text.encode() for text in texts]
    # Words are read eight bytes at a time, so there have to be some beyond the last.
    data = np.frombuffer(b"\n".join([*encoded, bytes(8)]), np.uint8)
    ends = np.cumsum(np.fromiter((len(each) + 1 for each in encoded), np.int64, len(encoded)))
    firsts, lengths = _find_words(data)
    return _hash_words(data, firsts, lengths), np.searchsorted(firsts, ends)


def _find_words(data: _Bytes) -> tuple[_Places, _Places]:
    """Return where each word begins, and how many bytes it has."""
    is_word = _word_bytes()[data]
    ideographs = None
    if data.max(initial=0) >= 0x80:
        for lead, low, high in _THREE_BYTE_MARKS:
            at = np.flatnonzero(data[:-2] == lead)
            at = at[(data[at + 1] >= low) & (data[at + 1] <= high)]
            for offset in range(3):
                is_word[at + offset] = False
        ideographs = (data >= _IDEOGRAPHS[0]) & (data <= _IDEOGRAPHS[1]) & is_word
    changes = is_word.copy()
    changes[1:] ^= is_word[:-1]
    edges = np.flatnonzero(changes)
    firsts, ends = edges[::2], edges[1::2]
    if ideographs is not None and ideographs.any():
        firsts, ends = _cut_at(np.union1d(firsts, np.flatnonzero(ideographs)), ends)
    lengths = ends - firsts
    if lengths.max(initial=0) > _MOST_WORD_BYTES:
        pieces = -(-lengths // _MOST_WORD_BYTES)
        firsts, ends = _cut_at(np.repeat(firsts, pieces) + spread(0, pieces) * _MOST_WORD_BYTES, ends)
        lengths = ends - firsts
    return firsts, lengths


def _cut_at(firsts: _Places, ends: _Places) -> tuple[_Places, _Places]:
    """Return words that begin at `firsts` and end there or at the first of `ends` behind."""
    run_ends = ends[np.searchsorted(ends, firsts, "right")]
    return firsts, np.minimum(run_ends, np.append(firsts[1:], run_ends[-1:]))


@cache
def _word_bytes() -> npt.NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    for byte in range(256):
        table[byte] = byte >= 0x80 or chr(byte).isalnum()
    table.flags.writeable = False
    return table


def _hash_words(data: _Bytes, firsts: _Places, lengths: _Places) -> _Words:
    """Return a hash of the bytes of each word, eight bytes at a time; bytes behind its end count as zeros."""
    hashes = _mixed(_eight_bytes(data, firsts, lengths))
    longer = np.flatnonzero(lengths > 8)
    offset = 8
    while len(longer):
        part = _eight_bytes(data, firsts[longer] + offset, lengths[longer] - offset)
        hashes[longer] = _mixed(hashes[longer] * _FACTOR + part)
        offset += 8
        longer = longer[lengths[longer] > offset]
    return hashes


def _eight_bytes(data: _Bytes, places: _Places, lengths: _Places) -> _Words:
    """Return the eight bytes from each place on, as far as `lengths` goes, as one number."""
    anywhere: _Words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
    parts: _Words = anywhere[places] & _FIRST_BYTES[np.minimum(lengths, 8)]
    return parts


def _mixed(values: _Words) -> _Words:
    """Return `values` with all bits depending on all; the array is not kept."""
    values ^= values >> np.uint64(30)
    values *= _MIXERS[0]
    values ^= values >> np.uint64(27)
    values *= _MIXERS[1]
    values ^= values >> np.uint64(31)
    return values


def _to_shingles(words: _Words, word_ends: _Places) -> Shingled:
    """Return the hashes of five words in a row, none across the end of a text."""
    counts = np.diff(word_ends, prepend=0)
    most = max(len(words) - SHINGLE_WORDS + 1, 0)
    combined = words[:most].copy()
    is_stock = _is_stock(words)
    all_stock = is_stock[:most].copy()
    for offset in range(1, SHINGLE_WORDS):
        combined *= _FACTOR
        combined += words[offset : offset + most]
        all_stock &= is_stock[offset : offset + most]
    whole = np.ones(len(words), np.bool_)
    for offset in range(1, SHINGLE_WORDS):
        whole[(word_ends - offset)[counts >= offset]] = False
    hashes = _to_numbers(combined[whole[:most]], all_stock[whole[:most]])
    shingles = np.maximum(counts - SHINGLE_WORDS + 1, 0)
    short = np.flatnonzero((counts > 0) & (counts < SHINGLE_WORDS))
    if len(short):
        ends = np.cumsum(shingles)
        own = [_short_shingle(words[word_ends[one] - counts[one] : word_ends[one]]) for one in short.tolist()]
        hashes = np.insert(hashes, ends[short], np.array(own, np.uint32))
        shingles[short] = 1
    return Shingled(hashes, np.cumsum(shingles))


def _short_shingle(words: _Words) -> int:
    """Return the one shingle of a text of one to four words."""
    padded = np.append(words, np.zeros(SHINGLE_WORDS - len(words), np.uint64))
    combined = padded[:1].copy()
    for offset in range(1, SHINGLE_WORDS):
        combined = combined * _FACTOR + padded[offset]
    return int(_to_numbers(combined, np.array([False]))[0])


def _to_numbers(combined: _Words, is_stock: npt.NDArray[np.bool_]) -> Numbers:
    numbers = (_mixed(combined) >> np.uint64(33)).astype(np.uint32)
    numbers[is_stock] |= STOCK
    return numbers


def _is_stock(words: _Words) -> npt.NDArray[np.bool_]:
    return _stock_words()[(words >> np.uint64(64 - _STOCK_BITS)).view(np.int64)]


@cache
def _stock_words() -> npt.NDArray[np.bool_]:
    """Return which beginnings of hashes are those of stock words; the background knows them without a final s."""
    known = [word for word, texts in texts_having().items() if texts >= STOCK_SHARE * TEXTS]
    hashes, _ = _hash_texts([*known, *(f"{word}s" for word in known)])
    table = np.zeros(1 << _STOCK_BITS, np.bool_)
    table[(hashes >> np.uint64(64 - _STOCK_BITS)).view(np.int64)] = True
    table.flags.writeable = False
    return table
