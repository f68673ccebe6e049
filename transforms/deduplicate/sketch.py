"""The sketch of a text: what copies of it are found by, and what they are proved by.

`sketch` is a sample of the shingles, chosen where they stand: a text that shares 67 words in a row with another shares
a number of the sample with it, however long either is (winnowing: Schleimer, Wilkerson, Aiken 2003). The smallest
numbers of the text are added, so that short texts and texts with many small edits meet too.
`shingles` is all of them, 24 bits each, from which similarity and containment are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.shingles import Numbers, Shingled, shingle

WINDOW = 64
"""Shingles of which the smallest is taken: two of 65 on average."""
SMALLEST = 8
"""Of pairs of texts that share half of their shingles 1 in 250 shares none of these; of 0.6, 1 in 1,500."""
_EVER = np.uint32(0xFFFFFFFF)
_BITS = np.uint32(8)
"""Bits that are dropped of a shingle: of 24 left, two unlike shingles of 1,000 are equal in 1 of 17 articles."""
_ESCAPE = 65535


class Sketch(NamedTuple):
    """The two parts as they are kept."""

    sketch: bytes
    """Little-endian 32-bit numbers, ascending."""
    shingles: bytes
    """Steps between ascending 24-bit numbers, as little-endian 16-bit numbers; 65535 goes on to the next."""
    shingle_count: int
    """How many shingles there are."""


def sketch(texts: Sequence[str]) -> list[Sketch]:
    """Return the sketch of each text, in their order."""
    shingled = shingle(texts)
    counts = np.diff(shingled.ends, prepend=0)
    keys = np.repeat(np.arange(len(texts), dtype=np.uint64), counts) << np.uint64(32) | shingled.hashes
    ordered = np.sort(keys)
    samples = _split(_sample(shingled, keys, ordered), len(texts))
    wholes = _steps(ordered, len(texts))
    packed = zip(samples, wholes, strict=True)
    return [Sketch(sample.astype("<u4").tobytes(), steps, count) for sample, (steps, count) in packed]


def unpack_sketch(packed: bytes) -> Numbers:
    """Return the numbers of `Sketch.sketch`."""
    return np.frombuffer(packed, "<u4")


def unpack_shingles(packed: bytes) -> Numbers:
    """Return the ascending numbers of `Sketch.shingles`."""
    steps = np.frombuffer(packed, "<u2")
    numbers: Numbers = np.cumsum(steps, dtype=np.uint32)[steps != _ESCAPE] - np.uint32(1)
    return numbers


def _sample(
    shingled: Shingled, keys: npt.NDArray[np.uint64], ordered: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    """Return the sampled keys (text number above, shingle below), ascending and each once."""
    starts = shingled.ends - np.diff(shingled.ends, prepend=0)
    smallest = ordered[(starts[:, None] + np.arange(SMALLEST))[_within(starts, shingled.ends, SMALLEST)]]
    return np.unique(np.concatenate([smallest, _winnow(shingled, keys, starts)]))


def _within(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.bool_]:
    return starts[:, None] + np.arange(count) < ends[:, None]


def _winnow(shingled: Shingled, keys: npt.NDArray[np.uint64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return the keys that are the smallest of a window; a text shorter than a window is one."""
    least = np.append(keys, np.full(WINDOW, np.iinfo(np.uint64).max))
    width = 1
    while width < WINDOW:
        least = np.minimum(least, np.append(least[width:], np.full(width, np.iinfo(np.uint64).max)))
        width *= 2
    # A window that reaches into the next text still has its least key in this one: the text's number stands above.
    last = np.maximum(shingled.ends - WINDOW, starts)
    begins = np.arange(len(keys)) <= np.repeat(last, shingled.ends - starts)
    chosen = least[: len(keys)][begins]
    changes = np.ones(len(chosen), np.bool_)
    changes[1:] = chosen[1:] != chosen[:-1]
    return chosen[changes]


def _steps(ordered: npt.NDArray[np.uint64], texts: int) -> list[tuple[bytes, int]]:
    """Return `Sketch.shingles` and `Sketch.shingle_count` of each text."""
    kept = ordered >> np.uint64(_BITS)
    fresh = np.ones(len(kept), np.bool_)
    fresh[1:] = kept[1:] != kept[:-1]
    kept = kept[fresh]
    owners = (kept >> np.uint64(24)).astype(np.int64)
    numbers = (kept & np.uint64(0xFFFFFF)).astype(np.int64) + 1
    steps = np.diff(numbers, prepend=0)
    first = np.ones(len(owners), np.bool_)
    first[1:] = owners[1:] != owners[:-1]
    steps[first] = numbers[first]
    escapes, rest = np.divmod(steps, _ESCAPE)
    places = np.cumsum(escapes + 1)
    packed = np.full(int(places[-1]) if len(places) else 0, _ESCAPE, "<u2")
    packed[places - 1] = rest
    ends = np.searchsorted(owners, np.arange(texts), side="right")
    counts = np.diff(ends, prepend=0).tolist()
    cuts = [0, *(np.append(0, places)[ends] * 2).tolist()]
    whole = packed.tobytes()
    return [(whole[start:end], count) for (start, end), count in zip(pairwise(cuts), counts, strict=True)]


def _split(keys: npt.NDArray[np.uint64], texts: int) -> list[Numbers]:
    """Return the shingles of each text from keys that are ascending."""
    ends = np.searchsorted(keys >> np.uint64(32), np.arange(texts), side="right")
    numbers = (keys & np.uint64(_EVER)).astype(np.uint32)
    return [numbers[start:end] for start, end in pairwise([0, *ends.tolist()])]
