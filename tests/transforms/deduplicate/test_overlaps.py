"""Overlaps: counted for many pairs at once as for each by plain sets."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from shelf import words

from transforms.deduplicate import overlaps
from transforms.deduplicate.overlaps import Overlaps, Pairs
from transforms.deduplicate.sketch import Sketch, sketch, unpack_samples, unpack_shingles


def sketches() -> list[Sketch]:
    """Return sketches of texts that are edited, cut from each other, short, empty, and unlike."""
    dice = Random(4)
    texts = [""]
    for number in range(12):
        story = words(f"story{number}", dice.randrange(30, 500)).split()
        texts.append(" ".join(story))
        for _ in range(5):
            start = dice.randrange(len(story) // 2)
            part = story[start : start + dice.randrange(10, len(story))]
            texts.append(" ".join(word if dice.random() > 0.05 else f"x{word}" for word in part))
    return sketch(texts)


def over(made: list[Sketch]) -> Overlaps:
    return Overlaps([one.sketch for one in made], [one.shingles for one in made], [one.shingle_count for one in made])


def agree(small: Sketch, large: Sketch) -> bool:
    bits = [int.from_bytes(one.sketch[:32], "big") for one in (small, large)]
    return (bits[0] & bits[1]).bit_count() >= 0.6 * bits[0].bit_count()


@pytest.mark.parametrize("cells", [1, 500, 1 << 21])
def test_pairs_are_those_of_plain_sets(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "_CELLS", cells)
    made = sketches()
    samples = [set(unpack_samples([one.sketch])[0].tolist()) for one in made]

    pairs = over(made).pairs

    expected = set()
    for one in range(len(made)):
        for other in range(one + 1, len(made)):
            small, large = sorted((made[one], made[other]), key=lambda each: each.shingle_count)
            common = len(samples[one] & samples[other])
            if common < 0.35 * (1 + max(small.shingle_count - 64, 0) / 32) or not common:
                continue
            if common > 1 or agree(small, large):
                expected.add(frozenset((one, other)))
    assert {frozenset(pair) for pair in zip(*map(np.ndarray.tolist, pairs), strict=True)} == expected
    assert len(pairs.ones) == len(expected) > 60
    assert all(made[one].shingle_count <= made[other].shingle_count for one, other in zip(*pairs, strict=True))


def test_counts_are_those_of_plain_sets() -> None:
    made = sketches()
    sets = [set(unpack_shingles([one.shingles])[0].tolist()) for one in made]
    dice = np.random.default_rng(1)
    pairs = Pairs(dice.integers(0, len(made), 700), dice.integers(0, len(made), 700))

    counts = over(made).common(pairs)

    assert counts.tolist() == [len(sets[one] & sets[other]) for one, other in zip(*pairs, strict=True)]


def test_numbers_that_share_a_slot_are_all_counted() -> None:
    base = np.arange(1, 20, dtype=np.uint32)
    own = np.sort(np.concatenate([base, base + (1 << 16), base + (1 << 20)])).astype(np.uint32)

    assert overlaps._Slots().common(own, [own, own[:7], own + np.uint32(1 << 17)]) == [57, 7, 0]


def test_nothing_has_no_pairs() -> None:
    assert over([]).pairs.ones.tolist() == []
    assert over(sketch(["", "a story"])).pairs.ones.tolist() == []
