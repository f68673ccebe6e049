"""JSON with articles in it is read in every form it comes in; a broken one says where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import details, documents, read_bytes, reasons

from transforms.read.json_rows import parse
from transforms.rows import Reading, Rejected
from transforms.settings import TransformSettings

ROWS: list[dict[str, Any]] = [
    {"title": "Tunnel", "text": "The council voted.\n\n“No,” said one.", "url": "https://tarn.example/1", "n": 2**70},
    {"headline": "Brücke", "content": "Der Rat stimmte für die Brücke.", "metadata": {"language": "de"}},
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


FORMS = {
    "array": json.dumps(ROWS),
    "indented array": json.dumps(ROWS, indent=2, ensure_ascii=False),
    "lines": lines(ROWS),
    "lines with blanks": "\n\n" + lines(ROWS) + "\n\n",
    "one after another": "".join(json.dumps(row) for row in ROWS),
    "indented, one after another": "\n".join(json.dumps(row, indent=1) for row in ROWS),
    "record separators": "".join("\x1e" + json.dumps(row) + "\n" for row in ROWS),
    "list in an object": json.dumps({"status": "ok", "totalResults": 2, "articles": ROWS, "next": None}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_object_is_a_document(form: str, encoding: str) -> None:
    reading = read_bytes(FORMS[form].encode(encoding), "delivery.json")

    assert [json.loads(row["raw"]) for row in documents(reading)] == ROWS
    assert reasons(reading) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_offset_is_where_the_object_begins(form: str) -> None:
    raw = FORMS[form].encode()

    for row in documents(read_bytes(raw, "a.json")):
        assert json.JSONDecoder().raw_decode(raw[row["offset_bytes"] :].decode().lstrip("\x1e"))[0] in ROWS


def test_the_same_row_has_the_same_id_in_every_form() -> None:
    ids = {
        tuple(row["document_id"] for row in documents(read_bytes(form.encode(), "a.json"))) for form in FORMS.values()
    }

    assert len(ids) == 1


def test_a_broken_line_costs_only_itself() -> None:
    raw = b'{"text": "one"}\n{"text": "two\n{"text": "three"}\n[1]\n{"text": NaN, "body": "four"}\n'

    reading = read_bytes(raw, "a.jsonl")

    assert [json.loads(row["raw"]) for row in documents(reading)] == [
        {"text": "one"},
        {"text": "three"},
        {"body": "four"},
    ]
    assert reasons(reading) == ["read.not_json", "read.row_unreadable"]
    assert "line 2" in details(reading)[0]


def test_of_a_broken_array_the_objects_before_land() -> None:
    reading = read_bytes(b'[{"text": "one"}, {"text": "two"}, {"text": oops}, {"text": "three"}]', "a.json")

    assert len(documents(reading)) == 2
    assert reasons(reading) == ["read.not_json"]
    assert "byte 44" in details(reading)[0]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{}", "read.no_text_column"),
        (b"[]", "read.no_rows"),
        (b"[1, 2]", "read.row_unreadable"),
        (b"{", "read.not_json"),
        (b"[" * 100_000, "read.json_limits"),
        (b'{"text": "x", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "read.json_limits"),
        (b'{"a":' * 100_000, "read.json_limits"),
        (b'{"text": ""}', "read.row_without_text"),
        (b'{"name": "package", "version": "1.0"}', "read.no_text_column"),
        (b'{"text": "\xff\xfe\x81\x00"}', "read.not_utf8"),
        (b'{"text": "' + b"a" * 3000 + b'"}', "read.document_too_large"),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_what_is_no_article_is_refused_with_its_reason(raw: bytes, reason: str, name: str) -> None:
    reading = read_bytes(raw, name, max_document_bytes=1000 if b"aaa" in raw else 1_000_000)

    assert documents(reading) == []
    assert reason in reasons(reading) or (
        name == "a.jsonl" and set(reasons(reading)) <= {"read.not_json", "read.json_limits", "read.row_unreadable"}
    )


def test_a_row_is_read_by_its_columns() -> None:
    row = {
        "title": "Tunnel",
        "maintext": "The council voted.",
        "raw_text": "menu The council voted.",
        "authors": ["Ann Lee"],
        "date_publish": "2024-03-04T05:06:07Z",
        "source": "https://tarn.example/1",
        "hostname": "tarn.example",
        "lang": "en",
    }

    reading = parse(json.dumps(row).encode(), "utf-8", TransformSettings())

    assert isinstance(reading, Reading)
    assert (reading.text, reading.url) == ("The council voted.", "https://tarn.example/1")
    values = {found.field: (found.value, found.method) for found in reading.found}
    assert values["headline"] == ("Tunnel", "row:title")
    assert values["authors"] == (("Ann Lee",), "row:authors")
    assert values["source"] == ("tarn.example", "row:hostname")
    assert values["published_raw"] == ("2024-03-04T05:06:07Z", "row:date_publish")


def test_sections_and_paragraphs_of_fundus_become_paragraphs() -> None:
    body = {
        "summary": ["S."],
        "sections": [{"headline": ["H"], "paragraphs": ["One.", "Two."]}, {"headline": [], "paragraphs": ["Three."]}],
    }

    reading = parse(json.dumps({"title": "T", "body": body}).encode(), None, TransformSettings())

    assert isinstance(reading, Reading)
    assert reading.text == "S.\n\nH\n\nOne.\n\nTwo.\n\nThree."


def test_a_date_that_is_none_is_evidence_and_no_value() -> None:
    reading = parse(b'{"text": "A story.", "date": "soon"}', None, TransformSettings())

    assert isinstance(reading, Reading)
    assert reading.found == ()
    assert [found.value for found in reading.unreadable] == ["soon"]


def test_what_is_no_row_is_refused_by_parse() -> None:
    assert isinstance(parse(b"[1]", None, TransformSettings()), Rejected)
    assert isinstance(parse(b"{", None, TransformSettings()), Rejected)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=8), VALUE, max_size=4), min_size=1, max_size=5),
    st.sampled_from([None, 1]),
)
def test_every_object_is_a_document_or_a_rejection(rows: list[dict[str, Any]], indent: int | None) -> None:
    raws = [json.dumps(rows, indent=indent), "\n".join(json.dumps({"text": "x", **row}) for row in rows)]

    for raw, name in zip(raws, ["a.json", "a.jsonl"], strict=True):
        reading = read_bytes(raw.encode(), name)
        assert len(documents(reading)) + len(reasons(reading)) == len(rows)


def test_a_list_of_several_mebibytes_is_read_once_and_whole() -> None:
    rows = [{"text": f"Story {number}, “{'ä' * (number % 700)}”."} for number in range(9000)]
    raw = json.dumps(rows, ensure_ascii=False).encode()

    reading = read_bytes(raw, "a.json")

    assert len(raw) > 3_000_000
    assert [json.loads(row["raw"]) for row in documents(reading)] == rows
    assert all(raw[row["offset_bytes"] :].startswith(b'{"text": "Story ') for row in documents(reading))
