"""The index of terms: which articles have some of the heaviest terms of those asked for, told near them in time.

It is a cache, as the index of samples is (warehouse/sketch_index.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from sqlalchemy import Connection, func

from warehouse import ledger_schema as schema
from warehouse.behind import ABSENT, rows_behind
from warehouse.postings import Keys, Numbers, Postings, Ranges, Room, fetch

INDEXED_TERMS = 12
"""Of an article's terms, the heaviest."""
REACH_DAYS = 120
"""Articles told farther apart are looked at as if they had nothing in common."""
MOST_PER_TERM = 128
"""Articles that are looked at for one term, those told nearest: names that everybody has say little."""
MOST_ARTICLES = 16
"""Articles by which an article's stories are found, those with the most terms in common."""
MIN_SHARED_TERMS = 2
"""Of the indexed ones; one is enough for an article with few terms."""
FEW_TERMS = 12
MEMORY = 96 << 20
"""Bytes that the terms take in memory at most, by default; a million articles need 144 MB."""
_MICROSECONDS_PER_DAY = 86_400_000_000
_TERM = np.dtype([("term", "<u4"), ("weight", "<f2")])
_LAST_DAY = 0xFFFF
_DAY_BITS = np.uint64(16)


class StoryIndex:
    """The heaviest terms of all articles in the ledger with the day on which each was told: 12 bytes a term."""

    def __init__(self, room: Room | None = None) -> None:
        self._lock = Lock()
        self._mark = 0
        self._postings = Postings(room or Room(MEMORY, None), has_numbers=True)

    @property
    def size_bytes(self) -> int:
        """Return how many bytes are in memory."""
        return self._postings.size_bytes

    def refresh(self, connection: Connection) -> None:
        """Take in the articles that landed since the last time."""
        terms = schema.story_terms
        with self._lock:
            heaviest = func.substr(terms.c.terms, 1, INDEXED_TERMS * _TERM.itemsize)
            for part in rows_behind(connection, terms.c.number, terms.c.told_at, heaviest, self._mark):
                counts = part.lengths // _TERM.itemsize
                keys = _unpack(part.data) << _DAY_BITS | np.repeat(_to_days(part.values), counts).astype(np.uint64)
                self._postings.add(keys, np.repeat(part.numbers.astype(np.uint32), counts))
                self._mark = int(part.numbers[-1])

    def search(self, moments: Sequence[int | None], packed: Sequence[bytes]) -> set[int]:
        """Return the numbers of articles that have terms in common with those asked for, told near them in time."""
        terms, counts = _heaviest(packed)
        known = np.array([ABSENT if moment is None else moment for moment in moments], np.int64)
        owners, days = np.repeat(np.arange(len(packed)), counts), np.repeat(_to_days(known), counts)
        # Articles that do not say when they were told stand at day 0, and may be near any other.
        dated = days > 0
        lows, highs = np.where(dated, days - REACH_DAYS, 0), np.where(dated, days + REACH_DAYS, _LAST_DAY)
        undated = np.zeros(int(dated.sum()), np.int64)
        ranges = np.concatenate([_ranges(terms, lows, days, highs), _ranges(terms[dated], undated, undated, undated)])
        of_range = np.concatenate([owners, owners[dated]])
        found = [fetch(one) for one in self._nearest(*ranges.T)]
        pairs = np.concatenate(
            [np.zeros(0, np.uint64)]
            + [of_range[one.asked].astype(np.uint64) << np.uint64(32) | one.numbers.astype(np.uint64) for one in found]
        )
        least = np.array([1 if len(one) <= FEW_TERMS * _TERM.itemsize else MIN_SHARED_TERMS for one in packed])
        return _best(pairs, least)

    def _nearest(self, lows: Keys, middles: Keys, highs: Keys) -> list[Ranges]:
        """Return of each range the `MOST_PER_TERM` in each array that are nearest to its middle."""
        nearest = []
        for run, starts, ends in self._postings.locate(lows, highs):
            around = np.searchsorted(run.keys, middles) - MOST_PER_TERM // 2
            starts = np.maximum(starts, np.minimum(around, ends - MOST_PER_TERM))
            nearest.append(Ranges(run, starts, np.minimum(ends, starts + MOST_PER_TERM)))
        return nearest


def _best(pairs: Keys, least: Numbers) -> set[int]:
    """Return the numbers that have the most terms in common with what was asked for; `least` by what was asked for."""
    listed, shared = np.unique(pairs, return_counts=True)
    enough = shared >= least[(listed >> np.uint64(32)).astype(np.int64)]
    listed, shared = listed[enough], shared[enough]
    asked, numbers = listed >> np.uint64(32), listed & np.uint64(0xFFFFFFFF)
    order = np.lexsort((numbers, -shared, asked))
    ranks = np.arange(len(order)) - np.searchsorted(asked[order], asked[order])
    return set(numbers[order][ranks < MOST_ARTICLES].astype(np.int64).tolist())


def _ranges(terms: Keys, lows: Numbers, middles: Numbers, highs: Numbers) -> Keys:
    """Return keys in three columns: from, around and to which day of each term."""
    days = np.clip(np.stack([lows, middles, highs], axis=1), 0, _LAST_DAY).astype(np.uint64)
    keys: Keys = terms[:, None] << _DAY_BITS | days
    return keys


def _heaviest(packed: Sequence[bytes]) -> tuple[Keys, Numbers]:
    """Return the heaviest terms of several articles, and how many each has; they are kept in the order of weight."""
    cut = [terms[: INDEXED_TERMS * _TERM.itemsize] for terms in packed]
    counts = np.array(list(map(len, cut)), np.int64) // _TERM.itemsize
    return _unpack(b"".join(cut)), counts


def _unpack(packed: bytes) -> Keys:
    return np.frombuffer(packed, _TERM)["term"].astype(np.uint64)


def _to_days(moments: Numbers) -> Numbers:
    """Return days since 1970, from 1 to 65,535; 0 for an unknown moment."""
    return np.where(moments == ABSENT, 0, np.clip(moments // _MICROSECONDS_PER_DAY, 1, _LAST_DAY))
