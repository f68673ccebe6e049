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


@pytest.mark.parametrize("dense", [0, 4], ids=["all", "those that meet"])
@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("cells", [1, 500, 1 << 21])
def test_pairs_are_those_of_plain_sets(cells: int, every: int, dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "_CELLS", cells)
    monkeypatch.setattr(overlaps, "_DENSE", dense)
    made = sketches()
    asked = set(range(0, len(made), every))
    samples = [set(unpack_samples([one.sketch])[0].tolist()) for one in made]

    pairs = over(made).pairs_of(asked)

    expected = set()
    for one in range(len(made)):
        for other in range(one + 1, len(made)):
            small = min(made[one].shingle_count, made[other].shingle_count)
            common = len(samples[one] & samples[other])
            if common < 0.35 * (1 + max(small - 64, 0) / 32) or not common:
                continue
            if {one, other} & asked:
                expected.add(frozenset((one, other)))
    assert {frozenset(pair) for pair in zip(*map(np.ndarray.tolist, pairs), strict=True)} == expected
    assert len(pairs.ones) == len(expected) > 40
    assert all(made[one].shingle_count <= made[other].shingle_count for one, other in zip(*pairs, strict=True))


def test_counts_are_those_of_plain_sets() -> None:
    made = sketches()
    sets = [set(unpack_shingles([one.shingles])[0].tolist()) for one in made]
    dice = np.random.default_rng(1)
    pairs = Pairs(dice.integers(0, len(made), 700), dice.integers(0, len(made), 700))

    counts = over(made).common(pairs)

    assert counts.tolist() == [len(sets[one] & sets[other]) for one, other in zip(*pairs, strict=True)]


def test_nothing_has_no_pairs() -> None:
    assert over([]).pairs_of(()).ones.tolist() == []
    assert over(sketch(["", "a story"])).pairs_of({0, 1}).ones.tolist() == []
