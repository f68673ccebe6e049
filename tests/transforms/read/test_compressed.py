"""Compressed files are read as what is in them, and what breaks off costs only its end."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import STORY, details, documents, read_bytes, reasons

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
FEW_ROWS = b'{"text": "a first story"}\n' * 4
ROWS = b"".join(b'{"text": "story number %d"}\n' % number for number in range(5000))


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_text_is_the_document_that_is_in_it(name: str) -> None:
    packed = PACKERS[name](STORY)

    reading = read_bytes(packed, "a.txt.packed")

    assert reading.format == name
    assert [(row["raw"], row["member"], row["offset_bytes"]) for row in documents(reading)] == [(STORY, None, 0)]
    assert reading.file_id != documents(reading)[0]["document_id"]
    assert reading.size_bytes == len(packed)


@pytest.mark.parametrize("name", PACKERS)
def test_frames_one_behind_the_other_are_one_file(name: str) -> None:
    pack = PACKERS[name]

    assert documents(read_bytes(pack(STORY) + pack(STORY), "a.txt"))[0]["raw"] == STORY * 2


@pytest.mark.parametrize("name", PACKERS)
def test_of_a_cut_file_the_rows_before_the_cut_come_through(name: str) -> None:
    packed = PACKERS[name](FEW_ROWS) + PACKERS[name](ROWS)

    reading = read_bytes(packed[:-20], "a.jsonl.gz")

    assert len(documents(reading)) >= 3
    assert reasons(reading) == ["read.compressed_data_cut"]
    assert f"byte {len(packed) - 20}" in details(reading)[0]


@pytest.mark.parametrize("name", PACKERS)
def test_a_checksum_that_does_not_fit_is_said_with_its_frame(name: str) -> None:
    good = PACKERS[name](STORY)
    bad = bytearray(good + PACKERS[name](STORY * 9))
    bad[len(good) + 20] ^= 0x55

    reading = read_bytes(bytes(bad), "a.txt")

    assert documents(reading) == []
    assert reasons(reading) == ["read.compressed_data_damaged"]
    assert f"byte {len(good)}" in details(reading)[0]


def test_what_is_no_frame_behind_the_last_is_said() -> None:
    reading = read_bytes(gzip.compress(FEW_ROWS) + b"junk", "a.jsonl.gz")

    assert reasons(reading)[-1] in ("read.compressed_data_damaged", "read.compressed_data_cut")


def test_zeros_behind_the_last_frame_are_padding() -> None:
    reading = read_bytes(gzip.compress(STORY) + b"\0" * 600, "a.txt.gz")

    assert len(documents(reading)) == 1
    assert reasons(reading) == []


def test_two_compressions_are_undone_and_a_third_is_refused() -> None:
    twice = gzip.compress(gzip.compress(STORY))

    assert documents(read_bytes(twice, "a.gz"))[0]["raw"] == STORY
    assert reasons(read_bytes(gzip.compress(twice), "a.gz")) == ["read.nested_too_deep"]


def test_an_empty_compressed_file_is_an_empty_file() -> None:
    assert reasons(read_bytes(gzip.compress(b""), "a.txt.gz")) == ["read.empty_file"]


def test_a_name_that_lies_about_packing_does_no_harm() -> None:
    assert documents(read_bytes(STORY, "a.txt.gz"))[0]["format"] == "plain_text"


def test_more_bytes_than_allowed_end_the_file() -> None:
    reading = read_bytes(gzip.compress(ROWS), "a.jsonl.gz", max_unpacked_bytes=70_000)

    assert len(documents(reading)) > 100
    assert reasons(reading) == ["read.unpacks_too_large"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=50), min_size=1, max_size=20), st.sampled_from(sorted(PACKERS)))
def test_packing_changes_no_document(texts: list[str], name: str) -> None:
    raw = "\n".join(texts).encode()

    plain, packed = read_bytes(raw, "a.txt"), read_bytes(PACKERS[name](raw), "a.txt")

    assert [row["document_id"] for row in documents(plain)] == [row["document_id"] for row in documents(packed)]
    assert reasons(plain) == reasons(packed)
