"""Marked-up copy becomes paragraphs, whatever is unclosed or nested in it, in time linear to its length."""

from __future__ import annotations

import time

import pytest

from transforms.read.blocks import html_to_line, html_to_text, to_printable

CASES = {
    "text without markup is one paragraph": ("The lake\n was  grey.", "The lake was grey."),
    "blocks are paragraphs, whatever is inside": ("<div>One<p>Two <b>x</b></div>Three", "One\n\nTwo x\n\nThree"),
    "a line break breaks the line, two break the paragraph": ("One<br>two<br/><br>three", "One\ntwo\n\nthree"),
    "a table is a line for each row": ("<table><tr><th>Day<th>Fish<tr><td>Mon<td>3</table>", "Day | Fish\n\nMon | 3"),
    "blocks in the cells of a page laid out as a table": ("<table><tr><td><p>One<td><p>Two</table>", "One\n\nTwo"),
    "programs, styles, forms and hidden parts are no text": (
        "<script>a<b</script><style>p{}</style><p hidden>x</p><p style='display: none'>y</p>"
        "<p>One<button>Share</button></p>",
        "One",
    ),
    "captions go with their pictures": ("<figure><img src=a><figcaption>A boat</figcaption></figure><p>One", "One"),
    "marks by name and by number": (
        "<p>&ldquo;caf&eacute;&rdquo;&nbsp;&#8211; &#146;s &amp;lt;",
        "“café”\u00a0– ’s &lt;",
    ),
    "control characters and lone surrogates are left out": ("a\x00b\x1f\ud800c\x92", "abc’"),
    "nothing": (" \n", ""),
    "only a comment": ("<!-- x -->", ""),
}


@pytest.mark.parametrize("about", CASES)
def test_markup_becomes_paragraphs(about: str) -> None:
    markup, text = CASES[about]

    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<div>x" * 100_000,
        "<b a=1><i><b a=2>" * 20_000 + "<p>x" * 20_000,
        "<table><tr>" + "<td>x" * 100_000,
        "<br>" * 100_000,
        "<td colspan=9007199254740991>x",
        "<" * 200_000,
        "&" * 200_000,
        "<!--" * 100_000,
        "x " * 2_000_000,
    ],
    ids=["nested", "misnested", "cells", "breaks", "colspan", "angles", "ampersands", "comments", "one long text"],
)
def test_markup_made_to_hurt_costs_seconds_at_most(markup: str) -> None:
    began = time.process_time()

    html_to_text(markup)

    assert time.process_time() - began < 5


def test_a_headline_with_a_lesser_sign_is_no_markup() -> None:
    assert html_to_line("2 < 3 and 5 > 4") == "2 < 3 and 5 > 4"
    assert html_to_line("A <i>grey</i> lake &amp; boat") == "A grey lake & boat"


def test_printable_text_keeps_tabs_and_line_breaks() -> None:
    assert to_printable("a\tb\nc\rd") == "a\tb\nc\rd"
