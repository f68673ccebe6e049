"""ninjs items become articles with the properties they have; what is no news text is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from format_cases import Case, check, load_cases, travel

SAMPLES = Path(__file__).parents[3] / "samples" / "formats"


@pytest.mark.parametrize("case", load_cases(__file__, "ninjs"), ids=lambda case: case["about"])
def test_an_item_becomes_what_its_case_says(case: Case) -> None:
    check(case, "a.json")


def test_the_offset_of_an_item_is_where_it_begins_in_the_file() -> None:
    raw = b'[{"uri":"urn:a","body_text":"The lake was grey."},\n {"uri":"urn:b","body_text":"The lake was blue."}]'

    documents = travel(raw, "a.json").documents

    assert [raw[each["offset_bytes"] :][: len(each["raw"])] for each in documents] == [
        each["raw"] for each in documents
    ]


def test_the_detail_of_broken_json_names_line_and_column_in_the_file() -> None:
    raw = b'[{"uri":"urn:a","body_text":"The lake was grey."},\n\n {"uri":"urn:b",\n  "body_text":oops}]'

    rejected = travel(raw, "a.json").rejected

    assert [row["reason"] for row in rejected] == ["read.not_json"]
    assert "line 4, column 15" in rejected[0]["detail"]


@pytest.mark.parametrize("nested", [b'{"a":' * 100_000, b"[" * 100_000])
def test_deep_nesting_is_refused(nested: bytes) -> None:
    closing = nested[:1].replace(b"{", b"}").replace(b"[", b"]")
    raw = b'{"uri":"urn:a","body_text":"x","subject":' + nested + b"1" + closing * 100_000 + b"}"

    assert [row["reason"] for row in travel(raw, "a.json").rejected] == ["read.json_limits"]


def test_an_item_beyond_the_limit_is_refused_and_the_ones_before_it_stay() -> None:
    small = b'{"uri":"urn:a","body_text":"The lake was grey."}'
    large = b'{"uri":"urn:b","body_text":"' + b"x" * 300_000 + b'"}'

    trip = travel(b"[" + small + b"," + large + b"]", "a.json", max_document_bytes=100_000)

    assert len(trip.articles) == 1
    assert [row["reason"] for row in trip.rejected] == ["read.document_too_large"]


@pytest.mark.parametrize(
    "name", ["bridge-verdict.ninjs-1.json", "bridge-verdict.ninjs-2.json", "bridge-verdict.ninjs-3.json"]
)
def test_a_sample_without_its_name_is_still_found(name: str) -> None:
    trip = travel((SAMPLES / name).read_bytes(), "noname")

    assert trip.format == "ninjs"
    assert [article["headline"] for article in trip.articles] == ["Engineer cleared over fall of Larkwater bridge"]


@pytest.mark.parametrize(
    "other",
    [
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "A lake"},
        {"$schema": "https://json-schema.org/draft", "uri": "x", "properties": {}},
        {"title": "A lake", "text": "The lake was grey."},
        {"uri": "x", "fulltext": "The lake was grey.", "scraped_at": "2024"},
    ],
)
def test_other_json_is_left_to_other_readers(other: dict[str, object]) -> None:
    assert travel(json.dumps(other).encode(), "a.json").format != "ninjs"
