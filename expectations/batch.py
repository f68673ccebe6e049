"""The batch under validation: the tables of *prepare*, with what several rules ask of them worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from expectations.checks import Checks
from transforms.split import Tables
from warehouse import tables

CHECKED = (tables.DOCUMENTS, tables.ARTICLES, *tables.PIECES)
"""The tables that *validate* takes; `documents` and `articles` may not be absent."""

PIECES = tables.PIECES
"""Tables whose rows belong to an article."""

Rows = npt.NDArray[np.int64]
"""Row numbers of a table."""

Mask = npt.NDArray[np.bool_]
"""For each row of a table, whether something holds."""


class Broken(NamedTuple):
    """The rows of a table that break a rule."""

    rule: str
    rows: Rows


class Batch:
    """The tables of one batch, checked to belong together."""

    def __init__(self, given: Tables, checks: Checks) -> None:
        self.checks = checks
        self.tables = {
            table.name: table.checked(given[table.name]) if table.name in given else table.empty() for table in CHECKED
        }
        self._assert_whole()

    @property
    def present(self) -> tuple[str, ...]:
        """The tables that have rows."""
        return tuple(name for name, table in self.tables.items() if table.num_rows)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The source of each article, by article_id; one that is NULL, which `required_missing` reports, is unknown."""
        pairs = zip(self.values("articles", "article_id"), self.values("articles", "source"), strict=True)
        return {article_id: source or "unknown" for article_id, source in pairs}

    def values(self, table: str, column: str) -> list[Any]:
        """Return a column as Python values."""
        return list(self.tables[table][column].to_pylist())

    def numbers(self, table: str, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers; NULL is NaN."""
        return np.asarray(self.tables[table][column].cast(pa.float64()).to_numpy(), dtype=np.float64)

    def nulls(self, table: str, column: str) -> Mask:
        """Return which rows have no value in a column."""
        return np.asarray(self.tables[table][column].is_null().to_numpy(), dtype=np.bool_)

    @cached_property
    def bodies(self) -> list[str]:
        """The bodies of the articles; one that is NULL, which `required_missing` reports, is empty."""
        return [body or "" for body in self.values("articles", "body")]

    def article_rows(self, table: str) -> Rows:
        """Return for each row of `table` the row of its article."""
        found = pc.index_in(self.tables[table]["article_id"], value_set=self.tables["articles"]["article_id"])
        return np.asarray(found.to_numpy(), dtype=np.int64)

    def article_ids(self, table: str) -> pa.ChunkedArray[pa.StringScalar]:
        """Return for each row of `table` the article that it belongs to."""
        return self.tables[table]["document_id" if table == "documents" else "article_id"]

    def _assert_whole(self) -> None:
        """Raise ValueError where rows have no article: a bug of the stage before, which no quarantine row can tell."""
        articles = self.tables["articles"]
        if not articles["article_id"].equals(articles["document_id"]):
            raise ValueError("validate: table articles: an article_id is not the document_id: correct *prepare*")
        if sorted(map(str, self.values("articles", "article_id"))) != sorted(
            map(str, self.values("documents", "document_id"))
        ):
            raise ValueError("validate: tables documents and articles name other ids: each document needs its article")
        for table in PIECES:
            orphans = pc.invert(pc.is_in(self.tables[table.name]["article_id"], value_set=articles["article_id"]))
            if pc.any(orphans).as_py():
                raise ValueError(
                    f"validate: table {table.name}: rows without an article in the batch: correct *prepare*"
                )


def where(rule: str, mask: Mask) -> Iterator[Broken]:
    """Yield the rows where `mask` is true as breaking `rule`, or nothing when there are none."""
    rows = np.flatnonzero(mask).astype(np.int64)
    if rows.size:
        yield Broken(rule, rows)
