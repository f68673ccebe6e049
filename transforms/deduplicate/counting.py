"""Counting in full what sets of numbers have in common, for many pairs at once.

Sets that are paired, directly or by way of others, are taken together: the numbers that several of them have become
columns of a table of bits with a row for each set, and what two rows have in common is counted 64 columns at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.shingles import Numbers

Counts = npt.NDArray[np.int64]
_SETS, _NUMBERS = 256, 1 << 14
"""So many sets with so many numbers are taken together where the pairs allow it: they fit the cache."""
_MANY = 64
"""Where there are so many pairs to a set, nearly all are paired with all, and need not be told apart."""
_COLUMNS = 1 << 14
"""Columns of a table; it is a multiple of 64."""
_WORDS = 1 << 16
"""Words of 64 columns that are compared at once."""
_Bits = npt.NDArray[np.uint64]


class _Common(NamedTuple):
    """The numbers that several of some sets have, set by set within each number."""

    columns: Counts
    """0, 1, 2… for ascending numbers."""
    owners: Counts
    """The set."""


def count_common(sets: Sequence[Numbers], ones: Counts, others: Counts) -> Counts:
    """Return how many numbers the sets `ones` and `others` of each pair have in common; they are indexes of `sets`.

    Cost: for each set that is in a pair that of sorting its numbers; for each pair a fraction of its numbers.
    """
    counts = np.zeros(len(ones), np.int64)
    if not len(ones):
        return counts
    many = len(ones) > _MANY * len(sets)
    groups = np.zeros(len(sets), np.int64) if many else label(ones, others, len(sets))
    places = np.empty(len(sets), np.int64)
    sizes = np.fromiter(map(len, sets), np.int64, len(sets))
    for texts, pairs in _bundles(sizes, groups, groups[ones]):
        places[texts] = np.arange(len(texts))
        common = _common([sets[text] for text in texts.tolist()])
        counts[pairs] = _count(common, len(texts), places[ones[pairs]], places[others[pairs]])
    itself = ones == others
    counts[itself] = sizes[ones[itself]]
    return counts


def label(ones: Counts, others: Counts, number: int) -> Counts:
    """Return for each of so many things the first of those that it is connected with by pairs."""
    labels = np.arange(number)
    while True:
        lowest = np.minimum(labels[ones], labels[others])
        lower = labels.copy()
        np.minimum.at(lower, ones, lowest)
        np.minimum.at(lower, others, lowest)
        lower = lower[lower]
        if np.array_equal(lower, labels):
            return labels
        labels = lower


def _bundles(sizes: Counts, groups: Counts, of_pairs: Counts) -> Iterator[tuple[Counts, Counts | slice]]:
    """Yield sets and the pairs among them: one group, or several as far as they are within the bounds."""
    paired = np.zeros(len(groups), np.bool_)
    paired[of_pairs] = True
    texts = np.flatnonzero(paired[groups])
    if paired.sum() == 1:
        yield texts, slice(None)
        return
    texts, pairs = texts[np.argsort(groups[texts], kind="stable")], np.argsort(of_pairs, kind="stable")
    ends, pair_ends = _ends(groups[texts]), _ends(of_pairs[pairs])
    sums = np.append(0, np.cumsum(sizes[texts])).tolist()
    begun = pair_begun = 0
    for place, (end, pair_end) in enumerate(zip(ends, pair_ends, strict=True)):
        beyond = ends[place + 1] if place + 1 < len(ends) else None
        if beyond is None or beyond - begun > _SETS or sums[beyond] - sums[begun] > _NUMBERS:
            yield texts[begun:end], pairs[pair_begun:pair_end]
            begun, pair_begun = end, pair_end


def _ends(ascending: Counts) -> list[int]:
    """Return where the equal ones end."""
    return [*(np.flatnonzero(np.diff(ascending)) + 1).tolist(), len(ascending)]


def _common(sets: Sequence[Numbers]) -> _Common:
    """Return the numbers that several of `sets` have; sorting 32 bits takes half the time of sorting 64."""
    owner_bits = max(len(sets) - 1, 1).bit_length()
    numbers = np.concatenate(sets)
    number_bits = int(numbers.max(initial=0)).bit_length()
    kind = "u4" if number_bits + owner_bits <= 32 else "u8"
    keys: _Bits = numbers.astype(kind)
    keys <<= owner_bits
    keys |= np.repeat(np.arange(len(sets), dtype=kind), [len(one) for one in sets])
    keys.sort()
    ordered = keys >> owner_bits
    same = np.zeros(len(keys) + 1, np.bool_)
    np.equal(ordered[1:], ordered[:-1], out=same[1:-1])
    shared = same[1:] | same[:-1]
    owners = keys[shared] & ((1 << owner_bits) - 1)
    return _Common(np.cumsum(~same[:-1][shared], dtype=np.int64) - 1, owners.astype(np.int64))


def _count(common: _Common, sets: int, ones: Counts, others: Counts) -> Counts:
    """Return how many columns both sets of each pair have."""
    counts = np.zeros(len(ones), np.int64)
    columns = int(common.columns[-1]) + 1 if len(common.columns) else 0
    for first in range(0, columns, _COLUMNS):
        width = min(_COLUMNS, -(-(columns - first) // 64) * 64)
        inside = slice(*np.searchsorted(common.columns, (first, first + width)).tolist())
        table = np.zeros((sets, width), np.bool_)
        table[common.owners[inside], common.columns[inside] - first] = True
        bits: _Bits = np.packbits(table, axis=1).view(np.uint64)
        for start in range(0, len(ones), step := max(_WORDS // bits.shape[1], 1)):
            pairs = slice(start, start + step)
            both = bits[ones[pairs]]
            both &= bits[others[pairs]]
            counts[pairs] += np.bitwise_count(both).sum(1, np.int64)
    return counts
