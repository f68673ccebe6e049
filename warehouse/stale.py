"""Which articles are to be made anew, and the documents that they are made of.

An article is stale when other rules made it, or when the line table says something else of its source now and that
means a line of it: one that its body has and should not, or one that was taken out and should not have been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import duckdb
import pyarrow as pa

from warehouse.tables import DOCUMENTS

_PRESENT = """
CREATE OR REPLACE TEMP TABLE present AS
WITH newest AS (SELECT source, max(lines_version) AS lines_version FROM line_versions GROUP BY source)
SELECT source, lines_version, coalesce(list(text) FILTER (text IS NOT NULL), []) AS texts
FROM newest LEFT JOIN repeated_lines USING (source, lines_version) GROUP BY source, lines_version"""

_TAKEN = """
CREATE OR REPLACE TEMP TABLE taken AS
SELECT article_id, list(text) FILTER (step = 'repeated_lines') AS lines,
    list(text) FILTER (reason = 'moved_to_headline') AS headlines
FROM removals WHERE step = 'repeated_lines' OR reason = 'moved_to_headline' GROUP BY article_id"""

_MEANT = """
    articles.lines_version <> coalesce(present.lines_version, 0)
    AND (list_has_any(string_split(body, E'\\n\\n'), coalesce(texts, []))
         OR list_has_any(coalesce(headlines, []), coalesce(texts, []))
         OR NOT list_has_all(coalesce(texts, []), coalesce(taken.lines, [])))"""

_WANTED = f"""
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT article_id, articles.run_id AS landed_by, articles.file_id, articles.file_uri, articles.position
FROM articles LEFT JOIN present USING (source) LEFT JOIN taken USING (article_id)
WHERE ($source IS NULL OR articles.source = $source) AND ($since IS NULL OR landed_at >= $since)
    AND (NOT $outdated AND NOT $meant
         OR ($outdated AND transform_version <> $transform_version) OR ($meant AND {_MEANT}))
ORDER BY article_id LIMIT $at_most"""

_PLACED = """
CREATE OR REPLACE TEMP TABLE placed AS
SELECT file_uri, file_id, min(received_at) AS received_at, arg_min(source, received_at) AS placed_source
FROM files WHERE status <> 'held' GROUP BY file_uri, file_id"""

FACTS: Mapping[str, pa.DataType] = {
    "landed_by": pa.string(),
    "received_at": pa.timestamp("us"),
    "placed_source": pa.string(),
    "beside": pa.list_(pa.list_(pa.string())),
}
"""What is given with a document: the run whose rows are current, when its file first arrived and from which source,
and what a sidecar inside an archive says of a member, as [field, value] pairs."""
_COLUMNS = ", ".join(
    f"wanted.{name}" if name in ("file_id", "file_uri", "position") else f"documents.{name}"
    for name in DOCUMENTS.columns
)
_DOCUMENTS = """
SELECT {columns}, landed_by, received_at, placed_source,
    CASE WHEN member IS NOT NULL THEN
        beside.said END AS beside
FROM wanted JOIN documents ON document_id = article_id LEFT JOIN placed
    ON placed.file_uri = wanted.file_uri AND placed.file_id IS NOT DISTINCT FROM wanted.file_id
LEFT JOIN (SELECT article_id, list([field, value] ORDER BY field) AS said
           FROM evidence WHERE method = 'sidecar' GROUP BY article_id) AS beside
    ON beside.article_id = wanted.article_id
WHERE {condition}"""


class Wanted(NamedTuple):
    """Which articles; without `outdated` and `meant` all that the rest allows."""

    source: str | None = None
    since: datetime | None = None
    """Landed at this moment, naive UTC, or later."""
    outdated: bool = False
    """Those that other rules made than those of `transform_version`."""
    meant: bool = False
    """Those that the newest line table means."""
    transform_version: str = ""
    at_most: int | None = None
    """So many at most; the others are wanted as before afterwards."""


class Found(NamedTuple):
    """How many articles are wanted."""

    articles: int
    from_files: int
    """Of these, those whose bytes were not kept: their files are read anew."""


def find(catalog: duckdb.DuckDBPyConnection, wanted: Wanted) -> Found:
    """Note which articles are wanted, in temporary tables of `catalog`, and return how many."""
    for statement in (_PRESENT, _TAKEN):
        catalog.execute(statement)
    catalog.execute(_WANTED, wanted._asdict())
    catalog.execute(_PLACED)
    rows = catalog.execute(
        "SELECT count(*), count(*) FILTER (raw IS NULL) FROM wanted JOIN documents ON document_id = article_id"
    ).fetchall()
    return Found(*rows[0])


def kept_documents(catalog: duckdb.DuckDBPyConnection, rows: int) -> Iterator[pa.Table]:
    """Yield the documents whose bytes were kept, at most `rows` at once, with the columns of `FACTS`."""
    query = _DOCUMENTS.format(columns=_COLUMNS, condition="raw IS NOT NULL")
    yield from _read(catalog, query, rows)


def documents_in_files(catalog: duckdb.DuckDBPyConnection, rows: int) -> Iterator[pa.Table]:
    """Yield the documents whose bytes are in their files only, file by file, with the columns of `FACTS`."""
    query = _DOCUMENTS.format(columns=_COLUMNS, condition="raw IS NULL ORDER BY wanted.file_uri, wanted.position")
    yield from _read(catalog, query, rows)


def _read(catalog: duckdb.DuckDBPyConnection, query: str, rows: int) -> Iterator[pa.Table]:
    reader = catalog.sql(query).to_arrow_reader(rows)
    for batch in reader:
        table = pa.Table.from_batches([batch])
        for index, field in enumerate(DOCUMENTS.schema):
            table = table.set_column(index, field, table[field.name].cast(field.type))
        for name, type_ in FACTS.items():
            table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(type_))
        yield table
