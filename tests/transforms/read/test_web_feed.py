"""Entries of feeds become articles or teasers; each can be read alone, and again tomorrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from format_cases import Case, check, load_cases, travel

SAMPLES = Path(__file__).parents[3] / "samples" / "formats"
NAMES = ("rss.xml", "rss-1.0.rdf", "atom.xml", "feed.json")


@pytest.mark.parametrize("case", load_cases(__file__, "web_feed"), ids=lambda case: case["about"])
def test_a_feed_becomes_what_its_case_says(case: Case) -> None:
    check(case, "a.xml")


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_can_be_read_alone(name: str) -> None:
    feed = travel((SAMPLES / f"bridge-verdict.{name}").read_bytes(), "noname")

    alone = travel(feed.documents[0]["raw"], "noname")

    assert feed.format == alone.format == "web_feed"
    assert alone.documents[0]["document_id"] == feed.documents[0]["document_id"]
    differing = {"file_id", "file_uri", "document_id", "article_id", "position"}
    article, again = feed.articles[0], alone.articles[0]
    assert {key: article[key] for key in article.keys() - differing} == {
        key: again[key] for key in again.keys() - differing
    }


def test_an_entry_that_is_fetched_again_in_a_newer_feed_is_the_same_document() -> None:
    raw = (SAMPLES / "bridge-verdict.rss.xml").read_bytes()
    newer = raw.replace(b"16:25:00", b"18:25:00").replace(
        b"<item>", b"<item><title>New</title><description>The lake was grey.</description></item><item>", 1
    )

    first, second = travel(raw, "a.xml"), travel(newer, "a.xml")

    assert len(second.documents) == 2
    assert first.documents[0]["document_id"] in {row["document_id"] for row in second.documents}


def test_what_the_feed_says_behind_its_entries_counts_too() -> None:
    entry = b"<item><description>Der See war grau.</description></item>"
    raw = b"<rss><channel>" + entry + b"<language>de</language></channel></rss>"

    assert travel(raw, "a.xml").articles[0]["language"] == "de"


def test_a_feed_larger_than_a_document_may_be_is_read_entry_by_entry() -> None:
    entry = "<item><title>Day {0}</title><description>The lake was grey on day {0}.</description></item>"
    raw = f"<rss><channel><title>The Lake</title>{''.join(map(entry.format, range(3_000)))}</channel></rss>".encode()

    trip = travel(raw, "a.xml", max_document_bytes=70_000)

    assert len(trip.articles) == 3_000
    assert {article["provider"] for article in trip.articles} == {"The Lake"}
