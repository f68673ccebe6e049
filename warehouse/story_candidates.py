"""Which stories an article may belong to: those of articles that have some of its terms and were told near it.

The index in memory is a cache, as that of `warehouse.sketches`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Column, Connection, Row, func, or_, select

from warehouse import ledger_schema as schema
from warehouse.postings import Keys, Postings
from warehouse.seen import among
from warehouse.tables import STORY_TERMS, values

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
MOST_WEIGHED = 64
"""Of a larger story only the newest articles' terms are weighed."""
ROWS_AT_ONCE = 50_000
_MICROSECONDS_PER_DAY = 86_400_000_000
_TERM = np.dtype([("term", "<u4"), ("weight", "<f2")])


class StoryIndex:
    """The heaviest terms of all articles in the ledger with the day on which each was told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark = 0
        self._postings = Postings()

    def refresh(self, connection: Connection) -> None:
        """Take in the articles that landed since the last time."""
        terms = schema.story_terms
        with self._lock:
            while True:
                rows = connection.execute(
                    select(terms.c.number, terms.c.told_at, terms.c.terms)
                    .where(terms.c.number > self._mark)
                    .order_by(terms.c.number)
                    .limit(ROWS_AT_ONCE)
                ).all()
                if rows:
                    numbers, moments, packed = zip(*rows, strict=True)
                    self._add(numbers, moments, packed)
                    self._mark = numbers[-1]
                if len(rows) < ROWS_AT_ONCE:
                    return

    def search(self, moments: Sequence[int | None], packed: Sequence[bytes]) -> set[int]:
        """Return the numbers of articles that have terms in common with those asked for, told near them in time."""
        lows, middles, highs, owners = [], [], [], []
        least = np.array([1 if len(terms) <= FEW_TERMS * _TERM.itemsize else MIN_SHARED_TERMS for terms in packed])
        for owner, (moment, terms) in enumerate(zip(moments, packed, strict=True)):
            day = _to_day(moment)
            # Articles that do not say when they were told stand at day 0.
            ranges = [(day - REACH_DAYS, day, day + REACH_DAYS), (0, 0, 0)] if day else [(0, 0xFFFF, 0xFFFF)]
            for term in _heaviest(terms):
                for low, middle, high in ranges:
                    lows.append(term << 16 | max(low, 0))
                    middles.append(term << 16 | middle)
                    highs.append(term << 16 | min(high, 0xFFFF))
                    owners.append(owner)
        lows_, middles_, highs_ = (np.array(each, np.uint64) for each in (lows, middles, highs))
        found = self._postings.find(lows_, highs_, most=MOST_PER_TERM, middles=middles_)
        pairs = np.array(owners, np.uint64)[found.asked] << np.uint64(32) | found.numbers.astype(np.uint64)
        listed, shared = np.unique(pairs, return_counts=True)
        enough = shared >= least[(listed >> np.uint64(32)).astype(np.int64)]
        listed, shared = listed[enough], shared[enough]
        asked, numbers = listed >> np.uint64(32), listed & np.uint64(0xFFFFFFFF)
        order = np.lexsort((numbers, -shared, asked))
        ranks = np.arange(len(order)) - np.searchsorted(asked[order], asked[order])
        return {int(number) for number in numbers[order][ranks < MOST_ARTICLES]}

    def _add(self, numbers: Sequence[int], moments: Sequence[int | None], packed: Sequence[bytes]) -> None:
        keys: list[int] = []
        owners: list[int] = []
        for number, moment, terms in zip(numbers, moments, packed, strict=True):
            day = _to_day(moment)
            heaviest = _heaviest(terms)
            keys.extend(term << 16 | day for term in heaviest)
            owners.extend([number] * len(heaviest))
        added: Keys = np.array(keys, np.uint64)
        self._postings.add(added, np.array(owners, np.uint32))


def candidates(connection: Connection, terms: pa.Table, index: StoryIndex) -> pa.Table:
    """Return the articles of all stories that those in `terms` (schema of `story_terms`) may belong to.

    Shape:  schema of `story_terms`, sorted by article_id; `terms` is NULL for the older articles of large stories.
    """
    index.refresh(connection)
    stored = schema.story_terms
    moments = values(terms.set_column(0, "micros", terms["told_at"].cast(pa.int64())), "micros")
    found = index.search(moments, [packed or b"" for packed in values(terms, "terms")])
    rows = _rows_of(connection, stored.c.number, found)
    rows |= _rows_of(connection, stored.c.article_id, set(values(terms, "article_id")))
    story_ids = {row.story_id for row in rows.values() if row.story_id is not None}
    rows |= _rows_of(connection, stored.c.story_id, story_ids)
    return _to_table(sorted(rows.values(), key=lambda row: str(row.article_id)))


def newest(connection: Connection, reach: timedelta) -> pa.Table:
    """Return the articles told in the last `reach` before the newest, those that do not say when, and their stories'.

    Shape: as `candidates`, with all terms.
    """
    stored = schema.story_terms
    last = connection.execute(select(func.max(stored.c.told_at))).scalar()
    since = 0 if last is None else last - reach // timedelta(microseconds=1)
    recent = or_(stored.c.told_at >= since, stored.c.told_at.is_(None))
    stories = select(stored.c.story_id).where(recent, stored.c.story_id.isnot(None))
    rows = connection.execute(
        select(stored).where(or_(recent, stored.c.story_id.in_(stories))).order_by(stored.c.article_id)
    ).all()
    return _to_table(rows, most_weighed=len(rows))


def _rows_of(connection: Connection, column: Column[Any], wanted: Collection[Any]) -> dict[str, Row[Any]]:
    rows = connection.execute(select(schema.story_terms).where(among(column, wanted))) if wanted else ()
    return {row.article_id: row for row in rows}


def _to_table(rows: Sequence[Row[Any]], most_weighed: int = MOST_WEIGHED) -> pa.Table:
    met: Counter[str] = Counter()
    weighed: set[int] = set()
    for row in sorted(rows, key=lambda row: row.number, reverse=True):
        if row.story_id is not None:
            met[row.story_id] += 1
        if row.story_id is None or met[row.story_id] <= most_weighed:
            weighed.add(row.number)
    columns: dict[str, pa.Array[Any]] = {
        "article_id": pa.array([row.article_id for row in rows], pa.string()),
        "told_at": pa.array([row.told_at for row in rows], pa.int64()).cast(pa.timestamp("us")),
        "is_brief": pa.array([row.is_brief for row in rows], pa.bool_()),
        "story_id": pa.array([row.story_id for row in rows], pa.string()),
        "terms": pa.array([row.terms if row.number in weighed else None for row in rows], pa.large_binary()),
    }
    return pa.table(columns, schema=STORY_TERMS.schema)


def _heaviest(packed: bytes) -> list[int]:
    """Return the heaviest terms; they are kept in the order of their weights."""
    terms: list[int] = np.frombuffer(packed, _TERM)["term"][:INDEXED_TERMS].tolist()
    return terms


def _to_day(moment: int | None) -> int:
    """Return days since 1970, from 1 to 65,535; 0 for an unknown moment."""
    return 0 if moment is None else min(max(moment // _MICROSECONDS_PER_DAY, 1), 0xFFFF)
