"""The index of samples: which texts have numbers in common with those asked for, among all that ever landed.

It is a cache: `refresh` reads what the ledger has had since the last time, and a new one reads everything.
Which texts are found hangs on the two texts alone, not on what else there is: the order of arrival makes no difference.
How often a number occurs decides only in which order things are looked at, as texts that must have several numbers in
common have one beside the most frequent of them. One bound is left: see `MOST_HAVING`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from warehouse import ledger_schema as schema
from warehouse.behind import Part, rows_behind
from warehouse.postings import Keys, Numbers, Postings, Ranges, Room, fetch, spread

MIN_LIKELY = 0.35
"""Share of the numbers which the sample of the smaller of two texts is likely to have in common with the larger if it
stands there whole: with less they are not looked at. Of pairs that are copies 1 in 2,500 has less, and of cuts of 70
words 1 in 30. Texts that have a stock phrase in common pass where the smaller one has fewer than 120 words."""
MIN_GIST, GIST_CHANCE = 0.7, 0.9
"""Share of the smaller text's gist that the larger has, and how many times the root of its size may miss by chance.
Texts with nothing but stock phrases in common share next to nothing of it."""
MOST_HAVING = 1024
"""A number that more texts have finds none by itself, unless it is among the rarer half of a text's: phrases of a trade
that the shipped background does not know stand in a quarter of all articles, and would cost as much as there are. It
concerns texts that have nothing but such numbers in common."""
FEW_HAVING = 64
"""A number that no more texts have is looked up in full without further thought."""
CUT_SHARE = 0.85
"""A text that is a cut of another, and not near to it, has at most this share of its length."""
MOST_CUTS = 64
"""So many longer and shorter texts are followed from one, the longest first."""
MEMORY = 96 << 20
"""Bytes that the samples take in memory at most, by default; a million articles need 100 MB, and 50 for their gists."""
_SAMPLED_AT = 64, 32
"""A text of so many shingles has one number in its sample that does not hang on where the text ends, and one more for
each 32 (transforms/deduplicate/sketch.py)."""
_BEHIND, _NEEDS = np.uint64(32), np.uint64(30)
"""A key is a number of a sample (32 bits), how many numbers such a text must have in common with another, less one
(2 bits: 0 to 3), and the number of the text (30 bits)."""
_ALL_BEHIND, _TEXT = np.uint64((1 << 32) - 1), np.uint64((1 << 30) - 1)
_GIST_BITS = np.uint32(16)
_PAIRS_AT_ONCE = 512
"""Whose gists are sorted together: 60 numbers of 32 bits each, which fit the cache."""
_ALL = 4
_T = TypeVar("_T", bound=np.generic)


class Sample(NamedTuple):
    """The sample of a text."""

    sketch: bytes
    shingle_count: int


class Hits(NamedTuple):
    """Texts that have enough in common with the samples asked for: one element per pair."""

    asked: Numbers
    """Index of the sample."""
    numbers: Numbers
    """Number of the text."""
    common: Numbers
    """How many numbers the samples have in common."""

    def where(self, chosen: npt.NDArray[np.bool_]) -> Hits:
        """Return the chosen pairs."""
        return Hits(self.asked[chosen], self.numbers[chosen], self.common[chosen])


class _Unpacked(NamedTuple):
    """What several sketches hold, one after the other."""

    values: Keys
    counts: Numbers
    gists: npt.NDArray[np.uint16]
    gist_counts: Numbers


class _Gists(NamedTuple):
    """The gists of texts by their numbers."""

    bits: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.uint16]

    def grown(self, places: Numbers, added: _Unpacked) -> _Gists:
        """Return these with more behind them."""
        used = int(self.starts[-1]) + int(self.counts[-1]) if len(self.starts) else 0
        begins = used + np.cumsum(added.gist_counts) - added.gist_counts
        bits = _grown(self.bits[:used], np.arange(used, used + len(added.gists)), added.gists)
        length = int(places[-1]) + 1
        starts = np.full(length, used, np.uint32)
        starts[: len(self.starts)] = self.starts[:length]
        starts[places] = begins
        counts = np.zeros(length, np.uint16)
        counts[: len(self.counts)] = self.counts[:length]
        counts[places] = added.gist_counts
        return _Gists(bits, starts, counts)

    def of(self, numbers: Numbers) -> npt.NDArray[np.uint32]:
        """Return keys: the place in `numbers` (fewer than 65,536) above, 16 bits of a gist below."""
        counts = self.counts[numbers].astype(np.int64)
        places = spread(self.starts[numbers].astype(np.int64), counts)
        above = np.repeat(np.arange(len(numbers), dtype=np.uint32) << _GIST_BITS, counts)
        keys: npt.NDArray[np.uint32] = above | self.bits[places]
        return keys


class _Asked(NamedTuple):
    """All numbers of the samples asked for, ascending."""

    values: Keys
    owners: Numbers
    sizes: Numbers
    """Shingles of each sample's text."""
    gists: _Gists


