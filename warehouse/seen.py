"""What the warehouse has seen: files, documents and texts, asked before anything is done twice.

Answers hold for the moment they are given; whoever needs them to hold longer has the committer's lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, func, select

from warehouse import ledger_schema as schema

PROGRESS = ("next_position", "documents", "articles", "repeats", "quarantined", "skipped")


class SeenFile(NamedTuple):
    """An arrival that has been dealt with."""

    file_id: str
    placement: str
    run_id: str


class OpenQuarantine(NamedTuple):
    """A quarantined document or file that has not landed since."""

    quarantine_id: str
    file_uri: str
    file_id: str | None
    document_id: str | None
    position: int | None
    reason: str


class Facts(NamedTuple):
    """What is known of a file without opening it; equal facts are taken for equal bytes in an equal place."""

    size_bytes: int
    modified_ns: int
    placement: str
    """Canonical JSON of what its place says."""


def untouched_files(connection: Connection, facts: Mapping[str, Facts]) -> set[str]:
    """Return which of the files, by their addresses, are as they were at one of their arrivals.

    Of an address that has had several contents each is remembered: a file that is put back as it was is untouched.
    """
    arrivals = schema.arrivals
    columns = (arrivals.c.size_bytes, arrivals.c.modified_ns, arrivals.c.placement)
    rows = connection.execute(select(arrivals.c.file_uri, *columns).where(among(arrivals.c.file_uri, facts)))
    return {uri for uri, *arrived in rows if facts[uri] == Facts(*arrived)}


def seen_files(connection: Connection, file_uris: Iterable[str]) -> dict[str, dict[str, SeenFile]]:
    """Return what has arrived under each address, by file_id."""
    arrivals = schema.arrivals
    seen: dict[str, dict[str, SeenFile]] = {}
    for row in connection.execute(select(arrivals).where(among(arrivals.c.file_uri, file_uris))):
        seen.setdefault(row.file_uri, {})[row.file_id] = SeenFile(row.file_id, row.placement, row.run_id)
    return seen


def progress_of(connection: Connection, file_uri: str, file_id: str) -> dict[str, int] | None:
    """Return how far a file of many documents has landed: `next_position` and the counts so far; None for nothing."""
    progress = schema.progress
    row = connection.execute(
        select(progress).where(progress.c.file_uri == file_uri, progress.c.file_id == file_id)
    ).one_or_none()
    return None if row is None else {name: row._mapping[name] for name in PROGRESS}


def known_documents(connection: Connection, document_ids: Iterable[str]) -> set[str]:
    """Return which of the documents are in the warehouse."""
    documents = schema.documents
    ids = select(documents.c.document_id).where(among(documents.c.document_id, document_ids))
    return set(connection.execute(ids).scalars())


def landed_by(connection: Connection, run_id: str, article_ids: Iterable[str]) -> set[str]:
    """Return which of the articles have their current rows from this run."""
    articles = schema.articles
    ids = select(articles.c.article_id).where(among(articles.c.article_id, article_ids), articles.c.run_id == run_id)
    return set(connection.execute(ids).scalars())


def open_quarantine(connection: Connection, file_uris: Iterable[str]) -> list[OpenQuarantine]:
    """Return what waits in quarantine from these addresses."""
    return _waiting(connection, among(schema.quarantined.c.file_uri, file_uris))


def open_quarantine_of(connection: Connection, document_ids: Iterable[str]) -> list[OpenQuarantine]:
    """Return what waits in quarantine of these documents, wherever they came from."""
    return _waiting(connection, among(schema.quarantined.c.document_id, document_ids))


def _waiting(connection: Connection, condition: ColumnElement[bool]) -> list[OpenQuarantine]:
    quarantined = schema.quarantined
    columns = [quarantined.c[name] for name in OpenQuarantine._fields]
    rows = connection.execute(select(*columns).where(condition, quarantined.c.resolved_by.is_(None)))
    return [OpenQuarantine(*row) for row in rows]


def among(column: Column[Any], values: Iterable[str] | Iterable[int]) -> ColumnElement[bool]:
    """Return `column IN values` for any number of values: one JSON parameter instead of thousands."""
    listed = func.json_each(json.dumps(sorted(values))).table_valued("value")
    return column.in_(select(listed.c.value))
