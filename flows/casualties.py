"""Casualties: documents that cost their worker its life, its time or its memory, as rejections."""

from __future__ import annotations

import pyarrow as pa

from flows.inbox import Problem
from flows.work import DocumentWork, FileWork
from flows.workers import Casualty
from transforms import quarantine
from transforms.rows import Rejected
from transforms.settings import TransformSettings
from transforms.split import Split

ADVICE = "it was left alone twice; look at it by hand, raise the limit in copydesk.toml, or report it"


def to_problem(casualty: Casualty[FileWork]) -> Problem:
    """Return why a file could not be read."""
    return Problem(f"read.{casualty.reason}", f"{casualty.detail}; {ADVICE}")


def to_split(casualty: Casualty[DocumentWork], settings: TransformSettings) -> Split:
    """Return the document that was alone with its worker as rejected, with its bytes."""
    work = casualty.item
    rows = [
        quarantine.to_row(
            Rejected(f"prepare.{casualty.reason}", f"{casualty.detail}; {ADVICE}", row["position"], row["raw"]),
            work.arrivals[row["file_uri"]],
            settings,
            file_id=row["file_id"],
            document_id=row["document_id"],
        )
        for row in work.documents.to_pylist()
    ]
    rejected: pa.Table = quarantine.to_table(rows)
    return Split({}, rejected)
