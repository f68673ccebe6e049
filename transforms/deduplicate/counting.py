"""Counting in full what sets of numbers have in common: pair by pair or, where most are asked for, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.shingles import Numbers

Counts = npt.NDArray[np.int64]
_SLOT = np.uint32((1 << 16) - 1)
_NO_NUMBER = np.uint32(0xFFFFFFFF)
_COLUMNS = 4096
"""Numbers that are multiplied at once."""
_PRODUCTS_PER_LOOK_UP = 200
"""So many multiplications cost as much as looking up one number of a set in another."""


def count_common(sets: Sequence[Numbers], ones: Counts, others: Counts) -> Counts:
    """Return how many numbers the sets `ones` and `others` of each pair have in common; they are indexes of `sets`."""
    lengths = np.array([len(one) for one in sets], np.int64)
    if len(ones) > 16 * len(sets):
        listed = np.unique(np.concatenate(sets))
        if len(sets) ** 2 * len(listed) < _PRODUCTS_PER_LOOK_UP * lengths[others].sum():
            return _by_products(sets, listed)[ones, others].astype(np.int64)
    return _one_by_one(sets, ones, others)


def _one_by_one(sets: Sequence[Numbers], ones: Counts, others: Counts) -> Counts:
    """Mark one set in a table of slots, then look up all that it is paired with: a fourth of a search's cost."""
    table = np.full(1 << 16, _NO_NUMBER, np.uint32)
    order = np.argsort(ones, kind="stable")
    counts = np.zeros(len(order), np.int64)
    cuts = [*np.flatnonzero(np.diff(ones[order], prepend=-1)).tolist(), len(order)]
    listed, theirs = ones[order].tolist(), others[order].tolist()
    for start, end in pairwise(cuts):
        asked = [sets[other] for other in theirs[start:end]]
        counts[order[start:end]] = _look_up(table, sets[listed[start]], asked)
    return counts


def _look_up(table: Numbers, own: Numbers, sets: Sequence[Numbers]) -> Sequence[int]:
    """Return for each of `sets` how many numbers of `own` it has; `table` is left as it was."""
    slots = own & _SLOT
    table[slots] = own
    values = sets[0] if len(sets) == 1 else np.concatenate(sets)
    hits = table[values & _SLOT] == values
    for number in own[table[slots] != own].tolist():
        # Another number has its slot.
        hits |= values == number
    table[slots] = _NO_NUMBER
    if len(sets) == 1:
        return [int(np.count_nonzero(hits))]
    ends = np.cumsum([len(one) for one in sets])
    counts: list[int] = np.diff(np.append(0, np.cumsum(hits))[ends], prepend=0).tolist()
    return counts


def _by_products(sets: Sequence[Numbers], listed: Numbers) -> npt.NDArray[np.float32]:
    """Return the matrix of all pairs: that of sets and of the numbers `listed`, multiplied with itself.

    Counts below 2**24 are exact as floating-point numbers.
    """
    owners = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
    columns = np.searchsorted(listed, np.concatenate(sets))
    often = np.bincount(columns, minlength=len(listed)) > 1
    owners, columns = owners[often[columns]], (np.cumsum(often) - 1)[columns[often[columns]]]
    products = np.zeros((len(sets), len(sets)), np.float32)
    for first in range(0, int(often.sum()), _COLUMNS):
        inside = (columns >= first) & (columns < first + _COLUMNS)
        matrix = np.zeros((len(sets), min(_COLUMNS, int(often.sum()) - first)), np.float32)
        matrix[owners[inside], columns[inside] - first] = 1
        products += matrix @ matrix.T
    return products
