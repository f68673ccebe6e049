"""Rows behind a mark: what an index in memory has not yet taken in of a table whose rows are numbered as they come.

Millions of rows are read at every start. SQLite joins the cells of many rows before Python sees them: a row of Python
objects for each takes more than twice as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, cast, func, select

ROWS_AT_ONCE = 40_000
Numbers = npt.NDArray[np.int64]


class Part(NamedTuple):
    """Some rows in the order of their numbers, column by column."""

    numbers: Numbers
    values: Numbers
    """A whole number of each row; `ABSENT` for NULL."""
    data: bytes
    """A blob of each row, one after the other."""
    lengths: Numbers
    """How many bytes each blob has."""


ABSENT = int(np.iinfo(np.int64).min) + 1
"""The smallest number but one: SQLite reads the smallest as a floating-point number."""


def rows_behind(
    connection: Connection, number: Column[int], value: Column[int], blob: ColumnElement[bytes], mark: int
) -> Iterator[Part]:
    """Yield what came behind `mark` in parts."""
    while True:
        columns = number, func.coalesce(value, ABSENT).label("value"), blob.label("blob")
        rows = select(*columns).where(number > mark).order_by(number).limit(ROWS_AT_ONCE).subquery()
        listed = (func.group_concat(each, ",") for each in (rows.c[0], rows.c.value, func.length(rows.c.blob)))
        # What is joined counts as text, which is not looked at: the cast says that its bytes are those of the blobs.
        joined = cast(func.group_concat(rows.c.blob, ""), LargeBinary)
        *texts, data = connection.execute(select(*listed, joined)).one()
        if texts[0] is None:
            return
        numbers, values, lengths = (np.array(text.split(","), np.int64) for text in texts)
        yield Part(numbers, values, data, lengths)
        if len(numbers) < ROWS_AT_ONCE:
            return
        mark = int(numbers[-1])
