"""Overlaps: which texts have shingles in common, by their samples, and how many, counted in full.

What is looked at hangs on the two texts of a pair only, not on how many others there are: so it makes no difference
in which order and company they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.counting import Counts, count_common
from transforms.deduplicate.ranges import spread
from transforms.deduplicate.shingles import Numbers
from transforms.deduplicate.sketch import WINDOW, unpack_gists, unpack_samples, unpack_shingles

MIN_LIKELY = 0.35
"""Share of the numbers which the sample of the smaller of two texts is likely to have in common with the larger if it
stands there whole: with less their shingles are not counted. Of pairs that are copies 1 in 2,500 has less."""
MIN_GIST, GIST_CHANCE = 0.7, 0.9
"""Share of the smaller text's gist that the larger has, and how many times the root of its size may miss by chance.
What may be meant in the warehouse is looked up by the same bounds (warehouse/sketch_index.py)."""
_CELLS = 1 << 21
"""Pairs that are counted at once, in a table of so many cells."""
_DENSE = 4
"""Where two texts share so many numbers on average, as those written to one template do, all pairs are counted."""
_FEW = 16
_NOTHING: Numbers = np.zeros(0, np.uint32)
_MOST_KEPT = 1 << 16
"""Counts of more pairs at once are not kept for when they are asked for again."""
_MOST_PAIRS = 1 << 23
MOST_MATES = 256
"""Where more than 32,000 texts have to do with each other, which takes as many by one template at once, so many of the
closest are looked at of each; of fewer texts more, of 3,000 nearly all."""


class Pairs(NamedTuple):
    """Pairs of texts: one element per pair; which text comes first says nothing."""

    ones: Counts
    others: Counts

    def where(self, chosen: npt.NDArray[np.bool_]) -> Pairs:
        """Return the chosen pairs."""
        return Pairs(self.ones[chosen], self.others[chosen])


class _Samples(NamedTuple):
    """All numbers of all samples, ascending, and where the equals of each are."""

    owners: Counts
    """The text that has each number."""
    starts: Counts
    """For each number, in the order of texts, where its equals begin in `owners`."""
    lengths: Counts
    """How many these are."""
    cuts: Counts
    """Where the numbers of each text begin, in the order of texts, and the last ends."""


class Overlaps:
    """Counts over a number of texts, each known by its index."""

    def __init__(self, sketches: Sequence[bytes], shingles: Sequence[bytes], sizes: Sequence[int]) -> None:
        self.sizes: Counts = np.array(sizes, np.int64)
        self._sketches = sketches
        self._packed = shingles
        self._sets: dict[int, Numbers] = {}
        self._pairs: dict[frozenset[int], Pairs] = {}
        self._known, self._counts = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def pairs_of(self, texts: Collection[int]) -> Pairs:
        """Return the pairs of any of `texts` and another with enough in common for their shingles to be counted.

        The smaller text comes first. Each pair is there once.
        """
        asked = frozenset(texts)
        if asked not in self._pairs:
            nothing = np.zeros(0, np.int64)
            parts = [Pairs(nothing, nothing), *(self._enough(*part) for part in self._shared(asked))]
            self._pairs[asked] = Pairs(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        return self._pairs[asked]

    def common(self, pairs: Pairs) -> Counts:
        """Return how many shingles the two texts of each pair have in common; they are counted once."""
        if len(pairs.ones) > _MOST_KEPT:
            return self._count(*pairs)
        keys = np.minimum(*pairs) * len(self.sizes) + np.maximum(*pairs)
        missing = np.setdiff1d(keys, self._known)
        if len(missing):
            known = np.append(self._known, missing)
            counts = np.append(self._counts, self._count(*np.divmod(missing, len(self.sizes))))
            order = np.argsort(known, kind="stable")
            self._known, self._counts = known[order], counts[order]
        return self._counts[np.searchsorted(self._known, keys)]

    def gists_agree(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Return whether the larger text has enough of the gist of the smaller; `pairs` have the smaller first.

        It says of few copies that they are none. It is asked here too, as others would be found in one batch only.
        """
        own = self._gist_sizes[pairs.ones]
        common = count_common(self._gists, *pairs)
        agree: npt.NDArray[np.bool_] = common >= MIN_GIST * own - GIST_CHANCE * np.sqrt(own)
        return agree

    def _count(self, ones: Counts, others: Counts) -> Counts:
        asked = np.zeros(len(self.sizes), np.bool_)
        asked[ones] = asked[others] = True
        self._unpack(np.flatnonzero(asked).tolist())
        return count_common([self._sets.get(text, _NOTHING) for text in range(len(asked))], ones, others)

    def _enough(self, ones: Counts, others: Counts, shared: Counts) -> Pairs:
        """Return the pairs with enough in common, the smaller text first."""
        small, large = self._ordered(Pairs(ones, others))
        enough = shared >= MIN_LIKELY * (1 + np.maximum(self.sizes[small] - WINDOW, 0) / (WINDOW / 2))
        chosen = np.flatnonzero(enough)
        most = max(MOST_MATES, _MOST_PAIRS // len(self.sizes))
        if len(chosen) > most:
            closest = chosen[np.lexsort((-shared[chosen], ones[chosen]))]
            ranks = np.arange(len(closest)) - np.searchsorted(ones[closest], ones[closest])
            chosen = closest[ranks < most]
        return Pairs(small[chosen], large[chosen])

    def _ordered(self, pairs: Pairs) -> tuple[Counts, Counts]:
        swapped = self.sizes[pairs.ones] > self.sizes[pairs.others]
        return np.where(swapped, pairs.others, pairs.ones), np.where(swapped, pairs.ones, pairs.others)

    def _shared(self, asked: Collection[int]) -> Iterator[tuple[Counts, Counts, Counts]]:
        """Yield pairs of one of `asked` and another, and how many numbers of their samples both have, part by part."""
        samples, texts = self._samples, np.array(sorted(asked), np.int64)
        is_asked = np.zeros(len(self.sizes), np.bool_)
        is_asked[texts] = True
        sums = np.append(0, np.cumsum(samples.lengths))
        met = sums[samples.cuts[texts + 1]] - sums[samples.cuts[texts]]
        bits = max(len(self.sizes) - 1, 1).bit_length()
        if sums[-1] > _DENSE * len(texts) * len(self.sizes):
            at_once = max(_CELLS >> bits, 1)
            for start in range(0, len(texts), at_once):
                yield self._shared_with_all(texts[start : start + at_once], is_asked)
            return
        for first, last in _parts(met, max(_CELLS >> bits, 1)):
            part = texts[first:last]
            sampled = samples.cuts[part + 1] - samples.cuts[part]
            own = spread(samples.cuts[part], sampled)
            lengths = samples.lengths[own]
            found = samples.owners[spread(samples.starts[own], lengths)]
            cells = np.repeat(np.repeat(np.arange(len(part)) << bits, sampled), lengths) | found
            places, shared = _tally(cells, len(part) << bits)
            ones, others = part[places >> bits], places & (1 << bits) - 1
            once = (ones != others) & ~(is_asked[others] & (others < ones))
            yield ones[once], others[once], shared[once]

    def _shared_with_all(self, part: Counts, is_asked: npt.NDArray[np.bool_]) -> tuple[Counts, Counts, Counts]:
        """Return what `_shared` yields for `part`; the fastest where most texts have something in common."""
        ones, others = np.repeat(part, len(self.sizes)), np.tile(np.arange(len(self.sizes)), len(part))
        once = (ones != others) & ~(is_asked[others] & (others < ones))
        ones, others = ones[once], others[once]
        shared = count_common(self._sample_sets, ones, others)
        met = shared > 0
        return ones[met], others[met], shared[met]

    @cached_property
    def _sample_sets(self) -> list[Numbers]:
        values, counts = unpack_samples(self._sketches)
        ends = np.cumsum(counts).tolist()
        return [values[start:end] for start, end in pairwise([0, *ends])]

    @cached_property
    def _gists(self) -> list[Numbers]:
        return unpack_gists(self._sketches)

    @cached_property
    def _gist_sizes(self) -> Counts:
        return np.fromiter(map(len, self._gists), np.int64, len(self._gists))

    @cached_property
    def _samples(self) -> _Samples:
        values, counts = unpack_samples(self._sketches)
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        fresh = np.ones(len(ordered), np.bool_)
        fresh[1:] = ordered[1:] != ordered[:-1]
        begins = np.flatnonzero(fresh)
        group = np.empty(len(order), np.int64)
        group[order] = np.cumsum(fresh) - 1
        lengths = np.diff(np.append(begins, len(ordered)))
        owners = np.repeat(np.arange(len(counts)), counts)[order]
        return _Samples(owners, begins[group], lengths[group], np.append(0, np.cumsum(counts)))

    def _unpack(self, texts: Sequence[int]) -> None:
        missing = [text for text in texts if text not in self._sets]
        if missing:
            numbers, counts = unpack_shingles([self._packed[text] for text in missing])
            ends = np.cumsum(counts).tolist()
            for text, start, end in zip(missing, [0, *ends], ends, strict=False):
                self._sets[text] = numbers[start:end]


def _tally(cells: Counts, number: int) -> tuple[Counts, Counts]:
    """Return which of `number` cells occur, ascending, and how often: by a table or, where few do, by sorting them."""
    if number < _FEW * len(cells):
        table = np.bincount(cells, minlength=number)
        places = np.flatnonzero(table)
        return places, table[places]
    ordered = np.sort(cells)
    firsts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[firsts], np.diff(np.append(firsts, len(ordered)))


def _parts(met: Counts, most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most `most` texts that meet no more others than there are cells, or one text."""
    first = 0
    sums = np.append(0, np.cumsum(met))
    while first < len(met):
        last = int(np.searchsorted(sums, sums[first] + 2 * _CELLS, "right")) - 1
        last = max(min(last, first + most, len(met)), first + 1)
        yield first, last
        first = last
