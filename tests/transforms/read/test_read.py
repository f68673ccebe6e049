"""Files become documents or quarantine rows, and nothing else."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.read import FileReading, read
from transforms.rows import Arrival
from transforms.settings import TransformSettings
from warehouse import tables

STORY = b"The council of Upper Tarn voted on Tuesday against a tunnel under the lake.\n"


def _arrival(name: str = "a.txt") -> Arrival:
    return Arrival(f"file:///inbox/{name}", name, datetime(2024, 3, 4, tzinfo=UTC), source="tarn")


def _read(raw: bytes, name: str = "a.txt", **limits: Any) -> FileReading:
    return read(io.BytesIO(raw), _arrival(name), TransformSettings(**limits))


def _id(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


def test_a_text_file_is_one_document_with_its_own_bytes() -> None:
    reading = _read(STORY)

    assert reading.file_id == _id(STORY)
    assert reading.size_bytes == len(STORY)
    assert reading.format == "plain_text"
    assert reading.split.rejected.num_rows == 0
    documents = reading.split.kept["documents"].to_pylist()
    assert [(row["document_id"], row["file_id"], row["raw"]) for row in documents] == [(_id(STORY), _id(STORY), STORY)]
    assert documents[0]["encoding"] == "utf-8"
    assert documents[0]["source"] == "tarn"
    assert documents[0]["run_id"] is None


@pytest.mark.parametrize(
    ("raw", "name", "reason"),
    [
        (b"", "a.txt", "read.empty_file"),
        (b"", "a.html", "read.empty_file"),
        (b"\xef\xbb\xbf", "a.txt", "read.empty_file"),
        (b"\x89PNG\r\n\x1a\n0000", "a.txt", "read.binary_file"),
        (b"%PDF-1.7 text", "a.txt", "read.binary_file"),
        (b"text with a \x00 in it", "a.txt", "read.binary_file"),
        (bytes(range(1, 32)) * 9, "a.txt", "read.binary_file"),
        (b"The lake \xff\xfe is grey", "a.txt", "read.not_utf8"),
        (b"SQLite format 3\x00", "noname.bin", "read.unknown_format"),
    ],
)
def test_what_is_no_text_goes_to_quarantine_with_its_reason_and_bytes(raw: bytes, name: str, reason: str) -> None:
    reading = _read(raw, name)

    assert reading.split.kept["documents"].num_rows == 0
    rows = reading.split.rejected.to_pylist()
    assert [row["reason"] for row in rows] == [reason]
    assert rows[0]["stage"] == "read"
    assert rows[0]["raw"] == raw
    assert rows[0]["document_id"] == rows[0]["file_id"] == reading.file_id == _id(raw)
    assert rows[0]["severity"] == "critical"
    assert "byte" in rows[0]["detail"]


def test_the_detail_of_undecodable_bytes_names_their_place() -> None:
    detail = _read(b"The lake \xff\xfe is grey").split.rejected.to_pylist()[0]["detail"]

    assert "byte 9" in detail
    assert "ff fe" in detail


class Endless(io.RawIOBase):
    """A file of one long line; remembers how much of it was asked for at once."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the line."""
        self.largest = max(self.largest, size)
        count = self.left if size < 0 else min(size, self.left)
        self.left -= count
        return b"a" * count


def test_a_document_beyond_the_limit_is_hashed_in_chunks_and_not_kept() -> None:
    line = Endless(9_000_000)

    reading = read(line, _arrival(), TransformSettings(max_document_bytes=1000))  # type: ignore[arg-type]

    rows = reading.split.rejected.to_pylist()
    assert [row["reason"] for row in rows] == ["read.document_too_large"]
    assert rows[0]["raw"] is None
    assert reading.size_bytes == 9_000_000
    assert rows[0]["document_id"] == reading.file_id == _id(b"a" * 9_000_000)
    assert line.largest <= 65536


@pytest.mark.parametrize("limits", [{"keep_raw": "hash"}, {"keep_raw_max": 3}])
def test_rejected_bytes_are_kept_only_where_settings_allow(limits: dict[str, Any]) -> None:
    rows = _read(b"The lake \xff\xfe is grey", **limits).split.rejected.to_pylist()

    assert rows[0]["raw"] is None
    assert rows[0]["document_id"] is not None


def test_documents_carry_their_bytes_to_prepare_whatever_is_kept_later() -> None:
    documents = _read(STORY, keep_raw="hash").split.kept["documents"].to_pylist()

    assert documents[0]["raw"] == STORY


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "b.json", "c", "d.html"]))
@example(b"<feed>", "a.txt")
@example(b"title,text\n", "a.csv")
@example(b"[]", "b.json")
def test_every_file_becomes_rows_of_some_kind_and_has_its_id(raw: bytes, name: str) -> None:
    reading = _read(raw, name, max_document_bytes=300)

    tables.DOCUMENTS.checked(reading.split.kept["documents"])
    tables.SKIPPED.checked(reading.split.kept["skipped"])
    tables.QUARANTINE.checked(reading.split.rejected)
    assert sum(table.num_rows for table in (*reading.split.kept.values(), reading.split.rejected)) >= 1
    assert reading.file_id == _id(raw)
    assert reading.size_bytes == len(raw)
