"""Postings: which numbered things have a value, for millions of them, sorted so that they are found at once.

Several sorted arrays are kept, each at least four times as long as the next, so that adding is cheap as well. What
would take more memory than allowed lies in a file without a name, which is gone with the process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Payload = npt.NDArray[np.uint32]

GROWTH = 4
"""A new array is merged with those that are less than so many times as long."""
_MERGED_AT_ONCE = 1 << 20
_T = TypeVar("_T", bound=np.generic)


class Room(NamedTuple):
    """How much memory postings may take, and where the rest goes."""

    memory: int
    """Bytes; an array is written to a file where it and what it is made of would take more."""
    folder: Path | None
    """None for the system's folder of temporary files."""


class Run(NamedTuple):
    """A sorted array of keys, and the numbers of the things that have them."""

    keys: Keys
    numbers: Payload

    @property
    def size_bytes(self) -> int:
        """Return how many bytes the two arrays are."""
        return self.keys.nbytes + self.numbers.nbytes


class Found(NamedTuple):
    """What lies in ranges of keys, range by range within each array."""

    asked: Numbers
    """Index of the range."""
    keys: Keys
    numbers: Numbers


class Ranges(NamedTuple):
    """Where ranges of keys lie in an array."""

    run: Run
    starts: Numbers
    ends: Numbers


class Postings:
    """Keys, with numbers beside them where `has_numbers`; a thing has as many keys as it has values."""

    def __init__(self, room: Room, *, has_numbers: bool) -> None:
        self._room = room
        self._has_numbers = has_numbers
        self._runs: list[Run] = []

    @property
    def size_bytes(self) -> int:
        """Return how many bytes are in memory."""
        return sum(map(_in_memory, self._runs))

    def add(self, keys: Keys, numbers: Payload | None = None) -> None:
        """Take in keys, with their numbers where there are any."""
        if not len(keys):
            return
        new = _sorted(Run(keys, np.zeros(0, np.uint32) if numbers is None else numbers))
        runs = self._runs.copy()
        while runs and len(runs[-1].keys) < GROWTH * len(new.keys):
            new = self._merged(runs.pop(), new)
        if _in_memory(new) and _in_memory(new) + sum(map(_in_memory, runs)) > self._room.memory:
            new = self._written([new])
        # One assignment: whoever searches meanwhile sees the arrays before or after it.
        self._runs = [*runs, new]

    def locate(self, lows: Keys, highs: Keys) -> list[Ranges]:
        """Return where each range of keys lies, both ends included, in each of the arrays."""
        return [
            Ranges(run, np.searchsorted(run.keys, lows), np.searchsorted(run.keys, highs, "right"))
            for run in self._runs
        ]

    def has(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Return which of `keys` are there."""
        there = np.zeros(len(keys), np.bool_)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run.keys, keys), len(run.keys) - 1)
            there |= run.keys[places] == keys
        return there

    def _merged(self, one: Run, other: Run) -> Run:
        taken = self.size_bytes + one.size_bytes + 2 * other.size_bytes
        pieces = _pieces(one, other)
        return _collected(pieces, one, other) if taken <= self._room.memory else self._written(pieces)

    def _written(self, pieces: Iterable[Run]) -> Run:
        """Return pieces that follow each other as one array in a file; raises OSError where there is no room for it."""
        with self._file() as keys, self._file() as numbers:
            length = 0
            for piece in pieces:
                keys.write(piece.keys.tobytes())
                numbers.write(piece.numbers.tobytes())
                length += len(piece.keys)
            beside = _mapped(numbers, np.uint32, length) if self._has_numbers else np.zeros(0, np.uint32)
            return Run(_mapped(keys, np.uint64, length), beside)

    def _file(self) -> IO[bytes]:
        return tempfile.TemporaryFile(dir=self._room.folder)


def _mapped(file: IO[bytes], kind: type[_T], length: int) -> npt.NDArray[_T]:
    """Return what a file holds; it stays readable when the file is closed, and is gone with the last who reads."""
    file.flush()
    return np.memmap(file, kind, "r", shape=(length,))


def fetch(ranges: Ranges) -> Found:
    """Return what lies in `ranges`."""
    run, starts, ends = ranges
    lengths = ends - starts
    places = spread(starts, lengths)
    numbers = run.numbers[places].astype(np.int64) if len(run.numbers) else np.zeros(0, np.int64)
    return Found(np.repeat(np.arange(len(starts)), lengths), run.keys[places], numbers)


def spread(starts: npt.NDArray[np.int64] | int, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the numbers of ranges, one range after the other: so many from each of `starts` on."""
    shifts = starts - np.cumsum(lengths) + lengths
    numbers: npt.NDArray[np.int64] = np.arange(lengths.sum()) + np.repeat(shifts, lengths)
    return numbers


def _in_memory(run: Run) -> int:
    return 0 if isinstance(run.keys, np.memmap) else run.size_bytes


def _joined(one: Run, other: Run) -> Run:
    return Run(np.concatenate([one.keys, other.keys]), np.concatenate([one.numbers, other.numbers]))


def _sorted(run: Run) -> Run:
    if not len(run.numbers):
        return Run(np.sort(run.keys, kind="stable"), run.numbers)
    order = np.argsort(run.keys, kind="stable")
    return Run(run.keys[order], run.numbers[order])


def _collected(pieces: Iterable[Run], one: Run, other: Run) -> Run:
    """Return pieces of `one` and `other` as one array; sorting them together would take twice the memory."""
    keys = np.empty(len(one.keys) + len(other.keys), np.uint64)
    numbers = np.empty(len(one.numbers) + len(other.numbers), np.uint32)
    place = 0
    for piece in pieces:
        end = place + len(piece.keys)
        keys[place:end] = piece.keys
        if len(numbers):
            numbers[place:end] = piece.numbers
        place = end
    return Run(keys, numbers)


def _pieces(one: Run, other: Run) -> Iterator[Run]:
    """Yield all of two arrays in the order of the keys."""
    begun = 0
    for start in range(0, len(one.keys), _MERGED_AT_ONCE):
        piece = _part(one, start, start + _MERGED_AT_ONCE)
        end = int(np.searchsorted(other.keys, piece.keys[-1], "right"))
        yield _sorted(_joined(piece, _part(other, begun, end)))
        begun = end
    for start in range(begun, len(other.keys), _MERGED_AT_ONCE):
        yield _part(other, start, start + _MERGED_AT_ONCE)


def _part(run: Run, start: int, end: int) -> Run:
    return Run(run.keys[start:end], run.numbers[start:end])
