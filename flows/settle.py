"""Settling: which documents of a batch are new, which are repeats, and which have been dealt with before.

Pure bookkeeping over what the workers read and what the ledger remembers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa

from flows.inbox import InboxFile, Problem
from flows.spool import SpooledPart
from flows.work import StillChanging
from transforms.read import FileReading
from transforms.rows import Arrival
from warehouse import tables
from warehouse.seen import OpenQuarantine, SeenFile


class Taken(NamedTuple):
    """A file of the batch, and what came of reading it."""

    file: InboxFile
    arrival: Arrival
    placement: str
    """Canonical JSON of what its place says."""
    outcome: FileReading | Problem | StillChanging
    part: SpooledPart | None = None
    """Which part of a large file the outcome is."""


class Memory(NamedTuple):
    """What the ledger remembers of the files and documents of a batch."""

    seen: Mapping[str, Mapping[str, SeenFile]]
    known: Collection[str]
    """Ids of the documents that are in the warehouse."""
    waiting: Sequence[OpenQuarantine]


class Settled(NamedTuple):
    """A batch whose documents have been told apart."""

    documents: pa.Table
    """To be prepared: each document once."""
    again: frozenset[str]
    """Those of them that are in the warehouse and are landed anew, because their place says something else now."""
    repeats: pa.Table
    skipped: pa.Table
    rejected: pa.Table
    expected: Mapping[str, int]
    """Documents that each file has to account for, by file_uri."""


def settle(taken: Sequence[Taken], memory: Memory) -> Settled:
    """Return what is new in a batch; of documents with the same bytes the first is new, the others are repeats."""
    readings = [one for one in taken if isinstance(one.outcome, FileReading)]
    fresh = {one.arrival.file_uri: _is_wanted(one, memory) for one in readings}
    documents = _concat(tables.DOCUMENTS, (one.outcome.split.kept["documents"] for one in readings))  # type: ignore[union-attr]
    facts = documents.select(["document_id", "file_uri"]).to_pylist()
    again = _again(readings, memory)
    first, later = [], []
    taken_ids: set[str] = set()
    for row in facts:
        document_id, wanted = row["document_id"], fresh[row["file_uri"]]
        is_unknown = document_id not in memory.known or (row["file_uri"], document_id) in again
        is_new = is_unknown and document_id not in taken_ids
        first.append(is_new and wanted.has(document_id))
        later.append(not is_new and wanted.all)
        taken_ids |= {document_id} if first[-1] else set()
    rejected = _concat(tables.QUARANTINE, [_rejections(one) for one in taken])
    new = documents.filter(pa.array(first, pa.bool_()))
    repeated = documents.filter(pa.array(later, pa.bool_()))
    whole = [one.outcome.split.kept["skipped"] for one in readings if fresh[one.arrival.file_uri].all]  # type: ignore[union-attr]
    return Settled(
        new,
        frozenset(taken_ids & set(memory.known)),
        to_repeats(repeated, {one.arrival.file_uri: one.arrival.received_at for one in taken}),
        _concat(tables.SKIPPED, whole),
        rejected,
        Counter(uri for part in (new, repeated, rejected) for uri in tables.values(part, "file_uri")),
    )


class _Wanted(NamedTuple):
    """Which documents of a file are to be dealt with: all, or those that wait in quarantine."""

    all: bool
    ids: frozenset[str] = frozenset()
    any_new: bool = False

    def has(self, document_id: str) -> bool:
        return self.all or self.any_new or document_id in self.ids


def _is_wanted(one: Taken, memory: Memory) -> _Wanted:
    """A file that was dealt with under the same name and place is looked at for its quarantined documents only."""
    assert isinstance(one.outcome, FileReading)
    earlier = memory.seen.get(one.arrival.file_uri, {}).get(one.outcome.file_id)
    if earlier is None or earlier.placement != one.placement:
        return _Wanted(all=True)
    waiting = [entry for entry in memory.waiting if entry.file_uri == one.arrival.file_uri]
    ids = frozenset(entry.document_id for entry in waiting if entry.document_id is not None)
    return _Wanted(
        all=False, ids=ids, any_new=any(entry.document_id is None for entry in waiting) or one.outcome.file_id in ids
    )


def _again(readings: Iterable[Taken], memory: Memory) -> set[tuple[str, str]]:
    """Return the documents, by file and id, of files whose place says something else than when they came first."""
    documents: set[tuple[str, str]] = set()
    for one in readings:
        assert isinstance(one.outcome, FileReading)
        earlier = memory.seen.get(one.arrival.file_uri, {}).get(one.outcome.file_id)
        if earlier is not None and earlier.placement != one.placement:
            ids = tables.values(one.outcome.split.kept["documents"], "document_id")
            documents |= {(one.arrival.file_uri, document_id) for document_id in ids}
    return documents


def _rejections(one: Taken) -> pa.Table:
    if isinstance(one.outcome, FileReading):
        return one.outcome.split.rejected
    if isinstance(one.outcome, StillChanging):
        return tables.QUARANTINE.empty()
    return tables.QUARANTINE.from_rows(
        [
            {
                "file_uri": one.arrival.file_uri,
                "source": one.arrival.source,
                "stage": one.outcome.reason.partition(".")[0],
                "reason": one.outcome.reason,
                "detail": one.outcome.detail,
                "severity": "critical",
            }
        ]
    )


def without_waiting(rejected: pa.Table, waiting: Iterable[OpenQuarantine]) -> pa.Table:
    """Return the rejections without those that already wait in quarantine for the same reason."""
    known = {(entry.file_uri, entry.document_id, entry.position, entry.reason) for entry in waiting}
    rows = rejected.select(["file_uri", "document_id", "position", "reason"]).to_pylist()
    return rejected.filter(pa.array([tuple(row.values()) not in known for row in rows], pa.bool_()))


def to_repeats(documents: pa.Table, received_at: Mapping[str, datetime]) -> pa.Table:
    """Return the rows of table `repeats` for documents that were seen before."""
    rows = documents.select(["document_id", "file_uri", "position", "source", "url"]).to_pylist()
    return tables.REPEATS.from_rows({**row, "received_at": _naive(received_at[row["file_uri"]])} for row in rows)


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _concat(table: tables.Table, parts: Iterable[pa.Table]) -> pa.Table:
    listed: list[Any] = list(parts)
    return pa.concat_tables(listed) if listed else table.empty()
