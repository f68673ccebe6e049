"""Encodings: what is read, and what is better left to a person."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.read.decoding import UndecodableError, decode, decode_as

CASES = tomllib.loads((Path(__file__).parent / "cases" / "encodings.toml").read_text(encoding="utf-8"))["case"]
READABLE = [case for case in CASES if "encoding" in case]
UNREADABLE = [case for case in CASES if "encoding" not in case]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case["about"])
def test_text_is_read_back_in_its_encoding(case: dict[str, Any]) -> None:
    raw = case["text"].encode(case["written_as"])

    decoded = decode(raw)

    assert decoded.text == case["text"]
    assert decoded.encoding == case["encoding"]
    assert decode_as(raw, decoded.encoding) == case["text"]


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case["about"])
def test_an_encoding_that_we_do_not_know_is_not_guessed(case: dict[str, Any]) -> None:
    with pytest.raises(UndecodableError):
        decode(case["text"].encode(case["written_as"]))


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (b"The lake \xff\xfe is grey", 9),
        ("Grüße aus ".encode() + "Köln".encode("windows-1252"), 13),
        (b"caf\xe9\x81", 3),
        (b"\xff\xfeA", 2),
        (b"the lake \xc3", 9),
        (b"naMe\xc9nd of it", 4),
    ],
)
def test_the_first_byte_that_nothing_explains_is_named(raw: bytes, offset: int) -> None:
    with pytest.raises(UndecodableError) as raised:
        decode(raw)

    assert raised.value.offset == offset


@given(st.text(st.characters(codec="utf-8")))
def test_every_text_survives_utf8(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode("utf-8")).encoding == "utf-8"


@given(st.binary(max_size=200))
def test_bytes_are_decoded_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        decoded = decode(raw)
    except UndecodableError:
        return

    assert decode_as(raw, decoded.encoding) == decoded.text
