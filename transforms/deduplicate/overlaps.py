"""Overlaps: which texts have shingles in common, by their samples, and how many, counted in full.

What is looked at hangs on the two texts of a pair only, not on how many others there are: so it makes no difference
in which order and company they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.shingles import Numbers
from transforms.deduplicate.sketch import GIST_BYTES, WINDOW, unpack_samples, unpack_shingles

Counts = npt.NDArray[np.int64]
MIN_LIKELY = 0.35
"""Share of the numbers which the sample of the smaller of two texts is likely to have in common with the larger if it
stands there whole: with less their shingles are not counted. Of pairs that are copies 1 in 2,500 has less."""
MIN_GIST = 0.6
"""Share of the smaller gist's bits that the larger must have where one number is all that two samples have in common:
unlike texts of 400 words agree on a fifth by chance, a cut and its whole on nine tenths."""
_CELLS = 1 << 21
"""Pairs that are counted at once, in a table of so many cells."""
_FEW = 16
_SLOT = np.uint32((1 << 16) - 1)
_NO_SHINGLE = np.uint32(0xFFFFFFFF)


class Pairs(NamedTuple):
    """Pairs of texts: one element per pair; which text comes first says nothing."""

    ones: Counts
    others: Counts

    def where(self, chosen: npt.NDArray[np.bool_]) -> Pairs:
        """Return the chosen pairs."""
        return Pairs(self.ones[chosen], self.others[chosen])


class Overlaps:
    """Counts over a number of texts, each known by its index."""

    def __init__(self, sketches: Sequence[bytes], shingles: Sequence[bytes], sizes: Sequence[int]) -> None:
        self.sizes: Counts = np.array(sizes, np.int64)
        self._sketches = sketches
        self._packed = shingles
        self._sets: dict[int, Numbers] = {}
        self._slots = _Slots()
        self._known, self._counts = np.zeros(0, np.int64), np.zeros(0, np.int64)

    @cached_property
    def pairs(self) -> Pairs:
        """All pairs with enough in common for their shingles to be counted, the smaller text first."""
        nothing = np.zeros(0, np.int64)
        parts = [(nothing, nothing, nothing), *self._shared()]
        ones, others, shared = (np.concatenate(part) for part in zip(*parts, strict=True))
        small, large = self._ordered(Pairs(ones, others))
        enough = shared >= MIN_LIKELY * (1 + np.maximum(self.sizes[small] - WINDOW, 0) / (WINDOW / 2))
        single = enough & (shared == 1)
        enough[single] = self._gists_agree(Pairs(small[single], large[single]))
        return Pairs(small[enough], large[enough])

    def common(self, pairs: Pairs) -> Counts:
        """Return how many shingles the two texts of each pair have in common; each pair is counted once."""
        keys = np.minimum(*pairs) * len(self.sizes) + np.maximum(*pairs)
        missing = np.setdiff1d(keys, self._known)
        if len(missing):
            counts = self._count_all(*np.divmod(missing, len(self.sizes)))
            known = np.append(self._known, missing)
            order = np.argsort(known, kind="stable")
            self._known, self._counts = known[order], np.append(self._counts, counts)[order]
        return self._counts[np.searchsorted(self._known, keys)]

    def _count_all(self, ones: Counts, others: Counts) -> Counts:
        if len(np.unique(others)) < len(np.unique(ones)):
            ones, others = others, ones
        self._unpack(np.unique(np.concatenate([ones, others])).tolist())
        order = np.argsort(ones, kind="stable")
        ones, others = ones[order], others[order]
        counts = np.zeros(len(order), np.int64)
        cuts = [*np.flatnonzero(np.diff(ones, prepend=-1)).tolist(), len(ones)]
        listed, theirs = ones.tolist(), others.tolist()
        for start, end in pairwise(cuts):
            sets = [self._sets[other] for other in theirs[start:end]]
            counts[order[start:end]] = self._slots.common(self._sets[listed[start]], sets)
        return counts

    def _ordered(self, pairs: Pairs) -> tuple[Counts, Counts]:
        swapped = self.sizes[pairs.ones] > self.sizes[pairs.others]
        return np.where(swapped, pairs.others, pairs.ones), np.where(swapped, pairs.ones, pairs.others)

    def _shared(self) -> Iterator[tuple[Counts, Counts, Counts]]:
        """Yield pairs of texts and how many numbers of their samples both have, part by part, each pair once."""
        values, counts = unpack_samples(self._sketches)
        texts = np.repeat(np.arange(len(counts)), counts)
        order = np.argsort(values, kind="stable")
        ordered, owners = values[order], texts[order]
        fresh = np.ones(len(ordered), np.bool_)
        fresh[1:] = ordered[1:] != ordered[:-1]
        begins = np.flatnonzero(fresh)
        ends = np.append(begins[1:], len(ordered))[np.cumsum(fresh) - 1]
        # Each number meets the same number of the texts behind its own only.
        lengths = ends - np.arange(len(ordered)) - 1
        met = np.bincount(owners, lengths, len(counts)).astype(np.int64)
        by_text = np.argsort(owners, kind="stable")
        starts = np.append(0, np.cumsum(np.bincount(owners, minlength=len(counts))))
        bits = max(len(counts) - 1, 1).bit_length()
        for first, last in _parts(met, max(_CELLS >> bits, 1)):
            own = by_text[starts[first] : starts[last]]
            own = own[lengths[own] > 0]
            found = owners[np.repeat(own + 1, lengths[own]) + _counted(lengths[own])]
            cells = np.repeat(owners[own] - first << bits, lengths[own]) | found
            places, shared = _tally(cells, last - first << bits)
            yield (places >> bits) + first, places & (1 << bits) - 1, shared

    def _gists_agree(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Return whether the larger text has most of the gist of the smaller; `pairs` have the smaller first."""
        small, large = (self._gists(texts.tolist()) for texts in pairs)
        both, own = np.bitwise_count(small & large).sum(axis=1), np.bitwise_count(small).sum(axis=1)
        agree: npt.NDArray[np.bool_] = both >= MIN_GIST * own
        return agree

    def _gists(self, texts: Sequence[int]) -> npt.NDArray[np.uint64]:
        gists = b"".join(self._sketches[text][:GIST_BYTES] for text in texts)
        return np.frombuffer(gists, np.uint64).reshape(len(texts), GIST_BYTES // 8)

    def _unpack(self, texts: Sequence[int]) -> None:
        missing = [text for text in texts if text not in self._sets]
        if missing:
            numbers, counts = unpack_shingles([self._packed[text] for text in missing])
            ends = np.cumsum(counts).tolist()
            for text, start, end in zip(missing, [0, *ends], ends, strict=False):
                self._sets[text] = numbers[start:end]


class _Slots:
    """Counts what sets have in common by a table of slots, in which one of them stands: a fourth of a search's cost."""

    def __init__(self) -> None:
        self._slots = np.full(1 << 16, _NO_SHINGLE, np.uint32)

    def common(self, own: Numbers, sets: Sequence[Numbers]) -> Sequence[int]:
        """Return for each of `sets` how many numbers of `own` it has."""
        table, slots = self._slots, own & _SLOT
        table[slots] = own
        values = sets[0] if len(sets) == 1 else np.concatenate(sets)
        hits = table[values & _SLOT] == values
        for number in own[table[slots] != own].tolist():
            # Another number has its slot.
            hits |= values == number
        table[slots] = _NO_SHINGLE
        if len(sets) == 1:
            return [int(np.count_nonzero(hits))]
        ends = np.cumsum([len(one) for one in sets])
        counts: list[int] = np.diff(np.append(0, np.cumsum(hits))[ends], prepend=0).tolist()
        return counts


def _tally(cells: Counts, number: int) -> tuple[Counts, Counts]:
    """Return which of `number` cells occur, ascending, and how often: by a table or, where few do, by sorting them."""
    if number < _FEW * len(cells):
        table = np.bincount(cells, minlength=number)
        places = np.flatnonzero(table)
        return places, table[places]
    ordered = np.sort(cells)
    firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[firsts], np.diff(np.append(firsts, len(ordered)))


def _counted(lengths: Counts) -> Counts:
    """Return 0, 1, 2… for each length."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _parts(met: Counts, most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most `most` texts that meet no more others than there are cells, or one text."""
    first = 0
    sums = np.append(0, np.cumsum(met))
    while first < len(met):
        last = int(np.searchsorted(sums, sums[first] + 2 * _CELLS, "right")) - 1
        last = max(min(last, first + most, len(met)), first + 1)
        yield first, last
        first = last
