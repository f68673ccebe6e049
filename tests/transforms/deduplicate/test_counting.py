"""Counting: both ways of it give what plain sets give."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.deduplicate import counting
from transforms.deduplicate.counting import count_common
from transforms.deduplicate.shingles import Numbers


def sets(count: int, most: int) -> list[Numbers]:
    dice = np.random.default_rng(2)
    return [np.unique(dice.integers(0, most, dice.integers(1, 90))).astype(np.uint32) for _ in range(count)]


@pytest.mark.parametrize("columns", [7, 4096])
@pytest.mark.parametrize("products", [0, 10**9], ids=["one by one", "by products"])
def test_counts_are_those_of_plain_sets(products: int, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_PRODUCTS_PER_LOOK_UP", products)
    monkeypatch.setattr(counting, "_COLUMNS", columns)
    listed = sets(40, 300)
    plain = [set(one.tolist()) for one in listed]
    ones, others = (each.ravel() for each in np.nonzero(~np.eye(len(listed), dtype=np.bool_)))

    counts = count_common(listed, ones, others)

    assert counts.tolist() == [len(plain[one] & plain[other]) for one, other in zip(ones, others, strict=True)]


def test_numbers_that_share_a_slot_are_all_counted() -> None:
    base = np.arange(1, 20, dtype=np.uint32)
    own = np.sort(np.concatenate([base, base + (1 << 16), base + (1 << 20)])).astype(np.uint32)
    listed = [own, own.copy(), own[:7], own + np.uint32(1 << 17)]

    assert count_common(listed, np.zeros(3, np.int64), np.arange(1, 4)).tolist() == [57, 7, 0]


def test_nothing_has_no_counts() -> None:
    assert count_common([], np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
