"""Spans: a piece of an article lies where it says, and reads there what it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations.batch import PIECES, Batch, Broken, Mask, where
from expectations.rules import Rule

REMOVALS = "removals"
"""Spans of removals lie in the text that *read* returned, which is not kept: only their order can be checked."""

WITH_SPAN = tuple(table.name for table in PIECES if "start_char" in table.columns and table.name != REMOVALS)
WITH_TEXT = tuple(table.name for table in PIECES if table.name in WITH_SPAN and "text" in table.columns)

RULES = (
    Rule(
        "removals.span_reversed",
        ("start_char", "end_char"),
        "warning",
        "the span of a removal ends before it starts",
        family="spans",
    ),
    *(
        Rule(
            f"{name}.span_outside_body",
            ("start_char", "end_char"),
            "warning",
            "the span is empty, reversed, open on one side or reaches beyond the body",
            family="spans",
        )
        for name in WITH_SPAN
    ),
    *(
        Rule(
            f"{name}.text_not_in_body",
            ("text", "start_char", "end_char"),
            "warning",
            "the body reads something else at the span",
            family="spans",
        )
        for name in WITH_TEXT
    ),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield pieces whose span is impossible, and those whose text is not what the body reads there."""
    starts, ends = batch.numbers(REMOVALS, "start_char"), batch.numbers(REMOVALS, "end_char")
    yield from where(f"{REMOVALS}.span_reversed", starts > ends)
    lengths = np.array([len(body) for body in batch.bodies], dtype=np.float64)
    for name in WITH_SPAN:
        if batch.tables[name].num_rows:
            starts, ends = batch.numbers(name, "start_char"), batch.numbers(name, "end_char")
            spanned = ~(np.isnan(starts) & np.isnan(ends))
            inside = (starts >= 0) & (starts < ends) & (ends <= lengths[batch.article_rows(name)])
            yield from where(f"{name}.span_outside_body", spanned & ~inside)
            if name in WITH_TEXT:
                yield from where(f"{name}.text_not_in_body", _misread(batch, name) & inside)


def _misread(batch: Batch, name: str) -> Mask:
    """Return which rows of table `name` have another text than the body at their span."""
    columns = (batch.values(name, column) for column in ("text", "start_char", "end_char"))
    return np.array(
        [
            text != batch.bodies[article][start:end]
            for text, start, end, article in zip(*columns, batch.article_rows(name).tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
