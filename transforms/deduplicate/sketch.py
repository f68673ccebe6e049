"""The sketch of a text: what copies of it are found by, and what they are proved by.

`sketch` is a sample of the shingles, chosen where they stand: a text that shares 67 words in a row with another shares
a number of the sample with it, however long either is (winnowing: Schleimer, Wilkerson, Aiken 2003). The smallest
numbers of the text are added, so that short texts and texts with many small edits meet too. Shingles of words that
every text has are the largest numbers, and are sampled only where there are no others.
Behind the sample stands the gist: 16 bits of one shingle in sixteen, by which texts that have stock phrases in common,
and nothing else, are seen to be unlike at once.
`shingles` is all of them, 24 bits each, from which similarity and containment are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.shingles import Numbers, Shingled, shingle

WINDOW = 64
"""Shingles of which the smallest is taken: two of 65 on average."""
SMALLEST = 8
"""Of pairs of texts that share half of their shingles 1 in 250 shares none of these; of 0.6, 1 in 1,500."""
_GIST_EVERY = np.uint32(16)
_BITS = 8
"""Bits that are dropped of a shingle: of 24 left, two unlike shingles of 1,000 are equal in 1 of 17 articles."""
_ESCAPE = 65535
_Keys = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]


class Sketch(NamedTuple):
    """The two parts as they are kept."""

    sketch: bytes
    """How many numbers the sample has, in 2 bytes; the sample as little-endian 32-bit numbers, ascending; the gist as
    16-bit numbers, ascending. No bytes for a text without words."""
    shingles: bytes
    """Steps between ascending 24-bit numbers, as little-endian 16-bit numbers; 65535 goes on to the next."""
    shingle_count: int
    """How many shingles there are."""


class _Wholes(NamedTuple):
    """All 24-bit numbers of several texts, ascending within each, each once."""

    numbers: Numbers
    ends: _Places


def sketch(texts: Sequence[str]) -> list[Sketch]:
    """Return the sketch of each text, in their order."""
    shingled = shingle(texts)
    ordered = shingled.hashes.copy()
    # One text after the other: sorting them together would cost ten times as much.
    for start, end in pairwise([0, *shingled.ends.tolist()]):
        ordered[start:end].sort()
    samples = _samples(shingled, ordered)
    wholes = _wholes(ordered, shingled.ends)
    gists, steps = _gists(wholes), _steps(wholes)
    sizes = np.diff(wholes.ends, prepend=0).tolist()
    return [
        Sketch((len(sample) // 4).to_bytes(2, "little") + sample + gist if size else b"", step, size)
        for gist, sample, step, size in zip(gists, samples, steps, sizes, strict=True)
    ]


def unpack_samples(packed: Sequence[bytes]) -> tuple[Numbers, _Places]:
    """Return the numbers of the samples of several `Sketch.sketch`, one after the other, and how many each has."""
    counts = [int.from_bytes(each[:2], "little") for each in packed]
    samples = [each[2 : 2 + 4 * count] for each, count in zip(packed, counts, strict=True)]
    return np.frombuffer(b"".join(samples), "<u4"), np.array(counts, np.int64)


def unpack_gists(packed: Sequence[bytes]) -> list[Numbers]:
    """Return the gist of each `Sketch.sketch`."""
    gists = [each[2 + 4 * int.from_bytes(each[:2], "little") :] for each in packed]
    numbers = np.frombuffer(b"".join(gists), "<u2").astype(np.uint32)
    ends = np.cumsum(np.fromiter(map(len, gists), np.int64, len(gists)) // 2).tolist()
    return [numbers[start:end] for start, end in pairwise([0, *ends])]


def unpack_shingles(packed: Sequence[bytes]) -> tuple[Numbers, _Places]:
    """Return the ascending numbers of several `Sketch.shingles`, one after the other, and how many each has."""
    steps = np.frombuffer(b"".join(packed), "<u2")
    ends = np.cumsum(np.fromiter(map(len, packed), np.int64, len(packed))) // 2
    # Sums that are too large for 32 bits lose what the differences do not need.
    sums = np.append(np.uint32(0), np.cumsum(steps, dtype=np.uint32))
    places = np.flatnonzero(steps != _ESCAPE) + 1
    counts = np.diff(np.searchsorted(places, ends, "right"), prepend=0)
    numbers = sums[places]
    numbers -= np.repeat(sums[_starts(ends)] + np.uint32(1), counts)
    return numbers, counts


def _samples(shingled: Shingled, ordered: Numbers) -> list[bytes]:
    """Return the sample of each text; `ordered` are the shingles, ascending within each text."""
    starts = _starts(shingled.ends)
    places = [place[place < shingled.ends] for place in (starts + offset for offset in range(SMALLEST))]
    owners = np.concatenate([np.flatnonzero(starts + offset < shingled.ends) for offset in range(SMALLEST)])
    smallest = _keys(owners, ordered[np.concatenate(places)])
    sampled = np.sort(np.concatenate([smallest, _winnow(shingled, starts)]))
    sampled = sampled[_is_new(sampled)]
    numbers = (sampled & np.uint64(0xFFFFFFFF)).astype("<u4").tobytes()
    cuts = (np.searchsorted(sampled, _keys(np.arange(len(starts) + 1), np.uint32(0))) * 4).tolist()
    return [numbers[start:end] for start, end in pairwise(cuts)]


def _winnow(shingled: Shingled, starts: _Places) -> _Keys:
    """Return the keys that are the smallest of a window within a text; of a shorter text that is among its smallest."""
    least = shingled.hashes
    width = 1
    while width < WINDOW and len(least) > width:
        least = np.minimum(least[:-width], least[width:])
        width *= 2
    windows = np.maximum(shingled.ends - starts - WINDOW + 1, 0)
    if not windows.any():
        return np.zeros(0, np.uint64)
    inside = np.zeros(len(least) + 1, np.int8)
    long = windows > 0
    inside[starts[long]] += 1
    inside[(starts + windows)[long]] -= 1
    changes = np.cumsum(inside[:-1], dtype=np.int8).astype(np.bool_)
    changes[1:] &= (least[1:] != least[:-1]) | (inside[1:-1] > 0)
    places = np.flatnonzero(changes)
    return _keys(np.searchsorted(shingled.ends, places, "right"), least[places])


def _keys(texts: _Places, numbers: Numbers | np.uint32) -> _Keys:
    keys: _Keys = texts.astype(np.uint64) << np.uint64(32) | numbers
    return keys


def _starts(ends: _Places) -> _Places:
    return ends - np.diff(ends, prepend=0)


def _is_new(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which of ascending values are not those before them."""
    fresh = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return fresh


