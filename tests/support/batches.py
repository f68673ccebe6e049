"""Batches of small files, read as the workers read them: for tests of the bookkeeping between the stages."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pyarrow as pa

from flows.inbox import InboxFile, Kept, Problem
from flows.settle import Memory, Taken
from flows.work import StillChanging
from transforms.identity import to_id
from transforms.read import FileReading, read
from transforms.rows import Arrival
from transforms.settings import TransformSettings
from warehouse.seen import OpenQuarantine, SeenFile
from warehouse.tables import QUARANTINE

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
NO_PLACE = "[]"


def file_uri(name: str) -> str:
    return f"file:///inbox/{name}"


def taken(
    name: str, content: bytes | Problem | StillChanging, *, placement: str = NO_PLACE, kept: Kept | None = None
) -> Taken:
    """Return a file of a batch with what came of reading `content`."""
    arrival = Arrival(file_uri(name), name, NOW)
    problem = content if isinstance(content, Problem) else None
    size = len(content) if isinstance(content, bytes) else 0
    file = InboxFile(os.fsencode(f"/inbox/{name}"), b"/inbox", size, 9, problem, kept)
    outcome: FileReading | Problem | StillChanging = (
        read(io.BytesIO(content), arrival, TransformSettings()) if isinstance(content, bytes) else content
    )
    return Taken(file, arrival, placement, outcome)


def memory(
    known: Iterable[bytes] = (),
    seen: Mapping[str, tuple[bytes, str]] | None = None,
    waiting: Iterable[OpenQuarantine] = (),
) -> Memory:
    """Return a ledger's memory: documents by their bytes, arrivals by name with bytes and placement."""
    files = {
        file_uri(name): {to_id(content): SeenFile(to_id(content), placement, "earlier")}
        for name, (content, placement) in (seen or {}).items()
    }
    return Memory(files, {to_id(raw) for raw in known}, list(waiting))


def waiting(
    name: str, content: bytes | None, reason: str = "clean.no_story_text", *, quarantine_id: str | None = None
) -> OpenQuarantine:
    """Return what waits from a file: its one document with these bytes, or for None the file that was not opened."""
    own = None if content is None else to_id(content)
    return OpenQuarantine(
        quarantine_id or f"q-{name}-{reason}", file_uri(name), own, own, None if own is None else 0, reason
    )


def rejected(documents: pa.Table, reason: str = "clean.no_story_text") -> pa.Table:
    """Return the documents as a stage would reject them."""
    columns = ["document_id", "file_id", "file_uri", "source", "position", "raw"]
    facts = {"stage": reason.partition(".")[0], "reason": reason, "severity": "critical"}
    return QUARANTINE.from_rows({**row, **facts} for row in documents.select(columns).to_pylist())
