"""Postings: which numbered things have a value, for millions of them in memory, sorted so that they are found at once.

Several sorted arrays are kept, each at least four times as long as the next, so that adding is cheap as well.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

GROWTH = 4
"""A new array is merged with those that are less than so many times as long."""


class Found(NamedTuple):
    """Pairs of a range that was asked for, by its index, and the number of a thing in it."""

    asked: Numbers
    numbers: Numbers


class Postings:
    """Numbers by key; a thing has as many keys as it has values."""

    def __init__(self) -> None:
        self._runs: list[tuple[Keys, npt.NDArray[np.uint32]]] = []

    def add(self, keys: Keys, numbers: npt.NDArray[np.uint32]) -> None:
        """Take in things by their keys."""
        if not len(keys):
            return
        while self._runs and len(self._runs[-1][0]) < GROWTH * len(keys):
            more_keys, more_numbers = self._runs.pop()
            keys, numbers = np.concatenate([more_keys, keys]), np.concatenate([more_numbers, numbers])
        order = np.argsort(keys, kind="stable")
        self._runs.append((keys[order], numbers[order]))

    def find(self, lows: Keys, highs: Keys, *, most: int | None = None, middles: Keys | None = None) -> Found:
        """Return what lies in each range of keys, both ends included.

        `most` leaves of each range and array so many, those nearest to the key in `middles`.
        """
        parts = [self._find(run, lows, highs, most, middles) for run in self._runs]
        if not parts:
            return Found(np.zeros(0, np.int64), np.zeros(0, np.int64))
        return Found(np.concatenate([part.asked for part in parts]), np.concatenate([part.numbers for part in parts]))

    @staticmethod
    def _find(
        run: tuple[Keys, npt.NDArray[np.uint32]], lows: Keys, highs: Keys, most: int | None, middles: Keys | None
    ) -> Found:
        keys, numbers = run
        starts, ends = np.searchsorted(keys, lows), np.searchsorted(keys, highs, "right")
        if most is not None and middles is not None:
            around = np.searchsorted(keys, middles) - most // 2
            starts = np.maximum(starts, np.minimum(around, ends - most))
            ends = np.minimum(ends, starts + most)
        lengths = ends - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        return Found(np.repeat(np.arange(len(lows)), lengths), numbers[places].astype(np.int64))
