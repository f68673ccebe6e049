"""Overlaps: how many shingles texts have in common, counted in full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.sketch import unpack_shingles, unpack_sketch

Counts = npt.NDArray[np.int64]


class Overlaps:
    """Counts over a number of texts, each known by its index; counted when asked for, once."""

    def __init__(self, sketches: Sequence[bytes], shingles: Sequence[bytes]) -> None:
        self._sketches = [unpack_sketch(packed) for packed in sketches]
        self._sets = [unpack_shingles(packed) for packed in shingles]
        self.sizes: Counts = np.fromiter(map(len, self._sets), np.int64, len(self._sets))
        self._rows: dict[int, Counts] = {}
        self._sorted: tuple[npt.NDArray[np.uint32], Counts] | None = None

    def mates(self) -> npt.NDArray[np.bool_]:
        """Return for each text whether it shares a number of its sample with another one."""
        owners = np.repeat(np.arange(len(self._sketches)), [len(one) for one in self._sketches])
        values = np.concatenate([np.empty(0, np.uint32), *self._sketches])
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        found = np.zeros(len(self._sketches), np.bool_)
        found[owners[counts[inverse] > 1]] = True
        return found

    def common(self, text: int) -> Counts:
        """Return how many shingles of `text` each text has."""
        if text not in self._rows:
            values, owners = self._all()
            own = self._sets[text]
            starts, ends = np.searchsorted(values, own, "left"), np.searchsorted(values, own, "right")
            lengths = ends - starts
            places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
            self._rows[text] = np.bincount(owners[places], minlength=len(self._sets))
        return self._rows[text]

    def common_of(self, text: int, other: int) -> int:
        """Return how many shingles two texts have in common."""
        small, large = sorted((self._sets[text], self._sets[other]), key=len)
        places = np.searchsorted(large, small)
        inside = places < len(large)
        return int(np.count_nonzero(large[places[inside]] == small[inside]))

    def similarity(self, text: int) -> npt.NDArray[np.float64]:
        """Return the Jaccard similarity of `text` to each text; 0 between texts without shingles."""
        common = self.common(text)
        shares: npt.NDArray[np.float64] = common / np.maximum(self.sizes[text] + self.sizes - common, 1)
        return shares

    def _all(self) -> tuple[npt.NDArray[np.uint32], Counts]:
        if self._sorted is None:
            values = np.concatenate([np.empty(0, np.uint32), *self._sets])
            order = np.argsort(values, kind="stable")
            self._sorted = values[order], np.repeat(np.arange(len(self._sets)), self.sizes)[order]
        return self._sorted
