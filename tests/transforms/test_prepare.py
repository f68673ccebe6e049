"""Prepare: the law of every document's trip, its rows, and what an exception costs."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import transforms.prepare
from transforms.prepare import prepare
from transforms.read import BY_FORMAT, read
from transforms.read.placement import placement_from_mapping
from transforms.rows import Arrival, Reading
from transforms.settings import TransformSettings
from warehouse import tables

SETTINGS = TransformSettings()
STORY = """Council votes down the tunnel under the lake

LISBON (AP) — The council of Upper Tarn voted on Tuesday against a tunnel under the lake, and nobody was glad.

Leave a Comment"""


def _arrival(name: str = "a.txt") -> Arrival:
    return Arrival(f"file:///inbox/{name}", name, datetime(2024, 3, 4, tzinfo=UTC))


def _documents(*texts: bytes) -> tuple[pa.Table, dict[str, Arrival]]:
    arrivals = {(arrival := _arrival(f"{number}.txt")).file_uri: arrival for number in range(len(texts))}
    parts = [
        read(io.BytesIO(text), arrival, SETTINGS).split.kept["documents"]
        for text, arrival in zip(texts, arrivals.values(), strict=True)
    ]
    return (pa.concat_tables(parts) if parts else tables.DOCUMENTS.empty()), arrivals


def test_a_document_becomes_rows_of_all_tables(trip: Any) -> None:
    split = trip(STORY)

    article = split.kept["articles"].to_pylist()[0]
    document = split.kept["documents"].to_pylist()[0]
    assert article["article_id"] == article["document_id"] == document["document_id"]
    assert article["headline"] == "Council votes down the tunnel under the lake"
    assert (article["paragraph_count"], article["word_count"]) == (1, len(article["body"].split()))
    assert article["char_count"] == len(article["body"])
    assert (article["transform_version"], article["lines_version"], article["format"]) == ("1", 0, "plain_text")
    assert [row["ordinal"] for row in split.kept["removals"].to_pylist()] == [0, 1]
    assert [split.kept[name].num_rows for name in ("quotes", "mentions", "dates", "figures")] == [0, 0, 0, 0]


def test_evidence_has_one_row_for_each_field_and_points_into_the_body(trip: Any) -> None:
    split = trip(STORY)

    body = split.kept["articles"].to_pylist()[0]["body"]
    evidence = {row["field"]: row for row in split.kept["evidence"].to_pylist()}
    assert len(evidence) == split.kept["evidence"].num_rows
    assert set(evidence) == {"headline", "dateline", "located", "located_country", "info_sources", "language"}
    dateline = evidence["dateline"]
    assert body[dateline["start_char"] : dateline["end_char"]] == dateline["value"] == "LISBON (AP)"
    assert evidence["headline"]["start_char"] is None


def test_a_sidecar_gives_the_day_and_the_evidence_says_so(trip: Any) -> None:
    split = trip(STORY, placement=placement_from_mapping({"date": "2024-03-05"}, "sidecar"))

    evidence = {row["field"]: row for row in split.kept["evidence"].to_pylist()}
    assert split.kept["articles"].to_pylist()[0]["published_on"] == date(2024, 3, 5)
    assert evidence["published_on"]["method"] == "sidecar"


def test_a_sidecar_that_contradicts_the_text_flags_the_article(trip: Any) -> None:
    split = trip(STORY, placement=placement_from_mapping({"title": "Quite another story"}, "sidecar"))

    article = split.kept["articles"].to_pylist()[0]
    assert article["quality_flags"] == ["placement_contradicts_text"]
    assert article["headline"] == "Quite another story"


@pytest.mark.parametrize(
    "title", ["Council Votes Down the Tunnel Under the Lake", "council votes down the tunnel under the lake."]
)
def test_a_sidecar_that_spells_the_same_headline_contradicts_nothing(title: str, trip: Any) -> None:
    split = trip(STORY, placement=placement_from_mapping({"title": title, "language": "en-GB"}, "sidecar"))

    assert split.kept["articles"].to_pylist()[0]["quality_flags"] == []


def test_an_unreadable_value_of_a_sidecar_is_evidence_and_a_flag(trip: Any) -> None:
    split = trip(STORY, placement=placement_from_mapping({"date": "2024-02-30"}, "sidecar"))

    article = split.kept["articles"].to_pylist()[0]
    evidence = {row["field"]: row for row in split.kept["evidence"].to_pylist()}
    assert article["published_on"] is None
    assert article["quality_flags"] == ["placement_unreadable"]
    assert evidence["published_on"]["value"] == "2024-02-30"
    assert evidence["published_on"]["method"] == "sidecar_unreadable"
    assert evidence["published_on"]["confidence"] == 0


def test_an_address_gives_the_canonical_one_and_the_source(trip: Any) -> None:
    url = "HTTPS://WWW.Lake.Example:443/a?utm_source=x&id=7#top"

    split = trip(STORY, placement=placement_from_mapping({"link": url}, "sidecar"))

    article = split.kept["articles"].to_pylist()[0]
    assert article["url"] == url
    assert article["canonical_url"] == "https://www.lake.example/a?id=7"
    assert article["source"] == split.kept["documents"].to_pylist()[0]["source"] == "lake.example"
    assert {row["field"]: row["method"] for row in split.kept["evidence"].to_pylist()}["source"] == "host"


def test_a_guessed_encoding_flags_the_article(trip: Any) -> None:
    split = trip(STORY.replace("—", "–").encode("windows-1252"))

    assert split.kept["articles"].to_pylist()[0]["quality_flags"] == ["encoding_guessed"]


def test_bytes_are_dropped_where_settings_say_so(trip: Any) -> None:
    assert trip(STORY).kept["documents"].to_pylist()[0]["raw"] == STORY.encode()
    assert trip(STORY, settings=TransformSettings(keep_raw="hash")).kept["documents"].to_pylist()[0]["raw"] is None


def test_a_page_without_a_story_is_quarantined_with_its_document(trip: Any) -> None:
    split = trip("Leave a Comment")

    rows = split.rejected.to_pylist()
    assert split.kept["articles"].num_rows == split.kept["documents"].num_rows == 0
    assert [(row["stage"], row["reason"], row["raw"]) for row in rows] == [
        ("clean", "clean.no_story_text", b"Leave a Comment")
    ]
    assert rows[0]["document_id"] is not None
    assert rows[0]["position"] == 0


def _break(monkeypatch: pytest.MonkeyPatch, stage: str, error: BaseException) -> None:
    """Make a stage raise on documents that say so."""

    def breaking(function: Any, text_of: Any) -> Any:
        def call(first: Any, *rest: Any) -> Any:
            if "poison" in text_of(first):
                raise error
            return function(first, *rest)

        return call

    if stage == "read":
        reader = BY_FORMAT["plain_text"]
        broken = replace(reader, parse=breaking(reader.parse, bytes.decode))
        monkeypatch.setitem(BY_FORMAT, "plain_text", broken)
    elif stage == "clean":
        monkeypatch.setattr(transforms.prepare, "clean", breaking(transforms.prepare.clean, lambda each: each.text))
    else:
        text_of = lambda story: story.cleaned.body  # noqa: E731
        monkeypatch.setattr(transforms.prepare, "extract", breaking(transforms.prepare.extract, text_of))


@pytest.mark.parametrize("stage", ["read", "clean", "extract"])
@pytest.mark.parametrize(
    ("error", "reason"), [(ZeroDivisionError("of all things"), "crashed"), (MemoryError(), "out_of_memory")]
)
def test_an_exception_costs_its_document_and_says_where_it_was(
    stage: str, error: BaseException, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, stage, error)
    documents, arrivals = _documents(b"The lake is full of poison, they said.", STORY.encode())

    split = prepare(documents, arrivals, SETTINGS)

    rows = split.rejected.to_pylist()
    assert [(row["stage"], row["reason"]) for row in rows] == [(stage, f"{stage}.{reason}")]
    assert rows[0]["raw"] == b"The lake is full of poison, they said."
    assert ("of all things" in rows[0]["detail"]) == (reason == "crashed")
    assert split.kept["articles"].num_rows == 1
    with pytest.raises(type(error)):
        prepare(documents, arrivals, SETTINGS, strict=True)


def test_a_document_of_a_reader_that_is_gone_is_quarantined() -> None:
    documents, arrivals = _documents(STORY.encode())
    column = documents.schema.get_field_index("format")
    documents = documents.set_column(column, "format", pa.array(["papyrus"]))

    split = prepare(documents, arrivals, SETTINGS)

    assert split.rejected.to_pylist()[0]["reason"] == "read.crashed"


TEXTS = st.lists(
    st.one_of(
        st.sampled_from([STORY, "Leave a Comment", "The lake is grey.", "", "© 2024 The Lake", "“Speech”"]),
        st.text(st.characters(codec="utf-8"), max_size=80),
    ).map(str.encode),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_kept_and_rejected_are_the_input(texts: list[bytes]) -> None:
    documents, arrivals = _documents(*texts)

    split = prepare(documents, arrivals, SETTINGS, strict=True)

    kept, rejected = split.kept["documents"].to_pylist(), split.rejected.to_pylist()
    assert sorted((row["file_uri"], row["document_id"]) for row in (*kept, *rejected)) == sorted(
        zip(documents["file_uri"].to_pylist(), documents["document_id"].to_pylist(), strict=True)
    )
    assert split.kept["articles"].num_rows == len(kept)
    for name, table in split.kept.items():
        tables.BY_NAME[name].checked(table)
    tables.QUARANTINE.checked(split.rejected)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_order_and_repetition_change_no_row(texts: list[bytes]) -> None:
    documents, arrivals = _documents(*texts)
    backwards = documents.take(pa.array(range(documents.num_rows - 1, -1, -1), pa.int64()))

    first = prepare(documents, arrivals, SETTINGS)
    second = prepare(backwards, arrivals, SETTINGS)

    assert first.kept["articles"].equals(prepare(documents, arrivals, SETTINGS).kept["articles"])
    assert sorted(map(str, first.kept["articles"].to_pylist())) == sorted(map(str, second.kept["articles"].to_pylist()))
    assert sorted(map(str, first.kept["evidence"].to_pylist())) == sorted(map(str, second.kept["evidence"].to_pylist()))


def test_a_format_hands_values_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = BY_FORMAT["plain_text"]
    found = placement_from_mapping({"headline": "From the format", "section": "World"}, "sidecar").found

    def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading:
        return Reading("The lake is grey today.", found=found, url="https://lake.example/a")

    monkeypatch.setitem(BY_FORMAT, "plain_text", replace(reader, parse=parse))
    documents, arrivals = _documents(STORY.encode())

    article = prepare(documents, arrivals, SETTINGS, strict=True).kept["articles"].to_pylist()[0]

    assert (article["headline"], article["section"]) == ("From the format", "World")
    assert (article["url"], article["source"]) == ("https://lake.example/a", "lake.example")
