"""A page taken apart once, for all who look for something in it."""

from __future__ import annotations

from typing import NamedTuple

from transforms.read.page.blocks import Mark, Outline, to_outline
from transforms.read.page.head import Head, read_head
from transforms.read.page.main_text import MainText, find_main_text
from transforms.read.page.titles import Title, find_title
from transforms.read.page.tree import Element
from transforms.read.schema_org import StructuredArticle, find_articles


class Page(NamedTuple):
    """The parts of a page."""

    head: Head
    article: StructuredArticle | None
    """What JSON-LD says, where it does."""
    outline: Outline
    title: Title | None
    story: MainText


def take_apart(root: Element) -> Page:
    """Return the parts of a page."""
    head = read_head(root)
    articles = find_articles(head.linked_data)
    article = articles[0] if articles else None
    page = _with(to_outline(root), root, head, article)
    if page.story.paragraphs or root.find(".//noscript") is None:
        return page
    return _with(to_outline(root, without_scripts=True), root, head, article)


def _with(outline: Outline, root: Element, head: Head, article: StructuredArticle | None) -> Page:
    if not outline.titles:
        outline.titles.extend(Mark(heading, 0, -1) for heading in root.iter("h1"))
    title = find_title(head, article, outline)
    return Page(head, article, outline, title, find_main_text(outline, None if title is None else title.text))
