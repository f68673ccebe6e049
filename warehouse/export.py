"""A copy of the warehouse to hand on: one DuckDB file, or a folder of Parquet or CSV files, self-contained."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import duckdb

from warehouse import analyst_views, dictionary
from warehouse.answers import ask
from warehouse.fields import find_field
from warehouse.query import connect
from warehouse.results import write_result
from warehouse.sql_text import identifier, string
from warehouse.tables import TABLES, Table

ExportFormat = Literal["duckdb", "parquet", "csv"]
DICTIONARY = "data_dictionary.md"
_STORAGE_VERSION = "v1.5.0"
"""Whoever gets the copy may have an older DuckDB than we."""


class TargetExists(FileExistsError):
    """The target of an export is there already."""


def export(
    root: Path, target: Path, *, at: int | None = None, format_: ExportFormat | None = None, overwrite: bool = False
) -> Path:
    """Copy the warehouse below `root` to `target` and return `target`; it appears whole or not at all.

    `format_`: `duckdb` makes one file with all tables and the analyst views, `parquet` and `csv` a folder with one
    file per table and the data dictionary; by default what the name of `target` says.
    `at` is a snapshot number, by default the newest.
    Raises TargetExists unless `overwrite`, and what `query.connect` raises.
    """
    if os.path.lexists(target) and not overwrite:
        raise TargetExists(
            f"cannot export: {target} exists already, and an export never writes over what it finds; "
            "name another target, or say --force"
        )
    chosen = format_ or ("duckdb" if target.suffix in (".duckdb", ".db") else "parquet")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.fresh")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with connect(root, at=at) as connection:
            if chosen == "duckdb":
                _to_duckdb(connection, fresh)
            else:
                _to_folder(connection, fresh, chosen)
        _put_in_place(fresh, target)
    finally:
        _remove(fresh)
    return target


def _to_duckdb(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    with _plain_path(fresh) as path:
        connection.execute(f"ATTACH {string(str(path))} AS copy (STORAGE_VERSION '{_STORAGE_VERSION}')")
        try:
            _copy_tables(connection)
        finally:
            connection.execute("USE warehouse")
            connection.execute("DETACH copy")


@contextmanager
def _plain_path(fresh: Path) -> Iterator[Path]:
    """Give a path at which DuckDB can make the database `fresh` for a block, whatever its name and folder.

    DuckDB reads `?` and `\\` in the path of a database in ways of its own.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        way = Path(folder) / "way"
        way.symlink_to(fresh.parent.resolve())
        plain = way / f".copydesk-{os.getpid()}.fresh"
        try:
            yield plain
            os.replace(plain, fresh)
        finally:
            plain.unlink(missing_ok=True)
            plain.with_name(f"{plain.name}.wal").unlink(missing_ok=True)


def _copy_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        name = identifier(table.name)
        connection.execute(f"CREATE TABLE copy.main.{name} AS SELECT * FROM warehouse.main.{name}")
    connection.execute("CREATE SCHEMA copy.copydesk")
    connection.execute("CREATE TABLE copy.copydesk.catalog AS SELECT snapshot FROM warehouse.copydesk.catalog")
    connection.execute("USE copy")
    for table in TABLES:
        _comment(connection, table)
    connection.execute("CREATE VIEW copydesk.bare_articles AS FROM main.articles")
    for statement in analyst_views.statements([table.name for table in TABLES]):
        connection.execute(statement)


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute(f"COMMENT ON TABLE {identifier(table.name)} IS {string('one row per ' + table.grain)}")
    for column in (*table.columns, *table.view_only):
        place = f"{identifier(table.name)}.{identifier(column)}"
        meaning = find_field(table.name, column).description
        connection.execute(f"COMMENT ON COLUMN {place} IS {string(meaning)}")


def _to_folder(connection: duckdb.DuckDBPyConnection, fresh: Path, format_: Literal["parquet", "csv"]) -> None:
    fresh.mkdir()
    (fresh / DICTIONARY).write_text(dictionary.to_markdown(TABLES), encoding="utf-8")
    for table in TABLES:
        answer = ask(connection, f"SELECT * FROM {identifier(table.name)}")
        assert answer is not None, "a SELECT has an answer"
        write_result(answer, format_, fresh / f"{table.name}.{format_}")


def _put_in_place(fresh: Path, target: Path) -> None:
    """Rename `fresh` to `target`; a folder that is in the way is moved aside first, for it cannot be renamed over."""
    if target.is_dir() and not target.is_symlink():
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        os.replace(target, old)
        os.replace(fresh, target)
        shutil.rmtree(old)
    else:
        os.replace(fresh, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
