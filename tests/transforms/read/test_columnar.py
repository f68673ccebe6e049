"""Parquet files give a document per row, and damage in them costs its row group."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import documents, read_bytes, reasons


def make(columns: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


STORIES = {"title": [f"T{number}" for number in range(9)], "text": [f"Story number {number}." for number in range(9)]}


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_each_row_is_a_document(compression: str) -> None:
    raw = make(STORIES, row_group_size=4, compression=compression)

    reading = read_bytes(raw, "a.parquet")

    assert reading.format == "columnar"
    assert [json.loads(row["raw"])["text"] for row in documents(reading)] == STORIES["text"]
    assert reading.size_bytes == len(raw)


def test_values_become_json() -> None:
    at = dt.datetime(2024, 3, 4, 5, 6, 7, 890, tzinfo=dt.UTC)
    raw = make(
        {
            "text": ["é"],
            "zoned": pa.array([at], pa.timestamp("ns", "Europe/Berlin")),
            "naive": pa.array([at.replace(tzinfo=None)], pa.timestamp("ms")),
            "day": [at.date()],
            "bytes": [b"\xff\xfe\x00"],
            "words": [b"caf\xc3\xa9"],
            "list": [["a", None]],
            "nan": [float("nan")],
            "struct": [{"url": "https://tarn.example", "none": None}],
            "decimal": [Decimal("1.50")],
            "empty": [""],
        }
    )

    row = json.loads(documents(read_bytes(raw, "a.parquet"))[0]["raw"])

    assert row["zoned"] == "2024-03-04T05:06:07.000890Z"
    assert row["naive"] == "2024-03-04T05:06:07"
    assert row["day"] == "2024-03-04"
    assert row["words"] == "café"
    assert row["list"] == ["a", None]
    assert row["decimal"] == "1.50"
    assert "nan" not in row
    assert "empty" not in row


@pytest.mark.parametrize("cut", [1, 4, 9, 60])
def test_a_broken_footer_is_one_rejection_with_the_id_of_the_file(cut: int) -> None:
    raw = make(STORIES)[:-cut]

    reading = read_bytes(raw, "a.parquet")

    assert reasons(reading) == ["read.parquet_broken"]
    assert reading.split.rejected["document_id"].to_pylist() == [reading.file_id]


def test_damage_in_one_row_group_leaves_the_others() -> None:
    raw = bytearray(make(STORIES, row_group_size=3, compression="zstd"))
    raw[10:60] = b"\xff" * 50

    reading = read_bytes(bytes(raw), "a.parquet")

    assert reasons(reading) == ["read.parquet_broken"]
    assert len(documents(reading)) == 6


def test_a_file_without_text_is_refused_once() -> None:
    assert reasons(read_bytes(make({"a": [1, 2]}), "a.parquet")) == ["read.no_text_column"]


def test_text_in_a_struct_is_found() -> None:
    assert len(documents(read_bytes(make({"article": [{"text": "A story."}]}), "a.parquet"))) == 1


def test_a_flipped_byte_anywhere_is_no_crash() -> None:
    raw = make(STORIES, row_group_size=3)

    for place in range(0, len(raw), 7):
        flipped = bytearray(raw)
        flipped[place] ^= 0x41

        reading = read_bytes(bytes(flipped), "a.parquet")

        assert len(documents(reading)) + len(reasons(reading)) >= 1
