"""Receipts: what became of each file, counted from the rows that are about to land.

The law is checked here: what a file has to account for is what became of it, or nothing lands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from flows.settle import Taken
from flows.work import StillChanging
from transforms.read import FileReading
from warehouse import tables
from warehouse.records import Receipt


class LawBroken(AssertionError):
    """Documents went missing, or came from nowhere, between *read* and *land*: a bug, and nothing was landed."""


class Counts(NamedTuple):
    """What became of the documents of a batch, by file_uri."""

    articles: Mapping[str, int]
    repeats: Mapping[str, int]
    quarantined: Mapping[str, int]
    skipped: Mapping[str, int]

    def of(self, file_uri: str) -> dict[str, int]:
        """Return the counts of one file as columns of table `files`."""
        row = {name: counts.get(file_uri, 0) for name, counts in zip(self._fields, self, strict=True)}
        return {"documents": row["articles"] + row["repeats"] + row["quarantined"], **row}


def count(landing: Mapping[str, pa.Table]) -> Counts:
    """Return what became of the documents whose rows are in `landing`."""
    names = ("documents", "repeats", "quarantine", "skipped")
    return Counts(*(tables.count_values(landing[name], "file_uri") for name in names))


def check_law(expected: Mapping[str, int], counts: Counts, still_waiting: Mapping[str, int]) -> None:
    """Raise LawBroken unless every document that was read is an article, a repeat or quarantined, file by file.

    `still_waiting` counts those that were rejected for the reason for which they wait in quarantine already.
    """
    uris = expected.keys() | counts.articles.keys() | counts.repeats.keys() | counts.quarantined.keys()
    for uri in sorted(uris):
        accounted = counts.of(uri)["documents"] + still_waiting.get(uri, 0)
        if expected.get(uri, 0) != accounted:
            raise LawBroken(f"{uri}: {expected.get(uri, 0)} documents were read, but {accounted} accounted for")


def total(one: Taken, counts: Counts, progress: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the counts of a file, those of its parts that landed earlier included."""
    earlier = progress.get(one.arrival.file_uri, {}) if one.part is not None else {}
    return {name: number + earlier.get(name, 0) for name, number in counts.of(one.arrival.file_uri).items()}


def to_files(taken: Sequence[Taken], counts: Counts, progress: Mapping[str, Mapping[str, int]]) -> pa.Table:
    """Return the rows of table `files`: one receipt per file of the batch; that of a large one with its last part."""
    firsts = {one.arrival.file_uri: one for one in reversed(taken) if one.part is None or one.part.is_last}
    return tables.FILES.from_rows(_file_row(one, total(one, counts, progress)) for _, one in sorted(firsts.items()))


def to_receipts(taken: Sequence[Taken], counts: Counts, progress: Mapping[str, Mapping[str, int]]) -> list[Receipt]:
    """Return what the ledger keeps of the files.

    One that is still being written stays unknown to it, and of one that is replayed it knows all.
    `progress` is what has landed of large files, by file_uri.
    """
    return [
        Receipt(
            one.arrival.file_uri,
            one.outcome.file_id if isinstance(one.outcome, FileReading) and one.file.kept is None else None,
            one.file.size_bytes,
            one.file.modified_ns,
            one.placement,
            *(() if one.part is None or one.part.is_last else (one.part.next_position, total(one, counts, progress))),
        )
        for one in taken
    ]


def _file_row(one: Taken, counts: Mapping[str, int]) -> dict[str, object]:
    reading = one.outcome if isinstance(one.outcome, FileReading) else None
    modified_at = one.file.modified_at
    return {
        "file_id": None if reading is None else reading.file_id,
        "file_uri": one.arrival.file_uri,
        "source": one.arrival.source,
        "size_bytes": one.file.size_bytes if one.file.problem is None else None,
        "modified_at": None if modified_at is None else modified_at.replace(tzinfo=None),
        "received_at": one.arrival.received_at.replace(tzinfo=None),
        "format": None if reading is None else reading.format,
        "status": _status(one, counts),
        **counts,
    }


def _status(one: Taken, counts: Mapping[str, int]) -> str:
    if isinstance(one.outcome, StillChanging):
        return "held"
    if not counts["documents"] and not counts["skipped"]:
        return "seen_before"
    if counts["quarantined"] == counts["documents"] and counts["documents"]:
        return "quarantined"
    return "partly_quarantined" if counts["quarantined"] else "landed"
