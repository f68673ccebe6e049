"""Read: a file becomes documents.

A reader has two halves: `split` cuts a file into documents, each self-contained, and `parse` understands one of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from transforms import quarantine
from transforms.identity import HashedStream, to_id
from transforms.quarantine import Row
from transforms.read import plain_text
from transforms.read.sniff import OPENING_BYTES, Opening, find_markup_kind
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings
from transforms.split import Split
from warehouse import tables


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: how to know it, how to cut a file of it into documents, and how to understand one of them."""

    format: str
    sniff: Callable[[Opening], bool]
    split: Callable[[BinaryIO, Arrival, TransformSettings], Iterator[Document | Skipped | Rejected]]
    parse: Callable[[bytes, str | None, TransformSettings], Reading | Rejected]


READERS = (Reader(plain_text.FORMAT, plain_text.sniff, plain_text.split, plain_text.parse),)
"""The first reader whose `sniff` says yes reads the file; plain text takes what is left, so it stands last."""

BY_FORMAT = {reader.format: reader for reader in READERS}

_CHUNK_BYTES = 64 * 1024


class FileReading(NamedTuple):
    """What a file holds: `split` keeps `documents` and `skipped`; the rest is what the file's receipt needs."""

    split: Split
    file_id: str
    size_bytes: int
    format: str | None
    """Name of the reader; None when no reader took the file."""


def read(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> FileReading:
    """Return the documents of a file, with the id and size of its bytes; nothing of it is understood yet.

    `raw` of the documents is always there: `prepare` drops it where `keep_raw` says so.
    Raises OSError when `source` can't be read to its end.
    """
    hashed = HashedStream(source)
    stream = io.BufferedReader(hashed, _CHUNK_BYTES)
    opening = Opening(stream.peek(OPENING_BYTES)[:OPENING_BYTES], arrival.name)
    reader = find_reader(opening)
    outcomes = list(_split(reader, opening, stream, arrival, settings))
    while stream.read(_CHUNK_BYTES):
        pass
    split = _to_split(outcomes, arrival, settings, hashed.id)
    return FileReading(split, hashed.id, hashed.size_bytes, None if reader is None else reader.format)


def find_reader(opening: Opening) -> Reader | None:
    """Return the reader of a file that opens like this, or None when no reader knows it."""
    if find_markup_kind(opening.head) is not None:
        return None
    return next((reader for reader in READERS if reader.sniff(opening)), None)


def _split(
    reader: Reader | None, opening: Opening, stream: BinaryIO, arrival: Arrival, settings: TransformSettings
) -> Iterable[Document | Skipped | Rejected]:
    if not opening.head:
        detail = "the file ends at byte 0; nothing was written to it, or not yet: bring it again when it is whole"
        return [Rejected("read.empty_file", detail, position=0, raw=b"", whole_file=True)]
    if reader is None:
        kind = find_markup_kind(opening.head) or f"a file with the suffix {opening.suffix!r}"
        detail = f"the bytes at 0 are those of {kind}, which no reader takes; bring it as one of {sorted(BY_FORMAT)}"
        raw = stream.read(settings.keep_raw_max + 1)
        kept = raw if len(raw) <= settings.keep_raw_max else None
        return [Rejected("read.unknown_format", detail, position=0, raw=kept, whole_file=True)]
    return reader.split(stream, arrival, settings)


def _to_split(
    outcomes: Iterable[Document | Skipped | Rejected], arrival: Arrival, settings: TransformSettings, file_id: str
) -> Split:
    documents: list[Row] = []
    skipped: list[Row] = []
    rejected: list[Row] = []
    for outcome in outcomes:
        if isinstance(outcome, Document):
            documents.append(_document_row(outcome, arrival, file_id))
        elif isinstance(outcome, Skipped):
            skipped.append(_skipped_row(outcome, arrival))
        else:
            document_id = file_id if outcome.whole_file else None if outcome.raw is None else to_id(outcome.raw)
            rejected.append(
                quarantine.to_row(outcome, arrival, settings, file_id=file_id, document_id=document_id),
            )
    kept = {
        "documents": tables.DOCUMENTS.from_rows(documents),
        "skipped": tables.SKIPPED.from_rows(skipped) if skipped else tables.SKIPPED.empty(),
    }
    return Split(kept, quarantine.to_table(rejected))


def _document_row(document: Document, arrival: Arrival, file_id: str) -> Row:
    return {
        "document_id": to_id(document.raw),
        "file_id": file_id,
        "file_uri": arrival.file_uri,
        "source": arrival.source,
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
