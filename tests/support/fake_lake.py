"""A lake of hand-made rows for tests of the reading side: real Parquet files, and the snapshots that name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from warehouse import catalog, paths, peek
from warehouse.snapshots import LakeFile, Snapshot
from warehouse.tables import BY_NAME, TABLES, Table

Row = Mapping[str, Any]


def article(article_id: str, **values: Any) -> dict[str, Any]:
    """Return a row of `articles` with all that is required."""
    return {
        "article_id": article_id,
        "document_id": article_id,
        "file_id": "f",
        "file_uri": "file:///inbox/a.txt",
        "position": 0,
        "source": "unknown",
        "body": f"Text of {article_id}.",
        "paragraph_count": 1,
        "word_count": 3,
        "char_count": 10,
        "format": "plain_text",
        "transform_version": "1",
        "lines_version": 0,
        "landed_at": datetime(2024, 1, 1),
        "run_id": "run-1",
        **values,
    }


class FakeLake:
    """Files added one by one; `publish` shows all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[LakeFile] = []

    def add(self, table: Table | str, *rows: Row, schema_version: int = 1) -> None:
        """Write `rows` as one more file of `table`, with the columns that `schema_version` has."""
        chosen = BY_NAME[table] if isinstance(table, str) else table
        number = len(self.files) + 1
        path = f"{chosen.name}/{number:06}.parquet"
        (paths.lake(self.root) / chosen.name).mkdir(parents=True, exist_ok=True)
        content = chosen.from_rows(rows).select(list(chosen.columns_at(schema_version)))
        pq.write_table(content, paths.lake(self.root) / path)
        size = (paths.lake(self.root) / path).stat().st_size
        self.files.append(LakeFile(path, chosen.name, len(rows), size, schema_version, "run-1", number))

    def snapshot(self, number: int = 1, superseded: Sequence[tuple[str, str]] = ()) -> Snapshot:
        """Return a snapshot of all files so far."""
        return Snapshot(number, tuple(self.files), tuple(superseded))

    def publish(
        self,
        number: int = 1,
        *,
        superseded: Sequence[tuple[str, str]] = (),
        tables: Sequence[Table] = TABLES,
    ) -> bool:
        """Publish all files so far as snapshot `number`."""
        return catalog.publish(self.root, self.snapshot(number, superseded), tables=tables)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of `sql` in the newest catalog."""
        with peek.open_catalog(self.root) as connection:
            return connection.execute(sql).fetchall()


def ask_fresh(root: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of `sql` in a plain read-only open, as any other program does it."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{paths.catalog(root)}' AS theirs (READ_ONLY)")
        connection.execute("USE theirs")
        return connection.execute(sql).fetchall()
