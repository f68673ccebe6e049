"""Exports of Europresse, HTML with many articles, each an element `article`; not tried on real ones.

Source: the classes that public parsers of these exports describe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from transforms.instants import find_instant
from transforms.read.blocks import element_to_line, element_to_text
from transforms.read.page.tree import Element
from transforms.read.press_exports import Database, Story, has_class, is_page_of, parse_page, split_page, split_whole
from transforms.read.properties import DERIVED, SURE, Said
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening
from transforms.rows import Arrival, InfoSource, Reading, Rejected
from transforms.settings import TransformSettings

FORMAT = "europresse"

_SIGNS = re.compile(
    rb"<title>\s*europresse(?:\.com)?\s*</title>|\bDocPublicationName\b|\bdocOcurrContainer\b|\btitreArticleVisu\b|\bpubliC-lblNodoc\b",
    re.IGNORECASE,
)
_BODIES = ("docOcurrContainer", "DocText")
_CLASSES = frozenset(("DocPublicationName", "docOcurrContainer", "titreArticle", "titreArticleVisu", "publiC-lblNodoc"))
_ID = re.compile(r"news[·.\s]\s*(?P<day>\d{8})[·.\s]\S+")
_ISSUE = re.compile(r",\s*(?:no\.?|n°|nº|nr\.?|#)\s*\S.*$", re.IGNORECASE)
_NOTICE = re.compile(r"(?:©|\(c\)|Copyright)[^\n]{3,200}", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)",
    re.IGNORECASE,
)


def sniff(opening: Opening) -> bool:
    """Return whether a page's title, first classes or name are Europresse's."""
    return is_page_of(FORMAT, _SIGNS, opening)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the articles of the export; those without any text are skipped."""
    database = Database(FORMAT, _find_articles, _is_whole)
    return split_whole(source, settings, lambda raw: split_page(raw, database, arrival, settings))


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the one article of `raw`, a page that `split` made, with what its elements say."""
    return parse_page(raw, _find_articles, _read)


def _read(article: Element) -> Story:
    bodies = (_first(article, name) for name in _BODIES)
    body = next((each for each in bodies if each is not None), None)
    return Story("" if body is None else element_to_text(body), _properties(article))


def _find_articles(root: Element) -> list[Element]:
    """Return the articles of a page that has Europresse's classes anywhere."""
    is_export = any(_CLASSES.intersection((each.get("class") or "").split()) for each in root.iter("div", "span", "p"))
    return list(root.iter("article")) if is_export else []


def _is_whole(article: Element) -> bool:
    return _first(article, "publiC-lblNodoc") is not None


def _properties(article: Element) -> Iterator[Said]:
    for name, column in (
        ("rdp__articletitle", "headline"),
        ("titreArticleVisu", "headline"),
        ("titreArticle", "headline"),
        ("rdp__subtitle", "description"),
    ):
        yield Said(column, _line(article, name), f"europresse:{name}")
    for name in ("docAuthors", "sm-margin-bottomNews"):
        printed = _line(article, name)
        if printed is not None:
            yield Said("byline", printed, f"europresse:{name}")
            yield Said("authors", printed.replace("; ", ", "), f"europresse:{name}")
    medium = _line(article, "DocPublicationName")
    if medium is not None:
        name = _ISSUE.sub("", medium)
        yield Said("info_sources", (InfoSource(name, "publisher"),), "europresse:DocPublicationName")
    yield from _document_properties(article)


def _document_properties(article: Element) -> Iterator[Said]:
    header = _line(article, "DocHeader")
    day = None if header is None else find_instant(header)
    if header is not None and day is not None:
        before = header[: header.find(day.raw)]
        section = _WEEKDAY.sub("", before).strip(" ,;•-")
        yield Said("published", day.raw, "europresse:DocHeader")
        yield Said("section", section or None, "europresse:DocHeader", DERIVED)
    identity = _line(article, "publiC-lblNodoc")
    yield Said("alt_id", identity, "europresse:publiC-lblNodoc")
    match = None if identity is None else _ID.match(identity)
    if match is not None:
        yield Said("published", match["day"], "europresse:publiC-lblNodoc", SURE if day is None else DERIVED)
    notices = (_NOTICE.match(element_to_line(each)) for each in article.iter("p", "div", "small", "span"))
    notice = next((each for each in notices if each is not None), None)
    yield Said("copyright_notice", None if notice is None else notice.group(), "europresse:copyright", DERIVED)


def _line(article: Element, name: str) -> str | None:
    element = _first(article, name)
    return None if element is None else element_to_line(element) or None


def _first(article: Element, name: str) -> Element | None:
    return next((each for each in article.iter("p", "div", "span", "h1", "h2") if has_class(each, name)), None)
