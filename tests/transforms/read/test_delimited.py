"""Tables of articles are read whatever divides their columns; a row that is none costs only itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import arrival, details, documents, read_bytes, reasons

from transforms.read import read
from transforms.read.delimited import parse
from transforms.rows import Reading
from transforms.settings import SourceRule, TransformSettings

ROWS = [
    ["title", "text", "url", "date"],
    ["Tunnel", 'One,\n\n"two"; three|four', "https://tarn.example/1", "2024-03-04"],
    ["Café", "Der Rat stimmte am Dienstag für die Brücke über den See.", "", "4 March 2024"],
]


def table(rows: Sequence[Sequence[str]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


def texts(raw: bytes, name: str = "a.csv") -> list[str]:
    return [json.loads(row["raw"])["text"] for row in documents(read_bytes(raw, name))]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_rows_are_found_whatever_divides_and_encodes_them(delimiter: str, line_end: str, encoding: str) -> None:
    raw = table(ROWS, delimiter, line_end).encode(encoding)

    assert texts(raw) == [ROWS[1][1], ROWS[2][1]]


def test_a_row_is_canonical_json_and_knows_its_place() -> None:
    raw = table(ROWS).encode()

    first, second = documents(read_bytes(raw, "a.csv"))

    assert (
        first["raw"]
        == json.dumps(dict(zip(ROWS[0], ROWS[1], strict=True)), sort_keys=True, separators=(",", ":")).encode()
    )
    assert "url" not in json.loads(second["raw"])
    assert raw[first["offset_bytes"] :].startswith(b"Tunnel")
    assert raw[second["offset_bytes"] :].startswith("Café".encode())
    assert first["url"] == "https://tarn.example/1"


def test_a_table_without_a_name_is_known_by_its_header() -> None:
    assert len(texts(table(ROWS).encode(), "delivery")) == 2


def test_an_article_that_begins_like_a_list_stays_plain_text() -> None:
    raw = b"Content, date and title of the law\n\nThe council voted on Tuesday.\n"

    assert [row["format"] for row in documents(read_bytes(raw, "a.txt"))] == ["plain_text"]


def test_a_ragged_row_is_quarantined_with_its_line_and_the_others_land() -> None:
    raw = table(ROWS).encode() + b"T3,only\r\nT4,good,,\r\n"

    reading = read_bytes(raw, "a.csv")

    assert len(documents(reading)) == 3
    assert reasons(reading) == ["read.ragged_row"]
    assert "line 6" in details(reading)[0]
    assert reading.split.rejected["raw"].to_pylist() == [b"T3,only\r\n"]


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    raw = b'title,text\nT1,one\nT2,"two\nT3,three\nT4,four\n'

    reading = read_bytes(raw, "a.csv")

    assert [json.loads(row["raw"])["text"] for row in documents(reading)] == ["one", "three", "four"]
    assert reasons(reading) == ["read.row_unreadable"]
    assert "line 3" in details(reading)[0]


def test_a_storm_of_lines_in_a_quote_is_bounded() -> None:
    raw = b'title,text\nT1,"' + b"\n" * 150_000 + b"T2,two\n"

    reading = read_bytes(raw, "a.csv")

    assert reasons(reading) == ["read.row_unreadable"]
    assert "lines" in details(reading)[0]
    assert len(documents(reading)) == 1


def test_a_row_beyond_the_limit_is_passed_over() -> None:
    raw = b"title,text\nT1," + b"a" * 5000 + b"\nT2,two\n"

    reading = read_bytes(raw, "a.csv", max_document_bytes=1000)

    assert reasons(reading) == ["read.line_too_long"]
    assert len(documents(reading)) == 1


def test_a_table_without_text_is_refused_once() -> None:
    reading = read_bytes(b"a,b\n1,2\n3,4\n", "a.csv")

    assert reasons(reading) == ["read.no_text_column"]
    assert "columns" in details(reading)[0]


def test_a_row_without_text_is_refused_with_its_raw() -> None:
    reading = read_bytes(b"title,text\nT1,\n", "a.csv")

    assert reasons(reading) == ["read.row_without_text"]


def test_more_rows_than_allowed_end_the_file() -> None:
    reading = read_bytes(b"title,text\n" + b"T,a story\n" * 9, "a.csv", max_rows=5)

    assert len(documents(reading)) == 5
    assert reasons(reading) == ["read.too_many_rows"]


def test_a_source_can_name_its_columns() -> None:
    rule = SourceRule("tarn", columns={"Volltext": "body", "Kopf": "headline"})
    limits = TransformSettings(sources=(rule,))
    file = arrival("a.csv")
    reading = read(io.BytesIO(b"Kopf,Volltext\nTunnel,Der Rat stimmte.\n"), replace(file, source="tarn"), limits)

    raw = documents(reading)[0]["raw"]
    parsed = parse(raw, "utf-8", limits.for_source("tarn"))
    assert isinstance(parsed, Reading)
    assert parsed.text == "Der Rat stimmte."
    assert [(found.field, found.value) for found in parsed.found] == [("headline", "Tunnel")]


def test_a_row_in_an_old_encoding_says_so() -> None:
    raw = "title,text\nT,Die Brücke über den Fluß für große Züge\n".encode("windows-1252")

    assert [row["encoding"] for row in documents(read_bytes(raw, "a.csv"))] == ["windows-1252"]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\x1e"), max_size=30)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(",\t;|"))
def test_what_the_csv_module_writes_comes_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    raw = table([["title", "text"], *rows], delimiter, "\n").encode()

    reading = read_bytes(raw, "a.csv")

    expected = [text for _, text in rows if text.strip() not in ("", "null", "NULL", "None", "nan", "NaN")]
    assert [json.loads(row["raw"])["text"] for row in documents(reading)] == expected


def test_a_field_that_holds_a_record_separator_is_a_field_like_others() -> None:
    raw = "title,text\nThe Café\x1e,The café by the harbour was full.\n".encode()

    reading = read_bytes(raw, "a.csv")

    assert len(documents(reading)) + len(reasons(reading)) == 1
