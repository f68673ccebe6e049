"""Parts: what a file holds, in tables of bounded size, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from transforms import quarantine
from transforms.identity import to_id
from transforms.quarantine import Row
from transforms.read.placement import arrival_of_member
from transforms.read.reader import Outcome
from transforms.rows import Arrival, Document, Placement, Rejected, Skipped
from transforms.settings import TransformSettings
from transforms.split import Split
from warehouse import tables


class Part(NamedTuple):
    """The outcomes of a file from `first_position` on, up to but without `next_position`; `file_id` is NULL in them.

    `split` keeps `documents` and `skipped`. A file has at least one part.
    """

    split: Split
    first_position: int
    next_position: int
    members: Mapping[str, Placement]
    """What lies beside the members of an archive says of them: for `Arrival.members` when its documents go on."""


class Ending(NamedTuple):
    """What is known of a file when all of it was read; comes behind its last part."""

    file_id: str
    size_bytes: int
    format: str | None
    """Name of the reader or container; None when none took the file."""


class Identified(NamedTuple):
    """An outcome, and the id of its document where that is not the id of its `raw`."""

    outcome: Outcome
    document_id: str | None = None


def to_parts(outcomes: Iterable[Identified], arrival: Arrival, settings: TransformSettings) -> Iterator[Part]:
    """Yield outcomes in parts of at most `part_rows` rows and about `part_bytes` bytes; positions count through."""
    position = first = size = 0
    waiting: list[Identified] = []
    for identified in outcomes:
        numbered = replace(identified.outcome, position=position)
        waiting.append(identified._replace(outcome=numbered))
        position += 1
        size += 0 if isinstance(numbered, Skipped) or numbered.raw is None else len(numbered.raw)
        if len(waiting) >= settings.part_rows or size >= settings.part_bytes:
            yield _to_part(waiting, arrival, settings, first)
            waiting, first, size = [], position, 0
    if waiting or position == 0:
        yield _to_part(waiting, arrival, settings, first)


def _to_part(outcomes: list[Identified], arrival: Arrival, settings: TransformSettings, first: int) -> Part:
    documents: list[Row] = []
    skipped: list[Row] = []
    rejected: list[Row] = []
    for outcome, document_id in outcomes:
        if isinstance(outcome, Document):
            documents.append(_document_row(outcome, arrival, settings))
        elif isinstance(outcome, Skipped):
            skipped.append(_skipped_row(outcome, arrival))
        else:
            rejected.append(_rejected_row(outcome, document_id, arrival, settings))
    kept = {"documents": tables.DOCUMENTS.from_rows(documents), "skipped": tables.SKIPPED.from_rows(skipped)}
    named = {row["member"] for row in documents}
    members = {name: placement for name, placement in arrival.members.items() if name in named}
    return Part(Split(kept, quarantine.to_table(rejected)), first, first + len(outcomes), members)


def _document_row(document: Document, arrival: Arrival, settings: TransformSettings) -> Row:
    return {
        "document_id": to_id(document.raw),
        "file_uri": arrival.file_uri,
        "source": arrival_of_member(arrival, document.member, settings).source,
        "position": document.position,
        "member": document.member,
        "offset_bytes": document.offset_bytes,
        "format": document.format,
        "media_type": document.media_type,
        "encoding": document.encoding,
        "raw": document.raw,
        "url": document.url,
    }


def _skipped_row(skipped: Skipped, arrival: Arrival) -> Row:
    return {
        "file_uri": arrival.file_uri,
        "position": skipped.position,
        "reason": skipped.reason,
        "detail": skipped.detail,
    }


def _rejected_row(rejected: Rejected, document_id: str | None, arrival: Arrival, settings: TransformSettings) -> Row:
    if document_id is None and rejected.raw is not None:
        document_id = to_id(rejected.raw)
    return quarantine.to_row(rejected, arrival, settings, file_id=None, document_id=document_id)
