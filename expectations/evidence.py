"""Rules for evidence: it is for a column that articles have, and that is filled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations.batch import Batch, Broken, where
from expectations.rules import Rule
from warehouse import tables

RULES = (
    Rule("evidence.field_unknown", ("field",), "warning", "evidence names no column of articles", family="sense"),
    Rule(
        "evidence.column_empty",
        ("field",),
        "info",
        "evidence is for a column that is NULL in the article",
        family="sense",
    ),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield evidence for columns that don't exist, or that the article has not filled; `x.y` is for `x`."""
    named = [field if field is None else field.partition(".")[0] for field in batch.values("evidence", "field")]
    fields, rows = np.array(named, dtype=object), batch.article_rows("evidence")
    known = np.isin(fields.astype(str), tables.ARTICLES.columns)
    yield from where("evidence.field_unknown", ~known)
    empty = np.zeros(len(fields), dtype=np.bool_)
    for name in set(fields[known].tolist()):
        empty |= (fields == name) & batch.nulls("articles", name)[rows]
    yield from where("evidence.column_empty", empty)
