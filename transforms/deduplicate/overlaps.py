"""Overlaps: how many shingles texts have in common, counted in full."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.sketch import WINDOW, unpack_shingles, unpack_sketch

Counts = npt.NDArray[np.int64]
MIN_LIKELY = 0.35
"""Share of the numbers which the sample of the smaller of two texts is likely to have in common with the larger if it
stands there whole: with less their shingles are not counted. Of pairs that are copies 1 in 2,500 has less."""
MOST_MATES = 256
"""A text written to a template, such as a weather report, has thousands of mates; the closest are counted in full.
They make one group all the same, each by its own closest: 3,000 such texts took 57 s without this bound."""


class _Samples(NamedTuple):
    """All numbers of all samples, in ascending order, and where each text's own are."""

    owners: Counts
    starts: Counts
    """By sample number in the order of texts: where the equal numbers begin in `owners`."""
    lengths: Counts
    """How many texts have that number."""
    cuts: Counts
    """Where the sample of each text begins, and the last ends."""
    shared: npt.NDArray[np.bool_]
    """For each text whether another one has any of its numbers."""
    first: Counts
    """For each text its smallest number: an order of texts that has nothing to do with their arrival."""


class Mates(NamedTuple):
    """Other texts whose samples have enough in common with that of a text, and the shingles that both have."""

    texts: Counts
    common: Counts


_ALONE = Mates(np.zeros(0, np.int64), np.zeros(0, np.int64))


class Overlaps:
    """Counts over a number of texts, each known by its index; counted when asked for, once."""

    def __init__(self, sketches: Sequence[bytes], shingles: Sequence[bytes], sizes: Sequence[int]) -> None:
        self.sizes: Counts = np.array(sizes, np.int64)
        self._sketches = [unpack_sketch(packed) for packed in sketches]
        self._packed = shingles
        self._sets: dict[int, npt.NDArray[np.uint32]] = {}
        self._mates: dict[int, Mates] = {}
        self._sampled: dict[int, frozenset[int]] = {}

    def mates(self, text: int) -> Mates:
        """Return the texts that may be copies of `text`, or have one, with what they have in common."""
        if not self._samples.shared[text]:
            return _ALONE
        if text not in self._mates:
            others = self._others(text)
            self._mates[text] = Mates(others, self._count(text, others)) if len(others) else _ALONE
        return self._mates[text]

    def may_share(self, text: int, other: int) -> bool:
        """Return whether the samples of two texts have a number in common."""
        return not self._numbers(text).isdisjoint(self._numbers(other))

    def common_of(self, text: int, other: int) -> int:
        """Return how many shingles two texts have in common, whatever their samples say."""
        return int(self._count(text, np.array([other]))[0])

    def _numbers(self, text: int) -> frozenset[int]:
        if text not in self._sampled:
            self._sampled[text] = frozenset(self._sketches[text].tolist())
        return self._sampled[text]

    def _others(self, text: int) -> Counts:
        samples = self._samples
        own = slice(samples.cuts[text], samples.cuts[text + 1])
        starts, lengths = samples.starts[own], samples.lengths[own]
        places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        shared = np.bincount(samples.owners[places], minlength=len(self.sizes))
        shared[text] = 0
        owners = np.flatnonzero(shared)
        small = np.minimum(self.sizes[text], self.sizes[owners])
        least = MIN_LIKELY * (1 + np.maximum(small - WINDOW, 0) / (WINDOW / 2))
        found: Counts = owners[shared[owners] >= least]
        if len(found) <= MOST_MATES:
            return found
        closest = np.lexsort((samples.first[found], -shared[found]))[:MOST_MATES]
        return np.sort(found[closest])

    def _count(self, text: int, others: Counts) -> Counts:
        own = self._shingles(text)
        sets = [self._shingles(other) for other in others.tolist()]
        if not len(own):
            return np.zeros(len(sets), np.int64)
        values = np.concatenate(sets)
        places = np.searchsorted(own, values)
        places[places == len(own)] = 0
        equal = np.append(0, np.cumsum(own[places] == values))
        ends = np.cumsum([0, *map(len, sets)])
        counts: Counts = equal[ends[1:]] - equal[ends[:-1]]
        return counts

    def _shingles(self, text: int) -> npt.NDArray[np.uint32]:
        if text not in self._sets:
            self._sets[text] = unpack_shingles(self._packed[text])
        return self._sets[text]

    @cached_property
    def _samples(self) -> _Samples:
        counts = [len(one) for one in self._sketches]
        values = np.concatenate([np.zeros(0, np.uint32), *self._sketches])
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        texts = np.repeat(np.arange(len(counts)), counts)
        starts = np.searchsorted(ordered, values)
        lengths = np.searchsorted(ordered, values, "right") - starts
        shared = np.zeros(len(counts), np.bool_)
        shared[texts[lengths > 1]] = True
        first = np.array([one[0] if len(one) else 0 for one in self._sketches], np.int64)
        return _Samples(texts[order], starts, lengths, np.append(0, np.cumsum(counts, dtype=np.int64)), shared, first)
