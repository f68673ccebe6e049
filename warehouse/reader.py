"""The warehouse as a person in a notebook holds it: open at one snapshot, answering in DuckDB, pandas or Arrow."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb

from warehouse.peek import read_stamp
from warehouse.query import connect
from warehouse.sql_text import identifier

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Warehouse:
    """An open warehouse. What is ingested later is seen after `reopen`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._connection = connect(data)

    @property
    def snapshot(self) -> int:
        """Number of the snapshot that is open."""
        stamp = read_stamp(self._connection)
        assert stamp is not None, "connect() returns catalogs only"
        return stamp.snapshot

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The read-only DuckDB connection, e.g. to register a data frame of your own beside the tables."""
        return self._connection

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Return the answer to `query` as a DuckDB relation, which a notebook shows as a table."""
        return self._connection.sql(query)

    def frame(self, name: str) -> pd.DataFrame:
        """Return the table or view `name` as a pandas frame; raise duckdb.CatalogException when there is none."""
        frame: pd.DataFrame = self._select_all(name).df()
        return frame

    def arrow(self, name: str) -> pa.Table:
        """Return the table or view `name` as an Arrow table; raise duckdb.CatalogException when there is none."""
        table: pa.Table = self._select_all(name).to_arrow_table()
        return table

    def reopen(self) -> Self:
        """See the newest snapshot; relations made before go on with theirs no longer. Returns itself."""
        fresh = connect(self.data)
        self._connection.close()
        self._connection = fresh
        return self

    def close(self) -> None:
        """Close the connection; closing twice does nothing."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _select_all(self, name: str) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(f"SELECT * FROM {identifier(name)}")
