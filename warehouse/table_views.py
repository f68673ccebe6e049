"""The SQL of one view per table: which files it reads, and how later rows replace earlier ones.

`lake.<table>` shows the rows of the files as they are; `main.<table>` shows those that are current.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from warehouse.fields import find_field
from warehouse.snapshots import LakeFile
from warehouse.sql_text import file_list, identifier, identifiers
from warehouse.tables import BY_NAME, Table

POINTS_TO = {"duplicates": "duplicate_of", "versions": "version_of", "story_members": "story_id"}
"""Column of a relation table that says whom the article belongs to; a current row where it is NULL is a tombstone."""

_FROM_RELATION = {
    "duplicate_of": ("duplicates", "duplicate_of"),
    "duplicate_kind": ("duplicates", "kind"),
    "version_of": ("versions", "version_of"),
    "version": ("versions", "version"),
    "story_id": ("story_members", "story_id"),
}
"""Where the columns that the view of articles adds come from: relation table and its column."""

_SCALARS: Mapping[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.large_binary(): "BLOB",
    pa.timestamp("us"): "TIMESTAMP",
    pa.date32(): "DATE",
}


def sql_type(type_: pa.DataType) -> str:
    """Return the DuckDB type of a column that has the Arrow type `type_`; an unknown one raises KeyError."""
    if isinstance(type_, pa.ListType):
        return sql_type(type_.value_type) + "[]"
    if isinstance(type_, pa.StructType):
        return "STRUCT(" + ", ".join(f"{identifier(part.name)} {sql_type(part.type)}" for part in type_) + ")"
    return _SCALARS[type_]


def empty_lake_view(table: Table) -> str:
    """Return the SQL of `lake.<table>` with typed columns and no rows."""
    columns = ", ".join(_typed_null(field.name, field.type) for field in table.fields)
    return f"CREATE VIEW lake.{identifier(table.name)} AS SELECT {columns} WHERE false"


def lake_view(table: Table, lake_files: Iterable[LakeFile], lake: Path) -> str:
    """Return the SQL of `lake.<table>` over `lake_files` (at least one), whose paths are below `lake`.

    Files are grouped by schema version, so that no footer is read to know which columns a file has.
    """
    by_version = sorted(lake_files, key=lambda file: (file.schema_version, file.begin_snapshot, file.path))
    selects = [
        _select_files(table, version, [f"{lake}/{file.path}" for file in group])
        for version, group in groupby(by_version, key=lambda file: file.schema_version)
    ]
    return f"CREATE OR REPLACE VIEW lake.{identifier(table.name)} AS " + " UNION ALL BY NAME ".join(selects)


def newest_view(table: Table) -> str:
    """Return the SQL of `lake.newest_<table>`: of each article in a relation table the newest row, tombstones included.

    Rows of superseded runs count: an article that lands anew gets a new row only where its relation changes.

    `arg_max_null` and not `arg_max`: the latter passes over NULL and would bring back what a tombstone ended.
    """
    values = ", ".join(
        f"arg_max_null({identifier(column)}, snapshot) AS {identifier(column)}"
        for column in table.columns
        if column not in ("article_id", "snapshot")
    )
    return (
        f"CREATE VIEW {_newest(table.name)} AS "
        f"SELECT article_id, max(snapshot) AS snapshot, {values} FROM lake.{identifier(table.name)} GROUP BY article_id"
    )


def public_view(table: Table, filled: Sequence[str], *, superseded: bool) -> str:
    """Return the SQL of `main.<table>`: the current rows of `lake.<table>`, with the columns that relations add.

    `filled` names the tables that have files: what is empty is not joined.
    `superseded` says whether the table of that name has rows.
    """
    return f"CREATE VIEW main.{identifier(table.name)} AS {_public_select(table, filled, superseded=superseded)}"


def bare_articles_view(*, superseded: bool) -> str:
    """Return the SQL of `copydesk.bare_articles`: `main.articles` without what relations add, where nobody asks for it.

    Questions that ask for articles in six places take DuckDB half the time to plan.
    """
    articles = BY_NAME["articles"]
    current = _current(articles, superseded=superseded)
    return f"CREATE VIEW copydesk.bare_articles AS SELECT {identifiers(articles.columns)} FROM {current}"


def _select_files(table: Table, schema_version: int, paths: Sequence[str]) -> str:
    present = set(table.columns_at(schema_version))
    columns = ", ".join(
        identifier(field.name) if field.name in present else _typed_null(field.name, field.type)
        for field in table.fields
    )
    return f"SELECT {columns} FROM read_parquet({file_list(paths)}, hive_partitioning = false)"


def _typed_null(name: str, type_: pa.DataType) -> str:
    return f"CAST(NULL AS {sql_type(type_)}) AS {identifier(name)}"


def _public_select(table: Table, filled: Sequence[str], *, superseded: bool) -> str:
    if table.name == "articles":
        return _articles_select(table, filled, superseded=superseded)
    if table.name == "quarantine":
        return _quarantine_select(table, filled)
    if table.relation:
        target = identifier(POINTS_TO[table.name])
        return f"SELECT {identifiers(table.columns)} FROM {_newest(table.name)} WHERE {target} IS NOT NULL"
    return f"SELECT {identifiers(table.columns)} FROM {_current(table, superseded=superseded and table.of_article)}"


def _current(table: Table, *, superseded: bool) -> str:
    source = f"lake.{identifier(table.name)} AS {identifier(table.name)}"
    return f"{source} ANTI JOIN copydesk.superseded USING (article_id, run_id)" if superseded else source


def _newest(name: str) -> str:
    return f"lake.{identifier('newest_' + name)}"


def _articles_select(table: Table, filled: Sequence[str], *, superseded: bool) -> str:
    """Join one row per article and relation; DuckDB drops the last join where a query needs nothing of it."""
    relations = [name for name in POINTS_TO if name in filled]
    columns = [f"articles.{identifier(column)}" for column in table.columns]
    for column in table.view_only:
        relation, stored = _FROM_RELATION[column]
        columns.append(
            f"CASE WHEN {relation}.{POINTS_TO[relation]} IS NOT NULL THEN {relation}.{stored} END AS {column}"
            if relation in relations
            else _typed_null(column, find_field(table.name, column).type)
        )
    joins = "".join(f" LEFT JOIN {_newest(name)} AS {name} USING (article_id)" for name in relations)
    return f"SELECT {', '.join(columns)} FROM {_current(table, superseded=superseded)}{joins}"


def _quarantine_select(table: Table, filled: Sequence[str]) -> str:
    columns = ", ".join(f"quarantine.{identifier(column)}" for column in table.columns)
    if "resolutions" not in filled:
        nulls = ", ".join(_typed_null(column, find_field(table.name, column).type) for column in table.view_only)
        return f"SELECT {columns}, {nulls} FROM lake.quarantine AS quarantine"
    first = (
        "SELECT quarantine_id, min(resolved_at) AS resolved_at, arg_min(resolved_by, resolved_at) AS resolved_by "
        "FROM lake.resolutions GROUP BY quarantine_id"
    )
    return (
        f"SELECT {columns}, resolutions.resolved_at, resolutions.resolved_by "
        f"FROM lake.quarantine AS quarantine LEFT JOIN ({first}) AS resolutions USING (quarantine_id)"
    )
