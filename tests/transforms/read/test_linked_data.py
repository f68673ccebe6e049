"""JSON-LD files: articles of schema.org alone, in lists and in graphs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from reading import documents, read_bytes, reasons, skipped

from transforms.read import BY_FORMAT, linked_data
from transforms.rows import Reading, Rejected
from transforms.settings import TransformSettings

BODY = "The ferry sank at noon, the harbour master said.\n\nNobody was hurt when it went down by the quay."
ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry sinks at its own quay",
    "articleBody": BODY,
    "author": {"@id": "#jane"},
    "datePublished": "2024-03-05T10:00:00+01:00",
    "inLanguage": "en",
}
JANE = {"@type": "Person", "@id": "#jane", "name": "Jane Moor"}


def read(value: object) -> Any:
    return read_bytes(json.dumps(value).encode(), "article.jsonld")


def parse(raw: bytes) -> Reading | Rejected:
    return linked_data.parse(raw, "utf-8", TransformSettings())


def values(reading: Reading | Rejected) -> dict[str, object]:
    assert isinstance(reading, Reading)
    return {found.field: found.value for found in reversed(reading.found)}


@pytest.mark.parametrize(
    "value",
    [
        {**ARTICLE, "author": JANE},
        [{**ARTICLE, "author": JANE}],
        {"@context": "https://schema.org", "@graph": [JANE, {"@type": "WebSite", "name": "Post"}, ARTICLE]},
    ],
    ids=["alone", "list", "graph"],
)
def test_an_article_is_one_document_readable_alone(value: object) -> None:
    (document,) = documents(read(value))

    reading = parse(document["raw"])

    assert document["format"] == linked_data.FORMAT
    assert isinstance(reading, Reading)
    assert reading.text == BODY
    assert values(reading)["headline"] == "Ferry sinks at its own quay"
    assert values(reading)["authors"] == ("Jane Moor",)
    assert values(reading)["language"] == "en"
    assert str(values(reading)["published_at"]).startswith("2024-03-05 09:00")


def test_each_article_of_a_list_is_a_document_that_comes_again_as_itself() -> None:
    second = {**ARTICLE, "headline": "Second ferry sinks", "articleBody": BODY.replace("noon", "dusk")}

    first, other = documents(read([ARTICLE, second]))

    assert [first["position"], other["position"]] == [0, 1]
    (again,) = documents(read_bytes(other["raw"], "again.jsonld"))
    assert again["document_id"] == other["document_id"]


def test_without_a_text_the_description_is_an_excerpt() -> None:
    value = {name: said for name, said in ARTICLE.items() if name != "articleBody"}
    (document,) = documents(read({**value, "description": "The ferry sank at noon."}))

    reading = parse(document["raw"])

    assert isinstance(reading, Reading)
    assert reading.text == "The ferry sank at noon."
    assert values(reading)["is_excerpt"] is True


def test_linked_data_of_other_things_is_skipped() -> None:
    reading = read({"@context": "https://schema.org", "@type": "Organization", "name": "The Post"})

    assert (documents(reading), reasons(reading)) == ([], [])
    assert len(skipped(reading)) == 1


def test_broken_json_waits_with_its_reason() -> None:
    reading = read_bytes(b'{"@context": "https://schema.org", "@type": "NewsArticle", "headline": ', "a.json")

    assert reasons(reading) == ["read.not_json"]


def test_a_text_that_would_end_its_element_stays_text() -> None:
    (document,) = documents(
        read({**ARTICLE, "articleBody": "He wrote </script><script>alert(1)</script> on the wall."})
    )

    reading = parse(document["raw"])

    assert isinstance(reading, Reading)
    assert values(reading)["headline"] == "Ferry sinks at its own quay"


def test_web_archives_find_the_reader_by_this_name() -> None:
    assert "schema_org" in BY_FORMAT