class SketchIndex:
    """The samples of all texts in the ledger: 8 bytes for each number of a sample; 60 more for a text of 400 words."""

    def __init__(self, room: Room | None = None) -> None:
        self._lock = Lock()
        self._mark = 0
        self._postings = Postings(room or Room(MEMORY, None), has_numbers=False)
        self._sizes = np.zeros(0, np.uint16)
        self._gists = _Gists(np.zeros(0, np.uint16), np.zeros(0, np.uint32), np.zeros(0, np.uint16))

    def __len__(self) -> int:
        """Return the number of the newest text that is known."""
        return self._mark

    @property
    def size_bytes(self) -> int:
        """Return how many bytes are in memory."""
        return self._postings.size_bytes + self._sizes.nbytes + sum(part.nbytes for part in self._gists)

    def refresh(self, connection: Connection) -> None:
        """Take in the texts that landed since the last time."""
        texts = schema.texts
        with self._lock:
            for part in rows_behind(connection, texts.c.number, texts.c.shingle_count, texts.c.sketch, self._mark):
                self._take_in(part)

    def add(self, numbers: Sequence[int], sizes: Sequence[int], sketches: Sequence[bytes]) -> None:
        """Take in texts with ascending numbers behind those that are known."""
        lengths = np.array(list(map(len, sketches)), np.int64)
        self._take_in(Part(np.array(numbers, np.int64), np.array(sizes, np.int64), b"".join(sketches), lengths))

    def _take_in(self, part: Part) -> None:
        samples = _unpack(part.data, part.lengths)
        needed = np.minimum(_needed(part.values), _ALL).astype(np.uint64) - np.uint64(1)
        behind = needed << _NEEDS | part.numbers.astype(np.uint64)
        self._sizes = _grown(self._sizes, part.numbers, np.minimum(part.values, 65535).astype(np.uint16))
        self._gists = self._gists.grown(part.numbers, samples)
        self._postings.add(samples.values << _BEHIND | np.repeat(behind, samples.counts))
        self._mark = int(part.numbers[-1])

    def search(self, samples: Sequence[Sample]) -> Hits:
        """Return the texts with enough in common with each of `samples`."""
        asked = _to_asked(samples)
        pairs, counts = self._count(asked)
        owners = (pairs >> _BEHIND).astype(np.int64)
        numbers = (pairs & _TEXT).astype(np.int64)
        small = np.minimum(asked.sizes[owners], self._sizes[numbers])
        enough = np.flatnonzero(counts >= _needed(small))
        enough = enough[self._agree(asked, owners[enough], numbers[enough])]
        return Hits(owners[enough], numbers[enough], counts[enough])

    def cuts(self, hits: Hits, samples: Sequence[Sample]) -> set[int]:
        """Return which of `hits` are so much longer or shorter than what was asked for that one may be cut from it.

        For each of `samples`, which `hits` were found for, the longest `MOST_CUTS` count.
        """
        sizes = np.array([sample.shingle_count for sample in samples], np.int64)
        own, theirs = sizes[hits.asked], self._sizes[hits.numbers].astype(np.int64)
        unlike = np.flatnonzero((theirs < CUT_SHARE * own) | (own < CUT_SHARE * theirs))
        order = unlike[np.lexsort((hits.numbers[unlike], -theirs[unlike], hits.asked[unlike]))]
        asked = hits.asked[order]
        ranks = np.arange(len(order)) - np.searchsorted(asked, asked)
        return set(hits.numbers[order[ranks < MOST_CUTS]].tolist())

    def _count(self, asked: _Asked) -> tuple[Keys, Numbers]:
        """Return pairs (index of the sample, what stands in a key behind the number) with the numbers in common.

        Pairs that have too few in common may be missing.
        """
        lows = asked.values << _BEHIND
        located = self._postings.locate(lows, lows | _ALL_BEHIND)
        reach = _reach(asked, sum((one.ends - one.starts for one in located), np.zeros(len(lows), np.int64)))
        parts = [np.zeros(0, np.uint64)]
        for chosen, found in self._reached(lows, located, reach):
            parts += [_pairs(asked.owners[chosen], each) for each in found]
        pairs, counts = _counted(np.concatenate(parts))
        return pairs, counts + self._beyond(asked, reach, pairs)

    def _reached(self, lows: Keys, located: Sequence[Ranges], reach: Numbers) -> Iterator[tuple[Numbers, list[Ranges]]]:
        """Yield numbers by their index, and where the texts lie that are looked at for them."""
        full = np.flatnonzero(reach == _ALL)
        yield full, [Ranges(one.run, one.starts[full], one.ends[full]) for one in located]
        for most in range(1, _ALL):
            chosen = np.flatnonzero(reach == most)
            if len(chosen):
                last = (np.uint64(most) << _NEEDS) - np.uint64(1)
                yield chosen, self._postings.locate(lows[chosen], lows[chosen] | last)

    def _beyond(self, asked: _Asked, reach: Numbers, pairs: Keys) -> Numbers:
        """Return how many more numbers `pairs` have in common, among those that were not looked at for such texts."""
        limited = np.flatnonzero(reach < _ALL)
        limited = limited[np.argsort(asked.owners[limited], kind="stable")]
        owners = (pairs >> _BEHIND).astype(np.int64)
        starts, ends = (np.searchsorted(asked.owners[limited], owners, side) for side in ("left", "right"))
        of_pair = np.repeat(np.arange(len(pairs)), ends - starts)
        number = limited[spread(starts, ends - starts)]
        behind = pairs[of_pair] & _ALL_BEHIND
        was_not = (behind >> _NEEDS).astype(np.int64) >= reach[number]
        keys = asked.values[number[was_not]] << _BEHIND | behind[was_not]
        return np.bincount(of_pair[was_not][self._postings.has(keys)], minlength=len(pairs))

    def _agree(self, asked: _Asked, owners: Numbers, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Return whether the larger of two texts has enough of the gist of the smaller."""
        common = np.zeros(len(owners), np.int64)
        for start in range(0, len(owners), _PAIRS_AT_ONCE):
            pairs = slice(start, start + _PAIRS_AT_ONCE)
            both = np.concatenate([asked.gists.of(owners[pairs]), self._gists.of(numbers[pairs])])
            both.sort()
            twice = both[1:][both[1:] == both[:-1]] >> _GIST_BITS
            common[pairs] = np.bincount(twice, minlength=len(owners[pairs]))
        is_smaller = asked.sizes[owners] <= self._sizes[numbers]
        sizes = np.where(is_smaller, asked.gists.counts[owners], self._gists.counts[numbers]).astype(np.float64)
        agree: npt.NDArray[np.bool_] = common >= MIN_GIST * sizes - GIST_CHANCE * np.sqrt(sizes)
        return agree


def _reach(asked: _Asked, having: Numbers) -> Numbers:
    """Return of each number which texts are looked at: those that need so many numbers in common, or 4 for all.

    Of the numbers that two texts have in common, K or more, one is not among the K - 1 that most texts have.
    """
    order = np.lexsort((-having, asked.owners))
    owners = asked.owners[order]
    starts = np.searchsorted(owners, owners)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(1, len(order) + 1) - starts
    numbers = np.bincount(asked.owners, minlength=len(asked.sizes))[asked.owners]
    reach = np.where(rank >= np.minimum(_needed(asked.sizes)[asked.owners], _ALL), _ALL, rank)
    reach[(having > MOST_HAVING) & (2 * rank <= numbers)] = 0
    reach[having <= FEW_HAVING] = _ALL
    return reach


def _pairs(owners: Numbers, ranges: Ranges) -> Keys:
    found = fetch(ranges)
    pairs: Keys = owners[found.asked].astype(np.uint64) << _BEHIND | found.keys & _ALL_BEHIND
    return pairs


def _counted(values: Keys) -> tuple[Keys, Numbers]:
    """Return the different ones of `values`, ascending, and how often each is there."""
    ordered = np.sort(values)
    firsts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, np.int64)
    return ordered[firsts], np.diff(np.append(firsts, len(ordered)))


def _to_asked(samples: Sequence[Sample]) -> _Asked:
    lengths = np.array([len(sample.sketch) for sample in samples], np.int64)
    unpacked = _unpack(b"".join(sample.sketch for sample in samples), lengths)
    order = np.argsort(unpacked.values, kind="stable")
    sizes = np.array([sample.shingle_count for sample in samples], np.int64)
    nothing = _Gists(np.zeros(0, np.uint16), np.zeros(0, np.uint32), np.zeros(0, np.uint16))
    gists = nothing.grown(np.arange(len(samples)), unpacked) if samples else nothing
    return _Asked(unpacked.values[order], np.repeat(np.arange(len(samples)), unpacked.counts)[order], sizes, gists)


def _unpack(sketches: bytes, lengths_bytes: Numbers) -> _Unpacked:
    """Return all parts of sketches: how many numbers a sample has, in 16 bits; these, of 32 bits; a gist of 16 bits."""
    halves = np.append(np.frombuffer(sketches, "<u2"), np.uint16(0))
    lengths = lengths_bytes // 2
    starts = np.cumsum(lengths) - lengths
    counts = np.where(lengths > 0, halves[starts], 0).astype(np.int64)
    places = np.repeat(starts + 1, counts) + 2 * spread(0, counts)
    values = halves[places].astype(np.uint64) | halves[places + 1].astype(np.uint64) << np.uint64(16)
    gist_counts = np.maximum(lengths - 1 - 2 * counts, 0)
    gists = halves[np.repeat(starts + 1 + 2 * counts, gist_counts) + spread(0, gist_counts)]
    return _Unpacked(values, counts, gists, gist_counts)


def _expected(sizes: Numbers) -> npt.NDArray[np.float64]:
    """Return how many numbers a text of so many shingles is likely to have in common with one in which it stands."""
    least, step = _SAMPLED_AT
    expected: npt.NDArray[np.float64] = 1 + np.maximum(sizes - least, 0) / step
    return expected


def _needed(sizes: Numbers) -> Numbers:
    """Return how many numbers such a text must have in common with another."""
    return np.ceil(MIN_LIKELY * _expected(sizes)).astype(np.int64)


def _grown(known: npt.NDArray[_T], places: Numbers, values: npt.NDArray[_T]) -> npt.NDArray[_T]:
    """Return `known` with `values` at `places`, which lie beyond its end."""
    grown = np.zeros(max(int(places[-1]) + 1, len(known)) if len(places) else len(known), known.dtype)
    grown[: len(known)] = known
    grown[places] = values
    return grown
