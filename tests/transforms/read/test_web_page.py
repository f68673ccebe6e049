"""Web pages become articles; hostile pages cost their document and nothing else."""

from __future__ import annotations

import time

import pytest
from format_cases import Case, check, load_cases, travel

from transforms.read import web_page
from transforms.rows import Reading, Rejected
from transforms.settings import TransformSettings

HEAD = b"<html><head><title>t</title></head><body>"
STORY = b"<p>The lake was grey, and the boats lay still in the harbour until the evening came.</p>"
JSON = b'<script type="application/ld+json">'
SECONDS = 4.0


@pytest.mark.parametrize("case", load_cases(__file__, "web_page"), ids=lambda case: case["about"])
def test_a_page_becomes_what_its_case_says(case: Case) -> None:
    check(case, case.get("name", "a.html"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + b"<div>" * 100_000 + STORY, "read.no_story"),
        (HEAD + b"<p><i>" * 50_000 + STORY, None),
        (HEAD + b"<b id=x>" * 3_000 + b"<p>x" * 20_000 + STORY, "read.no_story"),
        (HEAD + b"<table><tr><td colspan=9007199254740991>" + STORY, None),
        (HEAD + b'<div class="' + b"a " * 2_000_000 + b'">' + STORY, None),
        (HEAD + b"<div " + b" ".join(b"a%d=1" % number for number in range(50_000)) + b">" + STORY, "read.page_limits"),
        (HEAD + b"<i>x</i>" * 300_000 + STORY, "read.page_limits"),
        (HEAD + b"<h1>" + b"<span>" * 5_000 + b"x" + STORY, "read.no_story"),
        (HEAD + b'<p class="date">1.1.2020</p>' * 50_000 + STORY, None),
        (HEAD + JSON + b"[" * 100_000 + b"</script>" + STORY, None),
        (HEAD + JSON + b'{"@type":"NewsArticle","author":' + b"[" * 800 + STORY, "read.no_story"),
        (HEAD + JSON + b" " * 2_000_000 + b"x</script>" + STORY, None),
        (HEAD + b"<!--" * 100_000 + STORY, "read.no_story"),
        (HEAD + b"\0" * 100_000 + STORY, None),
    ],
    ids=[
        "100,000 unclosed elements", "unclosed formatting", "formatting that browsers repeat", "a huge colspan",
        "a class of 4 MB", "50,000 attributes", "600,000 tags", "a headline 5,000 deep", "50,000 dates",
        "JSON nested 100,000 deep", "an author nested 800 deep", "2 MB of blanks in a script", "unclosed comments",
        "NULs",
    ],
)  # fmt: skip
def test_a_page_that_asks_for_too_much_is_bounded(raw: bytes, reason: str | None) -> None:
    began = time.process_time()

    outcome = web_page.parse(raw, None, TransformSettings())

    assert time.process_time() - began < SECONDS
    if reason is None:
        assert isinstance(outcome, Reading)
        assert "The lake was grey" in outcome.text
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.reason == reason
        assert "byte" in outcome.detail


def test_a_page_is_known_by_its_first_element_whatever_its_name() -> None:
    assert travel(HEAD + STORY, "page.txt").format == "web_page"


def test_a_fragment_is_known_by_its_name() -> None:
    assert travel(STORY, "page.html").format == "web_page"
    assert travel(STORY, "page.txt").format == "plain_text"


def test_a_page_beyond_the_limit_is_refused() -> None:
    trip = travel(HEAD + STORY * 100, "page.html", max_document_bytes=1_000)

    assert [row["reason"] for row in trip.rejected] == ["read.document_too_large"]


def test_pages_read_alike_in_any_order() -> None:
    pages = [str(case["raw"]).encode() for case in load_cases(__file__, "web_page")]

    forwards = [web_page.parse(page, None, TransformSettings()) for page in pages]
    backwards = [web_page.parse(page, None, TransformSettings()) for page in reversed(pages)]

    assert forwards == backwards[::-1]
