"""Outcomes: what each document of a batch turned out to be, once all checks are done.

A document that is in the warehouse already is a repeat, a repeat of a rejected document is rejected like it,
and whatever landed after all no longer waits in quarantine.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.file_names import sidecar_of, uri_of
from flows.settle import Taken, to_repeats
from transforms.read import FileReading
from warehouse import tables
from warehouse.seen import OpenQuarantine


class Outcomes(NamedTuple):
    """The documents of a batch, told apart for good."""

    documents: pa.Table
    """New to the warehouse: each has an article."""
    repeats: pa.Table
    rejected: pa.Table


def tell_apart(
    taken: Sequence[Taken], passed: pa.Table, repeats: pa.Table, rejected: pa.Table, known: Collection[str]
) -> Outcomes:
    """Return what became of the documents of a batch.

    `passed` are the documents whose articles passed, `repeats` those whose bytes another document of the batch or of
    the warehouse has, `known` the ids that are in the warehouse at this moment.
    """
    ids = pa.array(sorted(known), pa.string())
    is_known = pc.is_in(passed["document_id"], value_set=ids)
    received = {one.arrival.file_uri: one.arrival.received_at for one in taken}
    overtaken = to_repeats(passed.filter(is_known), received)
    there = pa.concat_arrays([ids, passed["document_id"].combine_chunks()])
    has_article = pc.is_in(repeats["document_id"], value_set=there)
    orphans = repeats.filter(pc.invert(has_article))
    return Outcomes(
        passed.filter(pc.invert(is_known)),
        pa.concat_tables([repeats.filter(has_article), overtaken]),
        pa.concat_tables([rejected, _reject_alike(orphans, rejected, taken)]),
    )


def resolve(landing: Mapping[str, pa.Table], waiting: Iterable[OpenQuarantine], taken: Sequence[Taken]) -> pa.Table:
    """Return rows of table `resolutions` for what waited in quarantine and has now been dealt with.

    A document is dealt with when it has an article. A file that could not be opened is, when it was read; one whose
    bytes no reader could make a document of, when something has landed from its address. A sidecar that came before
    its file, and was taken for one itself, is when its file has come.
    """
    dealt = {value for name in ("documents", "repeats") for value in tables.values(landing[name], "document_id")}
    landed = {value for name in ("documents", "repeats") for value in tables.values(landing[name], "file_uri")}
    read = {one.arrival.file_uri for one in taken if isinstance(one.outcome, FileReading)}
    beside = sidecars_of(taken)
    ids = {
        entry.quarantine_id
        for entry in waiting
        if entry.document_id in dealt
        or entry.file_uri in beside
        or (_is_unopened(entry) and entry.file_uri in read)
        or (_is_unreadable(entry) and entry.file_uri in landed)
    }
    return tables.RESOLUTIONS.from_rows({"quarantine_id": quarantine_id} for quarantine_id in sorted(ids))


def sidecars_of(taken: Iterable[Taken]) -> set[str]:
    """Return the addresses of the sidecars with which the files of a batch were read."""
    files = (one.file for one in taken if isinstance(one.outcome, FileReading) and one.file.kept is None)
    paths = (sidecar for file in files if (sidecar := sidecar_of(file.path)) is not None)
    return {uri_of(path) for path in paths if os.path.isfile(path)}


def _is_unopened(entry: OpenQuarantine) -> bool:
    """Return whether nothing is known of the bytes: the file, or what lies beside it, could not be read."""
    return entry.document_id is None and entry.position is None


def _is_unreadable(entry: OpenQuarantine) -> bool:
    """Return whether the whole file was rejected before it was divided into documents."""
    return entry.document_id is not None and entry.document_id == entry.file_id and entry.reason.startswith("read.")


def _reject_alike(orphans: pa.Table, rejected: pa.Table, taken: Sequence[Taken]) -> pa.Table:
    """Return rejections of documents whose bytes were rejected under another name in the same batch.

    One that was not rejected either went missing: it stays missing, and the law says so.
    """
    rejections: dict[str, dict[str, Any]] = {row["document_id"]: row for row in rejected.to_pylist()}
    file_ids = {one.arrival.file_uri: getattr(one.outcome, "file_id", None) for one in taken}
    return tables.QUARANTINE.from_rows(
        {
            **rejections[row["document_id"]],
            "file_id": file_ids[row["file_uri"]],
            **{name: row[name] for name in ("file_uri", "source", "position")},
        }
        for row in orphans.to_pylist()
        if row["document_id"] in rejections
    )