def _wholes(ordered: Numbers, ends: _Places) -> _Wholes:
    kept = ordered >> np.uint32(_BITS)
    fresh = _is_new(kept)
    fresh[_starts(ends)[np.diff(ends, prepend=0) > 0]] = True
    counts = np.append(0, np.cumsum(fresh))
    return _Wholes(kept[fresh], counts[ends])


def _gists(wholes: _Wholes) -> list[bytes]:
    """Return for each text 16 bits of those of its numbers that are a multiple of sixteen, ascending, each once."""
    places = np.flatnonzero(wholes.numbers % _GIST_EVERY == 0)
    bits = wholes.numbers[places] // _GIST_EVERY & np.uint32(0xFFFF)
    keys = np.sort(_keys(np.searchsorted(wholes.ends, places, "right"), bits))
    keys = keys[_is_new(keys)]
    cuts = np.searchsorted(keys, _keys(np.arange(len(wholes.ends) + 1), np.uint32(0))) * 2
    gists = (keys & np.uint64(0xFFFF)).astype("<u2").tobytes()
    return [gists[start:end] for start, end in pairwise(cuts.tolist())]


def _steps(wholes: _Wholes) -> list[bytes]:
    """Return `Sketch.shingles` of each text."""
    numbers, ends = wholes.numbers, wholes.ends
    steps = numbers.copy()
    steps[1:] -= numbers[:-1]
    firsts = _starts(ends)[np.diff(ends, prepend=0) > 0]
    steps[firsts] = numbers[firsts] + np.uint32(1)
    escapes = steps // np.uint32(_ESCAPE)
    far = np.flatnonzero(escapes)
    shifts = np.append(0, np.cumsum(escapes[far], dtype=np.int64))
    places = np.arange(len(steps)) + np.repeat(shifts, np.diff([0, *far, len(steps)]))
    packed = np.full(len(steps) + int(shifts[-1]), _ESCAPE, "<u2")
    packed[places] = steps - escapes * np.uint32(_ESCAPE)
    whole = packed.tobytes()
    cuts = [0, *(np.append(0, places + 1)[ends] * 2).tolist()]
    return [whole[start:end] for start, end in pairwise(cuts)]
