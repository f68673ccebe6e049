"""The sample that comes in every form has one text in all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from format_cases import travel

SAMPLES = Path(__file__).parents[3] / "samples"
PLAIN = SAMPLES / "22-court-bridge-verdict.txt"
FORMS = ("ninjs-*.json", "newsml-g2*.xml", "nitf.xml", "rss*", "atom.xml", "feed.json", "jsonld")
FILES = sorted(path for form in FORMS for path in (SAMPLES / "formats").glob(f"bridge-verdict.{form}"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_form_has_the_text_headline_writer_and_date_of_the_article(path: Path) -> None:
    plain = travel(PLAIN.read_bytes(), PLAIN.name).articles[0]

    trip = travel(path.read_bytes(), path.name)

    assert trip.rejected == []
    article = trip.articles[0]
    assert article["body"] == plain["body"]
    assert (article["headline"], article["authors"]) == (plain["headline"], plain["authors"])
    assert str(article["published_at"]) == "2024-06-14 13:05:00"
    assert (article["language"], article["is_excerpt"], article["quality_flags"]) == ("en", False, [])


def test_every_form_has_its_file() -> None:
    assert len(FILES) == 11
