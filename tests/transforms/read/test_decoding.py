"""Encodings: what is read, and what is better left to a person."""

from __future__ import annotations

import codecs
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.read.decoding import UndecodableError, decode, decode_as, decode_loosely, decode_page, is_guess
from transforms.read.labels import CODECS

CASES = tomllib.loads((Path(__file__).parent / "cases" / "encodings.toml").read_text(encoding="utf-8"))["case"]
READABLE = [case for case in CASES if "encoding" in case]
UNREADABLE = [case for case in CASES if "encoding" not in case]


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case["about"])
def test_text_is_read_back_in_its_encoding(case: dict[str, Any]) -> None:
    raw = case["text"].encode(case["written_as"])

    decoded = decode(raw)

    assert decoded.text == case["text"]
    assert decoded.encoding == case["encoding"]
    assert decoded.guessed == case.get("guessed", False)
    assert is_guess(raw, decoded.encoding) == decoded.guessed
    assert decode_as(raw, decoded.encoding) == case["text"]


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case["about"])
def test_an_encoding_that_is_not_sure_is_not_guessed(case: dict[str, Any]) -> None:
    with pytest.raises(UndecodableError):
        decode(case["text"].encode(case["written_as"]))


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        (b"The lake \xff\xfe is grey", 9),
        (b"The minister said \xff\xfe\x81 and \xe2\x82 nothing", 18),
        ("Grüße aus ".encode() + "Köln".encode("windows-1252"), 13),
        ("Größere Schiffe dürfen künftig früher einlaufen, sagte Müller.".encode().replace(b"M\xc3\xbc", b"M\xfc"), 61),
        ("Łódź i Gdańsk to piękne miasta, powiedział żołnierz.".encode().replace(b"\xc5\xbc", b"\xff\xbc"), 49),
        ("Озеро серое, лодок мало".encode()[:-1], 40),
        (b"caf\xe9\x81", 3),
        (b"\xff\xfeA", 2),
        (b"the lake \xc3", 9),
        (b"naMe\xc9nd of it", 4),
        (bytes(range(128, 256)) * 2, 0),
    ],
)
def test_the_first_byte_that_nothing_explains_is_named(raw: bytes, offset: int) -> None:
    with pytest.raises(UndecodableError) as raised:
        decode(raw)

    assert raised.value.offset == offset


def test_a_header_says_what_bytes_cannot() -> None:
    raw = "Жук".encode("koi8-r")

    assert decode(raw, transport="KOI8-R").text == "Жук"
    assert not decode(raw, transport="KOI8-R").guessed
    assert not is_guess(raw, "koi8-r", transport="KOI8-R")


def test_a_byte_order_mark_outranks_the_header() -> None:
    assert decode(codecs.BOM_UTF8 + "Łódź".encode(), transport="windows-1250").text == "Łódź"


def test_a_header_with_a_name_that_nobody_knows_is_no_header() -> None:
    assert decode("Łódź".encode(), transport="utf-ate").encoding == "utf-8"


def test_a_header_that_the_bytes_belie_is_not_believed() -> None:
    assert decode("Łódź".encode(), transport="iso-8859-1").text == "Łódź"
    assert decode("Озеро серое, лодок мало.".encode("windows-1251"), transport="euc-jp").encoding == "windows-1251"


@pytest.mark.parametrize(
    ("head", "written_as", "encoding"),
    [
        ("<meta charset=windows-1250>", "cp1250", "windows-1250"),
        ("<meta charset=iso-8859-1>", "cp1252", "windows-1252"),
        ("<meta charset=gb2312>", "gb18030", "gb18030"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r", "koi8-r"),
        ("<meta charset=utf-16>", "utf-8", "utf-8"),
    ],
)
def test_a_page_is_read_as_it_declares(head: str, written_as: str, encoding: str) -> None:
    word = {"koi8-r": "Жук", "gb18030": "湖", "cp1252": "“é”"}.get(written_as, "Łódź")
    raw = f"{head}<p>{word}".encode(written_as)

    decoded = decode_page(raw)

    assert (decoded.text[-len(word) :], decoded.encoding, decoded.flags) == (word, encoding, ())


def test_the_header_outranks_the_page() -> None:
    raw = "<meta charset=windows-1251><p>Łódź".encode("windows-1250")

    assert decode_page(raw, transport="windows-1250").text.endswith("Łódź")


def test_a_page_that_is_utf8_is_utf8_whatever_it_declares() -> None:
    decoded = decode_page("<meta charset=windows-1252><p>Łódź".encode())

    assert (decoded.text[-4:], decoded.encoding, decoded.guessed) == ("Łódź", "utf-8", False)


def test_a_page_cut_in_a_letter_loses_that_letter_only() -> None:
    decoded = decode_page("<meta charset=utf-8><p>Die Schiffe dürfen künftig früher einlaufen: für".encode()[:-2])

    assert decoded.text.endswith("früher einlaufen: f\ufffd")
    assert decoded.flags == ("encoding_damaged",)


def test_a_page_that_fits_no_encoding_is_shown_as_browsers_do() -> None:
    decoded = decode_page(b"<p>The lake \x81 is \x8d grey")

    assert decoded.text == "<p>The lake \ufffd is \ufffd grey"
    assert (decoded.encoding, decoded.damaged) == ("windows-1252", True)


def test_a_wave_dash_is_the_same_from_each_japanese_encoding() -> None:
    text = "九時〜五時に湖を渡る船がある。"

    for encoding in ("shift_jis", "euc-jp", "iso-2022-jp"):
        assert decode_as(text.encode(encoding), encoding) == text


@given(st.text(st.characters(codec="utf-8")))
def test_every_text_survives_utf8(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode("utf-8")).encoding == "utf-8"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_decoded_or_refused_and_nothing_else(raw: bytes) -> None:
    try:
        decoded = decode(raw)
    except UndecodableError:
        return

    assert decode_as(raw, decoded.encoding) == decoded.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gbk", "shift_jis", "macintosh", "utf-16", "nonsense"]))
def test_a_page_is_always_read_and_always_the_same(raw: bytes, transport: str | None) -> None:
    decoded = decode_page(raw, transport=transport)

    assert decoded == decode_page(raw, transport=transport)
    assert decode_loosely(raw, decoded.encoding).count("\ufffd") >= decoded.damaged


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(sorted(CODECS)))
def test_any_bytes_can_be_read_loosely_in_any_encoding(raw: bytes, encoding: str) -> None:
    decode_loosely(raw, encoding)
