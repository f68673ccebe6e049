"""Rows behind a mark: what an index in memory has not yet taken in of a table whose rows are numbered as they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select

ROWS_AT_ONCE = 20_000


def rows_behind(
    connection: Connection, number: Column[Any], columns: Sequence[ColumnElement[Any]], mark: int
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield what came behind `mark` in parts, as columns: the numbers, ascending, and `columns`."""
    while True:
        behind = select(number, *columns).where(number > mark).order_by(number).limit(ROWS_AT_ONCE)
        rows = connection.execute(behind).all()
        if rows:
            yield list(zip(*rows, strict=True))
            mark = rows[-1][0]
        if len(rows) < ROWS_AT_ONCE:
            return
