"""Postings: found the same in memory and in files, in however many pieces they came."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from warehouse.postings import Postings, Room, fetch

PLENTY = 1 << 30


def filled(room: Room, *, has_numbers: bool) -> Postings:
    dice = np.random.default_rng(5)
    postings = Postings(room, has_numbers=has_numbers)
    for size in (400, 3, 90, 1, 1, 250, 700, 40):
        numbers = dice.integers(0, 1000, size).astype(np.uint32) if has_numbers else None
        postings.add(dice.integers(0, 500, size).astype(np.uint64), numbers)
    return postings


def pairs(postings: Postings, lows: list[int], highs: list[int]) -> list[tuple[int, ...]]:
    located = postings.locate(np.array(lows, np.uint64), np.array(highs, np.uint64))
    return sorted(
        found
        for one in map(fetch, located)
        for found in zip(*(part.tolist() for part in one if len(part) == len(one.keys)), strict=True)
    )


@pytest.mark.parametrize("has_numbers", [True, False])
@pytest.mark.parametrize("memory", [0, 1, 1500, 9000])
def test_what_lies_in_files_is_found_as_what_lies_in_memory(tmp_path: Path, memory: int, has_numbers: bool) -> None:
    here = filled(Room(PLENTY, None), has_numbers=has_numbers)
    there = filled(Room(memory, tmp_path), has_numbers=has_numbers)
    keys = np.arange(520, dtype=np.uint64)

    assert there.size_bytes <= memory < here.size_bytes
    assert pairs(there, [0, 17, 400], [9, 17, 9999]) == pairs(here, [0, 17, 400], [9, 17, 9999])
    assert there.has(keys).tolist() == here.has(keys).tolist()
    assert len(pairs(here, [0], [9999])) == 1485


def test_files_leave_nothing_behind(tmp_path: Path) -> None:
    filled(Room(0, tmp_path), has_numbers=True)

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_found_where_nothing_is() -> None:
    postings = Postings(Room(PLENTY, None), has_numbers=False)
    postings.add(np.zeros(0, np.uint64))

    assert pairs(postings, [0], [9999]) == []
    assert not postings.has(np.arange(3, dtype=np.uint64)).any()
