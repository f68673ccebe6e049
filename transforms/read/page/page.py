"""A page taken apart once, for all who look for something in it."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from transforms.read.page.blocks import MAX_MARKS, Mark, Outline, to_outline
from transforms.read.page.head import Head, read_head
from transforms.read.page.main_text import MainText, find_main_text
from transforms.read.page.names import site_names
from transforms.read.page.titles import Title, find_title
from transforms.read.page.tree import Element
from transforms.read.schema_org import StructuredArticle, find_articles


class Page(NamedTuple):
    """The parts of a page."""

    head: Head
    article: StructuredArticle | None
    """What JSON-LD says, where it does."""
    sites: frozenset[str]
    """What the site calls itself, as names are compared."""
    outline: Outline
    title: Title | None
    story: MainText


def take_apart(root: Element) -> Page:
    """Return the parts of a page."""
    head = read_head(root)
    articles = find_articles(head.linked_data)
    article = articles[0] if articles else None
    sites = site_names(head, article)
    page = _to_page(to_outline(root), root, head, article, sites)
    if page.story.paragraphs or root.find(".//noscript") is None:
        return page
    return _to_page(to_outline(root, without_scripts=True), root, head, article, sites)


def _to_page(
    outline: Outline, root: Element, head: Head, article: StructuredArticle | None, sites: frozenset[str]
) -> Page:
    if not outline.titles:
        outline.titles.extend(Mark(heading, 0, -1) for heading in islice(root.iter("h1"), MAX_MARKS))
    title = find_title(head, article, outline, sites)
    story = find_main_text(outline, None if title is None else title.text)
    return Page(head, article, sites, outline, title, story)
