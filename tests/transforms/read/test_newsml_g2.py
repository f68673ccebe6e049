"""NewsML-G2 items become articles; items that are no news are skipped with their kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from format_cases import Case, check, load_cases, travel

SAMPLES = Path(__file__).parents[3] / "samples" / "formats"
ITEM = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:{number}"><contentSet>'
    '<inlineData contenttype="text/plain">The lake was grey on day {number}.</inlineData></contentSet></newsItem>'
)


@pytest.mark.parametrize("case", load_cases(__file__, "newsml_g2"), ids=lambda case: case["about"])
def test_an_item_becomes_what_its_case_says(case: Case) -> None:
    check(case, "a.xml")


def test_a_single_item_is_its_file_byte_by_byte() -> None:
    raw = (SAMPLES / "bridge-verdict.newsml-g2.xml").read_bytes()

    trip = travel(raw, "noname")

    assert trip.format == "newsml_g2"
    assert [(row["raw"], row["document_id"] == row["file_id"], row["offset_bytes"]) for row in trip.documents] == [
        (raw, True, 0)
    ]


def test_an_item_of_a_message_can_be_read_alone() -> None:
    message = travel((SAMPLES / "bridge-verdict.newsml-g2-message.xml").read_bytes(), "a.xml")

    alone = travel(message.documents[0]["raw"], "b.xml")

    assert alone.articles[0]["body"] == message.articles[0]["body"]
    assert alone.documents[0]["document_id"] == message.documents[0]["document_id"]


def test_a_long_message_is_read_item_by_item_within_the_limit_of_one() -> None:
    items = "".join(ITEM.format(number=number) for number in range(2_000))

    trip = travel(f"<newsMessage><itemSet>{items}</itemSet></newsMessage>".encode(), "a.xml", max_document_bytes=70_000)

    assert len(trip.articles) == 2_000
    assert trip.rejected == []
