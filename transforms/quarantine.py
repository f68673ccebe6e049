"""Quarantine rows: a document or file that may not go on, with its reason and, where settings allow, its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from transforms.rows import Arrival, Rejected
from transforms.settings import TransformSettings
from warehouse import tables

Row = dict[str, Any]
"""Values by column name, as `Table.from_rows` takes them."""


def to_row(
    rejected: Rejected, arrival: Arrival, settings: TransformSettings, *, file_id: str | None, document_id: str | None
) -> Row:
    """Return the quarantine row of `rejected`; its stage is the first word of its reason."""
    return {
        "file_id": file_id,
        "file_uri": arrival.file_uri,
        "source": arrival.source,
        "document_id": document_id,
        "position": rejected.position,
        "stage": rejected.reason.partition(".")[0],
        "reason": rejected.reason,
        "detail": rejected.detail,
        "severity": "critical",
        "raw": kept_raw(rejected.raw, settings),
    }


def to_table(rows: Iterable[Row]) -> pa.Table:
    """Return quarantine rows as a table."""
    listed = list(rows)
    return tables.QUARANTINE.from_rows(listed) if listed else tables.QUARANTINE.empty()


def kept_raw(raw: bytes | None, settings: TransformSettings) -> bytes | None:
    """Return the bytes that may be stored: None with `keep_raw = "hash"` or above `keep_raw_max`."""
    if raw is None or settings.keep_raw == "hash" or len(raw) > settings.keep_raw_max:
        return None
    return raw
