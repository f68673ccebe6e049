"""How sure the body of a page is: what the page says elsewhere bears it out, or makes it doubtful."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transforms.read import web_page
from transforms.rows import Reading
from transforms.settings import TransformSettings

PARAGRAPHS = [
    f"On day {number} the council of Upper Tarn met again to vote on the tunnel under the lake, and nobody was glad."
    for number in range(8)
]
STORY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
WORDS = sum(len(paragraph.split()) for paragraph in PARAGRAPHS)
TOLD = '<meta name="description" content="The council of Upper Tarn met to vote on a tunnel under the lake.">'
APART = '<meta name="description" content="Cheap flights, hotels, insurance: compare prices with our partner portal.">'


def _read(head: str = "", *, beside: str = "") -> Reading:
    page = f"<html><head>{head}</head><body><article><h1>Tunnel</h1>{STORY}</article>{beside}</body></html>"
    reading = web_page.parse(page.encode(), "utf-8", TransformSettings())
    assert isinstance(reading, Reading)
    return reading


def _json_ld(**said: Any) -> str:
    article = {"@type": "NewsArticle", "headline": "Tunnel", **said}
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


@pytest.mark.parametrize(
    ("head", "method"),
    [
        (_json_ld(articleBody=" ".join(PARAGRAPHS)), "scorer+json_ld_body"),
        (_json_ld(articleBody="Another text altogether.", wordCount=WORDS), "scorer+json_ld_word_count"),
        (_json_ld(wordCount=4 * WORDS) + TOLD, "scorer+description"),
        (TOLD, "scorer+description"),
        ("", "scorer"),
        (APART, "scorer, description apart"),
    ],
)
def test_the_method_says_what_bears_the_body_out(head: str, method: str) -> None:
    body = next(found for found in _read(head).found if found.field == "body")

    assert body.method == method
    assert _read(head).text.startswith(str(body.value))


def test_what_agrees_is_surer_than_what_stands_alone_and_that_surer_than_what_disagrees() -> None:
    heads = (_json_ld(articleBody=" ".join(PARAGRAPHS)), TOLD, "", APART)
    sure = [next(found.confidence for found in _read(head).found if found.field == "body") for head in heads]

    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == len(sure)


def test_a_doubtful_body_is_flagged() -> None:
    assert "body_unsure" in _read(APART).flags
    assert "body_unsure" not in _read(TOLD).flags


def test_what_a_page_holds_beside_its_story_is_counted_in_one_row(trip: Any) -> None:
    links = "".join(f"<li><a href='/{number}'>Something else</a></li>" for number in range(5))
    page = f"<html><body><article><h1>Tunnel</h1>{STORY}</article><footer><ul>{links}</ul></footer></body></html>"

    rows = trip(page, name="a.html").kept["removals"].to_pylist()

    counted = [row for row in rows if row["reason"] == "page_blocks_passed_over"]
    assert len(counted) == 1
    assert counted[0]["text"].endswith("characters")
    assert (counted[0]["step"], counted[0]["start_char"], counted[0]["end_char"]) == ("read", None, None)
