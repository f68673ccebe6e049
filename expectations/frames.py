"""Frames: the narrow pandas frames that Great Expectations looks at.

Bodies and raw bytes stay out, since each expectation copies and hashes the frame. Rules of a family share a column
that holds the ids of the rules a row breaks, and NULL in nearly all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from expectations.batch import CHECKED, Batch, Broken, Rows
from expectations.rules import UNBROKEN, Expectation

ROW = "row"
"""The frame's own row number, which Great Expectations names unexpected rows by."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame, and which rows of which tables lie in it."""

    data: pd.DataFrame
    starts: Mapping[str, int]
    """First row of each table, in order."""

    def locate(self, row: int) -> tuple[str, int]:
        """Return the table and the row in it that lies at `row` of the frame."""
        table = [name for name, start in self.starts.items() if start <= row][-1]
        return table, row - self.starts[table]


def to_article_frame(batch: Batch, broken: Iterable[Broken], expectations: Sequence[Expectation]) -> Frame:
    """Return one row per article with the values that rules measure, and a column for each family of rules."""
    articles = batch.tables["articles"]
    today = int(np.datetime64(batch.checks.validated_at_utc, "D").astype(np.int64))
    days = np.asarray(articles["published_on"].cast(pa.int32()).cast(pa.float64()).to_numpy(), dtype=np.float64)
    values = {
        "article_id": articles["article_id"].to_pandas(),
        "word_count": articles["word_count"].to_pandas(),
        "headline_chars": pc.utf8_length(articles["headline"]).to_pandas(),
        "language": articles["language"].to_pandas(),
        "days_ahead": days - today,
    }
    return _to_frame(values, {"articles": 0}, articles.num_rows, broken, expectations)


def to_row_frame(batch: Batch, broken: Iterable[Broken], expectations: Sequence[Expectation]) -> Frame:
    """Return one row per row of any table, under each other, with a column for each family of rules."""
    starts: dict[str, int] = {}
    total = 0
    for table in CHECKED:
        if batch.tables[table.name].num_rows:
            starts[table.name] = total
            total += batch.tables[table.name].num_rows
    return _to_frame({}, starts, total, broken, expectations)


def _to_frame(
    values: Mapping[str, object],
    starts: Mapping[str, int],
    total: int,
    broken: Iterable[Broken],
    expectations: Sequence[Expectation],
) -> Frame:
    shared = [one for one in expectations if one.check.type == UNBROKEN]
    columns = {one.check.column: np.full(total, None, dtype=object) for one in shared}
    column_of = {rule.id: one.check.column for one in shared for rule in one.rules}
    for rule, rows in broken:
        if rule in column_of:
            _mark(columns[column_of[rule]], rows + starts[rule.partition(".")[0]], rule)
    families = {name: pd.Series(column, dtype="str") for name, column in columns.items()}
    return Frame(pd.DataFrame({ROW: np.arange(total), **values, **families}), starts)


def _mark(column: npt.NDArray[np.object_], rows: Rows, rule: str) -> None:
    """Add `rule` to the broken rules of `rows`."""
    for row in rows.tolist():
        column[row] = rule if column[row] is None else f"{column[row]} {rule}"
