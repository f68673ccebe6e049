"""A second look at pages in doubt: taken where it fits the page better, passed over where the first is sure."""

from __future__ import annotations

import pytest

from transforms.read.page.charset import to_utf8
from transforms.read.page.page import Page, take_apart
from transforms.read.page.second_look import look_again
from transforms.read.page.tree import parse_tree

SENTENCE = "On day {number} the council of {place} met again to vote on the tunnel under the lake, and nobody was glad."
HEAD = '<meta name="description" content="{told}">'


def _paragraphs(place: str, count: int) -> str:
    return "".join(f"<p>{SENTENCE.format(number=number, place=place)}</p>" for number in range(count))


def _page(body: str, told: str | None = None) -> Page:
    head = "" if told is None else HEAD.format(told=told)
    root = parse_tree(to_utf8(f"<html><head>{head}</head><body>{body}</body></html>".encode(), None).utf8)
    assert root is not None
    return take_apart(root)


def test_sections_that_hold_a_story_between_them_are_all_taken() -> None:
    parts = "".join(f'<div class="part-{place}"><div>{_paragraphs(place, 4)}</div></div>' for place in "ABCDE")
    page = _page(f"<h1>Tunnel</h1><div>{parts}</div>")

    again = look_again(page._replace(story=page.story._replace(paragraphs=page.story.paragraphs[:4], confidence=0.2)))

    assert len(again.story.paragraphs) == 20
    assert again.story.confidence == 0.2


def test_what_the_description_tells_is_found_even_in_furniture() -> None:
    told = "The harbour of Tarn closes: the last ferry leaves on Sunday night from pier nine."
    story = f'<div class="newsletter"><p>{told} The mayor has said so, and the boats are sold.</p></div>'
    page = _page(f"<h1>Harbour</h1><div>{_paragraphs('Upper Glen', 6)}</div>{story}", told)

    again = look_again(page)

    assert any("last ferry leaves" in paragraph for paragraph in again.story.paragraphs)


@pytest.mark.parametrize("told", [None, "On day 1 the council of Tarn met again to vote on the tunnel under the lake."])
def test_a_story_without_doubt_stays(told: str | None) -> None:
    page = _page(f"<article><h1>Tunnel</h1>{_paragraphs('Tarn', 8)}</article>", told)

    assert look_again(page) is page


def test_a_page_without_a_story_has_none_at_a_second_look() -> None:
    page = _page("<p>x</p>")

    assert look_again(page) is page
