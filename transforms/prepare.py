"""Prepare: each document's trip from bytes to an article: parse, clean, extract.

An unexpected exception costs its document, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from transforms import mishaps, quarantine
from transforms.article import Prepared, find_source, prepare_article
from transforms.clean import clean
from transforms.extract import extract
from transforms.quarantine import Row, kept_raw
from transforms.read import BY_FORMAT
from transforms.read.placement import arrival_of_member
from transforms.rows import NO_LINES, Arrival, Rejected, RepeatedLines, Story
from transforms.settings import TransformSettings
from transforms.split import Split
from warehouse import tables

LineTable = Callable[[str], RepeatedLines]
"""One numbered version of the line table: what it says of a source, NO_LINES where nothing."""


def no_lines(source: str) -> RepeatedLines:
    """Return what a line table without lines says of any source."""
    return NO_LINES


def prepare(
    documents: pa.Table,
    arrivals: Mapping[str, Arrival],
    settings: TransformSettings,
    *,
    lines: LineTable = no_lines,
    strict: bool = False,
) -> Split:
    """Return the articles of `documents` with their pieces, and the documents that became none.

    `arrivals` are by `file_uri`. With `strict` an unexpected exception is raised, not quarantined.
    """
    prepared: list[Prepared] = []
    rejected: list[Row] = []
    for document in tables.DOCUMENTS.checked(documents).to_pylist():
        arrival = arrival_of_member(arrivals[document["file_uri"]], document["member"], settings)
        outcome = _take(_Trip(document, arrival, settings.for_source(arrival.source), lines), strict=strict)
        if isinstance(outcome, Prepared):
            prepared.append(outcome)
        else:
            rejected.append(_to_quarantine(outcome, document, arrival, settings))
    return Split(_to_tables(prepared, settings), quarantine.to_table(rejected))


def _take(trip: _Trip, *, strict: bool) -> Prepared | Rejected:
    """Return what became of one document."""
    return mishaps.survive(trip.take, lambda: trip.stage, strict=strict)


class _Trip:
    """One document's way; `stage` says how far it has come."""

    def __init__(self, document: Row, arrival: Arrival, settings: TransformSettings, lines: LineTable) -> None:
        self.stage = "read"
        self._document = document
        self._arrival = arrival
        self._settings = settings
        self._lines = lines

    def take(self) -> Prepared | Rejected:
        """Return the article that the document becomes, or why it becomes none."""
        document, settings = self._document, self._settings
        reading = BY_FORMAT[document["format"]].parse(document["raw"], document["encoding"], settings)
        if isinstance(reading, Rejected):
            return reading
        reading = replace(reading, url=reading.url or document["url"])
        self.stage = "clean"
        source = find_source(self._arrival, reading, settings)
        cleaned = clean(reading, self._lines(source.id))
        if isinstance(cleaned, Rejected):
            return cleaned
        self.stage = "extract"
        story = Story(self._arrival, reading, cleaned)
        return prepare_article(document, story, extract(story), source)


def _to_quarantine(rejected: Rejected, document: Row, arrival: Arrival, settings: TransformSettings) -> Row:
    at = replace(rejected, position=document["position"], raw=document["raw"])
    return quarantine.to_row(at, arrival, settings, file_id=document["file_id"], document_id=document["document_id"])


def _to_tables(prepared: Iterable[Prepared], settings: TransformSettings) -> Mapping[str, pa.Table]:
    listed = list(prepared)
    documents = [{**each.document, "raw": kept_raw(each.document["raw"], settings)} for each in listed]
    kept = {
        "documents": tables.DOCUMENTS.from_rows(documents),
        "articles": tables.ARTICLES.from_rows(each.article for each in listed),
    }
    for table in tables.PIECES:
        kept[table.name] = table.from_rows(row for each in listed for row in each.pieces.get(table.name, ()))
    return kept
