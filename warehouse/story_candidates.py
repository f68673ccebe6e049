"""Which stories an article may belong to: those of articles that have some of its terms and were told near it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, Connection, Row, func, or_, select

from warehouse import ledger_schema as schema
from warehouse.seen import among
from warehouse.story_index import StoryIndex
from warehouse.tables import STORY_TERMS, values

MOST_WEIGHED = 64
"""Of a larger story only the newest articles' terms are weighed."""


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
