"""Ranges of places, spread out: against the loop."""

from __future__ import annotations

import numpy as np
from numpy.random import default_rng

from transforms.deduplicate import ranges
from warehouse import postings


def test_ranges_are_spread_as_a_loop_does() -> None:
    dice = default_rng(11)
    for number in range(20):
        starts, lengths = dice.integers(0, 1000, number), dice.integers(0, 5, number)
        expected = [
            place for start, length in zip(starts, lengths, strict=True) for place in range(start, start + length)
        ]
        assert ranges.spread(starts, lengths).tolist() == postings.spread(starts, lengths).tolist() == expected


def test_a_range_may_begin_at_one_place_for_all() -> None:
    assert ranges.spread(0, np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
