"""Counting: what plain sets give, however sets are taken together."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.deduplicate import counting
from transforms.deduplicate.counting import count_common, label
from transforms.deduplicate.shingles import Numbers


def sets(count: int, most: int) -> list[Numbers]:
    dice = np.random.default_rng(2)
    return [np.unique(dice.integers(0, most, dice.integers(1, 90))).astype(np.uint32) for _ in range(count)]


@pytest.mark.parametrize("columns", [64, 4096])
@pytest.mark.parametrize("together", [1, 256], ids=["group by group", "together"])
@pytest.mark.parametrize("many", [0, 10**9], ids=["all in one", "told apart"])
def test_counts_are_those_of_plain_sets(
    many: int, together: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_MANY", many)
    monkeypatch.setattr(counting, "_SETS", together)
    monkeypatch.setattr(counting, "_COLUMNS", columns)
    listed = sets(40, 300)
    plain = [set(one.tolist()) for one in listed]
    # Pairs of sets whose numbers are equal modulo 7, so that there are groups.
    ones, others = (each.ravel() for each in np.indices((len(listed), len(listed))))
    ones, others = ones[(same := ones % 7 == others % 7)], others[same]

    counts = count_common(listed, ones, others)

    assert counts.tolist() == [len(plain[one] & plain[other]) for one, other in zip(ones, others, strict=True)]


def test_so_many_sets_that_32_bits_are_too_few_are_counted() -> None:
    listed = sets(300, 1 << 24)
    ones, others = np.arange(299), np.arange(1, 300)
    listed[7] = listed[8]

    counts = count_common(listed, ones, others)

    plain = [set(one.tolist()) for one in listed]
    assert counts.tolist() == [len(plain[one] & plain[other]) for one, other in zip(ones, others, strict=True)]
    assert counts[7] == len(listed[7])


def test_each_thing_is_labelled_with_the_first_that_it_is_connected_with() -> None:
    ones, others = np.array([5, 3, 1, 7]), np.array([3, 6, 2, 7])

    assert label(ones, others, 8).tolist() == [0, 1, 1, 3, 4, 3, 3, 7]


def test_nothing_has_no_counts() -> None:
    assert count_common([], np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
