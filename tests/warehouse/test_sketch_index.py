"""The index of samples: it finds what plain sets find, whatever else there is."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest

from warehouse import sketch_index
from warehouse.postings import Room
from warehouse.sketch_index import Hits, Sample, SketchIndex

Texts = list[Sample]


def texts(seed: int, count: int = 300) -> Texts:
    """Return samples that share many numbers, some of them with nearly all others; gists that agree or not."""
    dice = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        numbers = np.array(sorted({*dice.integers(0, 400, dice.integers(1, 30)), *dice.choice(8, 3)}), "<u4")
        gist = np.unique(dice.integers(0, 40, dice.integers(0, 60))).astype("<u2")
        sketch = len(numbers).to_bytes(2, "little") + numbers.tobytes() + gist.tobytes()
        made.append(Sample(sketch, int(dice.integers(20, 400))))
    return made


def filled(samples: Texts, room: Room | None = None) -> SketchIndex:
    index = SketchIndex(room)
    for start in range(0, len(samples), 17):
        part = samples[start : start + 17]
        index.add(
            range(start + 1, start + 1 + len(part)), [one.shingle_count for one in part], [one.sketch for one in part]
        )
    return index


def found(hits: Hits) -> list[tuple[int, int, int]]:
    return sorted(zip(hits.asked.tolist(), hits.numbers.tolist(), hits.common.tolist(), strict=True))


def obvious(asked: Texts, known: Texts) -> list[tuple[int, int, int]]:
    """Return the same by comparing all with all."""
    hits = []
    for place, one in enumerate(asked):
        for number, other in enumerate(known, start=1):
            common = len(numbers_of(one) & numbers_of(other))
            small, large = (one, other) if one.shingle_count <= other.shingle_count else (other, one)
            expected = 1 + max(small.shingle_count - 64, 0) / 32
            if common < max(ceil(0.35 * expected), 1) or not gists_agree(small, large):
                continue
            hits.append((place, number, common))
    return hits


def numbers_of(sample: Sample) -> set[int]:
    return set(np.frombuffer(sample.sketch[2:][: 4 * sample.sketch[0]], "<u4").tolist())


def gists_agree(small: Sample, large: Sample) -> bool:
    own, theirs = (set(np.frombuffer(one.sketch[2 + 4 * one.sketch[0] :], "<u2").tolist()) for one in (small, large))
    return len(own & theirs) >= 0.7 * len(own) - 0.9 * len(own) ** 0.5


@pytest.mark.parametrize("few", [0, 5, 64], ids="few={}".format)
def test_the_search_finds_what_plain_sets_find(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`FEW_HAVING` decides how the search goes about it, never what it finds."""
    monkeypatch.setattr(sketch_index, "FEW_HAVING", few)
    known, asked = texts(1), texts(2, 60)

    hits = filled(known).search(asked)

    # Of a tie in size either text may be the smaller one.
    expected = obvious(asked, known)
    assert found(hits) == expected
    assert len(expected) > 500


def test_an_index_on_disk_finds_the_same(tmp_path: object) -> None:
    known, asked = texts(1), texts(2, 60)

    on_disk = filled(known, Room(0, None))

    assert found(on_disk.search(asked)) == found(filled(known).search(asked))
    assert on_disk.size_bytes < filled(known).size_bytes


def test_nothing_is_asked_and_nothing_found() -> None:
    assert found(filled(texts(1)).search([])) == []
    assert found(SketchIndex().search(texts(1, 3))) == []
