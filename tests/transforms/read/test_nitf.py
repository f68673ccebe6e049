"""NITF stories become articles; hostile XML costs its file and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from format_cases import Case, check, load_cases, travel

SAMPLE = Path(__file__).parents[3] / "samples" / "formats" / "bridge-verdict.nitf.xml"
OPEN = b"<nitf><body><body.content><p>The lake was grey.</p>"
CLOSE = b"</body.content></body></nitf>"


@pytest.mark.parametrize("case", load_cases(__file__, "nitf"), ids=lambda case: case["about"])
def test_a_story_becomes_what_its_case_says(case: Case) -> None:
    check(case, "a.xml")


def test_the_sample_is_found_by_its_first_element_whatever_its_name() -> None:
    trip = travel(SAMPLE.read_bytes(), "story.txt")

    assert trip.format == "nitf"
    assert trip.articles[0]["byline"] == "By Tamsin Holloway"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (OPEN + b"<block>" * 100_000, "read.xml_limits"),
        (OPEN + b"<block/>" * 600_000 + CLOSE, "read.xml_limits"),
        (OPEN + b"<p>" + b"x" * 11_000_000 + b"</p>" + CLOSE, "read.xml_limits"),
        (b'<!DOCTYPE nitf [<!ENTITY a "' + b"x" * 90_000 + b'">]>' + OPEN + b"&a;" * 5_000 + CLOSE, "read.xml_limits"),
    ],
    ids=["nested 100,000 deep", "600,000 elements", "a text node of 11 MB", "one long entity 5,000 times"],
)
def test_markup_that_asks_for_too_much_is_refused_at_once(raw: bytes, reason: str) -> None:
    began = time.process_time()

    trip = travel(raw, "a.xml")

    assert [row["reason"] for row in trip.rejected] == [reason]
    assert time.process_time() - began < 5


def test_a_refusal_names_line_and_column() -> None:
    rejected = travel(b"<!DOCTYPE nitf [\n<!ELEMENT\n", "a.xml").rejected

    assert [row["reason"] for row in rejected] == ["read.not_xml"]
    assert rejected[0]["detail"].startswith("line 3, column ")
