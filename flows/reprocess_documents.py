"""The documents of articles that are made anew: from the bytes that were kept, else from their files.

With them comes what their places said when they arrived: the ledger remembers it, whatever lies beside the file today.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows import clearing, spool
from flows.desk import Desk
from flows.file_names import path_of
from flows.inbox import LIST_COLUMNS, InboxFile, Problem, from_json, place, placement_again, root_of
from flows.sidecars import Sidecars
from flows.spool import Spooled, SpooledPart
from flows.work import FileWork, read_file
from transforms.read import FileReading
from transforms.read.columns import Given
from transforms.read.placement import UNKNOWN_SOURCE, source_of
from transforms.rows import Arrival, Placement
from warehouse import seen, stale, tables
from warehouse.seen import SeenFile

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
BATCH_ARTICLES = 100
"""A batch takes about a second."""


class Layer(NamedTuple):
    """Documents that can be prepared together: those from one address came in one file."""

    documents: pa.Table
    arrivals: Mapping[str, Arrival]


class Documents(NamedTuple):
    """A batch of documents to be made anew."""

    layers: Sequence[Layer]
    landed_by: Mapping[str, str]
    """The run whose rows were found stale, by article."""
    lost: int = 0
    """Documents whose bytes are not to be had."""

    @property
    def wanted(self) -> int:
        """How many articles the batch is about."""
        return len(self.landed_by) + self.lost


async def read_batches(
    desk: Desk, run_id: str, catalog: duckdb.DuckDBPyConnection, found: stale.Found
) -> AsyncIterator[Documents]:
    """Yield the documents that `stale.find` noted in `catalog`, in batches that others can wait for."""
    rows = min(desk.settings.batch_files, BATCH_ARTICLES)
    kept = stale.kept_documents(catalog, rows)
    while (table := await asyncio.to_thread(next, kept, None)) is not None:
        for part in _bounded(table, int(desk.settings.batch_bytes)):
            yield await _to_documents(desk, part)
    if not found.from_files:
        return
    by_file = stale.documents_in_files(catalog, rows)
    while (table := await asyncio.to_thread(next, by_file, None)) is not None:
        for uri, group in groupby(table.to_pylist(), key=lambda row: str(row["file_uri"])):
            wanted = {row["document_id"]: row for row in group}
            async for read in _reread(desk, run_id, uri, wanted):
                yield await _to_documents(desk, read)
            if wanted:
                yield Documents((), {}, len(wanted))


def _bounded(table: pa.Table, size_bytes: int) -> Iterator[pa.Table]:
    """Yield `table` in slices of at most so many bytes of documents; a larger document stands alone."""
    sizes = pc.binary_length(table["raw"]).to_pylist()
    start = size = 0
    for row, length in enumerate(sizes):
        if row > start and size + length > size_bytes:
            yield table.slice(start, row - start)
            start, size = row, 0
        size += length
    yield table.slice(start)


async def _reread(desk: Desk, run_id: str, uri: str, wanted: dict[str, Row]) -> AsyncIterator[pa.Table]:
    """Yield the wanted documents of a file that is read anew; take what was found out of `wanted`."""
    path = clearing.find_again(desk.settings, path_of(uri))
    try:
        facts = os.stat(path)
    except OSError:
        return
    (arrival,) = (await _arrivals(desk, list(wanted.values())[:1])).values()
    folder = spool.folder_of(desk.ledger.root, run_id)
    work = FileWork(path, arrival, desk.transform_settings, facts.st_size, facts.st_mtime_ns, spool=folder)
    (outcome,) = await desk.work(read_file, [work])
    for documents in _parts(outcome):
        ids = pa.array(list(wanted), pa.string())
        rows = documents.filter(pc.is_in(documents["document_id"], value_set=ids)).to_pylist()
        found = {row["document_id"]: row for row in rows}
        if found:
            listed = [{**wanted.pop(key), "raw": row["raw"], "encoding": row["encoding"]} for key, row in found.items()]
            yield _to_table(listed)


def _parts(outcome: object) -> Iterator[pa.Table]:
    """Yield the documents of a file part by part; nothing of one that cannot be read."""
    if isinstance(outcome, FileReading):
        yield outcome.split.kept["documents"]
    elif isinstance(outcome, Spooled):
        for number in range(len(outcome.ends)):
            yield spool.load(SpooledPart(outcome, number, 0)).split.kept["documents"]


def _to_table(rows: Sequence[Row]) -> pa.Table:
    """Return rows as `stale.kept_documents` gives them."""
    columns = {field.name: pa.array([row[field.name] for row in rows], field.type) for field in tables.DOCUMENTS.schema}
    more = {name: pa.array([row[name] for row in rows], type_) for name, type_ in stale.FACTS.items()}
    return pa.table({**columns, **more})


async def _to_documents(desk: Desk, table: pa.Table) -> Documents:
    facts = table.select(["document_id", "file_uri", "file_id", "member", *stale.FACTS]).to_pylist()
    layers: list[list[int]] = []
    seen_in: dict[str, list[str | None]] = {}
    for index, row in enumerate(facts):
        files = seen_in.setdefault(row["file_uri"], [])
        if row["file_id"] not in files:
            files.append(row["file_id"])
        depth = files.index(row["file_id"])
        layers.extend([] for _ in range(depth + 1 - len(layers)))
        layers[depth].append(index)
    documents = table.select(tables.DOCUMENTS.columns).cast(tables.DOCUMENTS.schema)
    return Documents(
        [Layer(documents.take(layer), await _arrivals(desk, [facts[index] for index in layer])) for layer in layers],
        {row["document_id"]: row["landed_by"] for row in facts},
    )


async def _arrivals(desk: Desk, rows: Sequence[Row]) -> dict[str, Arrival]:
    """Return the files of `rows` as they arrived, by address."""
    uris = sorted({row["file_uri"] for row in rows})
    known = await desk.ask(lambda connection: seen.seen_files(connection, uris))
    arrivals: dict[str, Arrival] = {}
    for row in rows:
        uri = row["file_uri"]
        if uri not in arrivals:
            arrivals[uri] = _to_arrival(desk, row, known.get(uri, {}).get(row["file_id"]))
        if row["beside"]:
            said = placement_again({field: _to_given(field, value) for field, value in row["beside"]}, "sidecar")
            members = {**arrivals[uri].members, row["member"]: said}
            arrivals[uri] = replace(arrivals[uri], members=members)
    return arrivals


def _to_arrival(desk: Desk, row: Row, remembered: SeenFile | None) -> Arrival:
    path = path_of(row["file_uri"])
    root = root_of(path, desk.settings.inbox)
    file = InboxFile(path, root or os.path.dirname(path), 0, 0)
    received_at: datetime = row["received_at"] or datetime.fromtimestamp(0)
    placement = _place(desk, file) if remembered is None else from_json(remembered.placement)
    source = source_of(file.relative_path, placement, desk.transform_settings)
    if source == UNKNOWN_SOURCE and root is None and row["placed_source"] is not None:
        source = row["placed_source"]
    return Arrival(file.file_uri, file.name, received_at.replace(tzinfo=UTC), placement, source)


def _place(desk: Desk, file: InboxFile) -> Placement:
    """Return what the place of a file says today, for one that the ledger does not know as dealt with."""
    placed = place(file, desk.transform_settings, Sidecars())
    return Placement() if isinstance(placed, Problem) else placed


def _to_given(field: str, value: str) -> Given:
    """Return a value of evidence as a sidecar gives it."""
    if field == "info_sources":
        return [name.removesuffix(" (agency)") for name in value.split("; ")]
    return value.split("; ") if field in LIST_COLUMNS else value
