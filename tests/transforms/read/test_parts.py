"""A file comes in parts of bounded size that are together what `read` gives."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import arrival, positions

from transforms.read import read, read_parts
from transforms.read.parts import Ending, Part
from transforms.settings import TransformSettings
from transforms.split import join
from warehouse import tables
from warehouse.tables import set_columns


def rows(count: int) -> bytes:
    return b"".join(json.dumps({"text": f"Story number {number}."}).encode() + b"\n" for number in range(count))


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(20):
            zipped.writestr(f"{number}.txt", f"Story number {number}.")
            zipped.writestr(f"{19 - number}.json", json.dumps({"source": f"paper-{19 - number}"}))
        zipped.writestr("rows.jsonl", rows(9) + b"{\n")
        zipped.writestr("logo.png", b"")
    return buffer.getvalue()


FILES = {"a.jsonl": rows(30) + b"broken\n", "a.zip": archive(), "a.txt": b"A story.", "empty.txt": b""}


def parts_of(raw: bytes, name: str, **limits: Any) -> list[Part | Ending]:
    return list(read_parts(io.BytesIO(raw), arrival(name), TransformSettings(**limits)))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("limits", [{"part_rows": 1}, {"part_rows": 7}, {"part_bytes": 40}, {}])
def test_parts_are_together_what_read_gives(name: str, limits: dict[str, int]) -> None:
    raw = FILES[name]
    *parts, ending = parts_of(raw, name, **limits)
    whole = read(io.BytesIO(raw), arrival(name), TransformSettings())

    assert isinstance(ending, Ending)
    told = [part for part in parts if isinstance(part, Part)]
    together = join(part.split for part in told)
    for table, rejoined in (
        (whole.split.rejected, together.rejected),
        *((whole.split.kept[key], together.kept[key]) for key in whole.split.kept),
    ):
        assert set_columns(rejoined, {"file_id": ending.file_id}).to_pylist() == table.to_pylist()
    assert (ending.file_id, ending.size_bytes, ending.format) == (whole.file_id, whole.size_bytes, whole.format)
    assert ending.file_id == hashlib.sha256(raw).hexdigest()[:32]
    assert {key: value for part in told for key, value in part.members.items()} == dict(whole.members)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 500), st.sampled_from(sorted(FILES)))
def test_positions_count_through_without_gap(part_rows: int, part_bytes: int, name: str) -> None:
    parts = parts_of(FILES[name], name, part_rows=part_rows, part_bytes=part_bytes)

    told = [part for part in parts if isinstance(part, Part)]
    assert [part.first_position for part in told] == [0, *(part.next_position for part in told[:-1])]
    assert positions(parts) == list(range(told[-1].next_position))
    for part in told:
        assert part.next_position - part.first_position <= part_rows
        assert part.split.kept["documents"]["file_id"].null_count == part.split.kept["documents"].num_rows
        tables.DOCUMENTS.checked(part.split.kept["documents"])
        assert isinstance(part.split.rejected, pa.Table)


def test_a_file_beyond_its_limit_keeps_what_stood_before_and_its_id() -> None:
    raw = rows(5000)

    *parts, ending = parts_of(raw, "a.jsonl", max_file_bytes=100_000)

    assert isinstance(ending, Ending)
    assert ending.file_id == hashlib.sha256(raw).hexdigest()[:32]
    assert ending.size_bytes == len(raw)
    reasons = [
        reason for part in parts if isinstance(part, Part) for reason in part.split.rejected["reason"].to_pylist()
    ]
    assert "read.file_too_large" in reasons
    assert sum(part.split.kept["documents"].num_rows for part in parts if isinstance(part, Part)) > 1000
