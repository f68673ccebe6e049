"""The headline is what the page prints, without the names and labels around it."""

from __future__ import annotations

import pytest

from transforms.read.page.page import take_apart
from transforms.read.page.tree import parse_tree

STORY = "<p>The lake was grey, and the boats lay still in the harbour until the evening came.</p>"


OG = '<meta property="og:title" content="%s">'
SITE = '<meta property="og:site_name" content="Herald">'


def _title(head: str, body: str) -> tuple[str, str] | None:
    root = parse_tree(f"<html><head>{head}</head><body>{body}{STORY}</body></html>".encode())
    assert root is not None
    title = take_apart(root).title
    return None if title is None else (title.text, title.method)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>A lake is grey | Herald</title>", "<h1>A lake is grey</h1>", ("A lake is grey", "h1")),
        ("<title>A lake is grey - Herald</title>", "<h1>Herald</h1><h2>A lake is grey</h2>", ("A lake is grey", "h2")),
        (
            OG % "A lake is grey - Herald" + SITE,
            "",
            ("A lake is grey", "meta:og:title"),
        ),
        (
            OG % "The lake is grey",
            "<h1>Weather The lake is grey</h1>",
            ("The lake is grey", "meta:og:title"),
        ),
        ("<title>Breaking: A lake is grey</title>", "<h1>Breaking: A lake is grey</h1>", ("A lake is grey", "h1")),
        ("<title>Die Lage: Der See ist grau</title>", "<h1>Der See ist grau</h1>", ("Der See ist grau", "h1")),
    ],
    ids=[
        "the site's name in the title", "the site's name as heading", "the site's name in meta data",
        "a kicker glued to the heading", "a label", "a kicker in the title only",
    ],
)  # fmt: skip
def test_the_headline_is_what_is_printed(head: str, body: str, expected: tuple[str, str]) -> None:
    assert _title(head, body) == expected


def test_a_page_without_any_title_has_no_headline() -> None:
    assert _title("", "") is None
