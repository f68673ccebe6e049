"""Exports of Factiva, HTML and rich text with many articles, in field codes or as printed; not tried on real ones.

Source: the codes and classes that public parsers of these exports describe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from transforms.clean.rights import find_notice
from transforms.read.blocks import element_to_line, element_to_text, to_line
from transforms.read.page.tree import Element
from transforms.read.press_exports import (
    Database,
    Story,
    find_language,
    has_class,
    is_date,
    is_page_of,
    parse_page,
    split_page,
    split_whole,
    to_cut,
    to_outcome,
)
from transforms.read.properties import DERIVED, SURE, Said
from transforms.read.reader import Outcome
from transforms.read.rich_text import Paragraph, RichTextError, read_rich_text
from transforms.read.sniff import Opening
from transforms.rows import Arrival, InfoSource, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "factiva"

_RICH_TEXT = b"{\\rtf"
_SIGNS = re.compile(
    rb"<title>\s*(?:dow jones\s+)?factiva\s*</title>|"
    rb"class=[\"']?article [a-z]{2}Article\b|\b[a-z]{2}articleParagraph\b",
    re.IGNORECASE,
)
_CODES = frozenset(
    re.findall(
        r"\S+",
        "CLM SE HD BY CR WC PD ET SN SC ED PG VOL LA CY LP TD ART CO IN NS RE IPC IPD PUB AN RF CT CX DL HL",
    )
)
_CODED = re.compile(r"(?P<code>[A-Z]{2,3})(?:\t+(?P<value>.*))?", re.DOTALL)
_ID = re.compile(r"(?:AN\s+)?(?:Dokument|Documento?)\s+(?P<id>[A-Za-z]\w{14,39})")
_WORDS = re.compile(r"[\d.,\s\u00a0]+(?:words|wörter|mots|palabras|parole)", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s+[A-Z]{2,4})?")
_BYLINE = re.compile(r"(?:by|von|par|por|di)\s+\w", re.IGNORECASE)
_HEADER_LINES = 14
"""Lines that a printed article has above its text at most: section, headline, byline, words, date, source, rights."""
_HEADER_CHARS = 120


def sniff(opening: Opening) -> bool:
    """Return whether a file is rich text, or a page whose title, first classes or name are Factiva's."""
    return opening.head.startswith(_RICH_TEXT) or is_page_of(FORMAT, _SIGNS, opening)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the articles of the export; lists of codes and search terms behind them are skipped."""
    return split_whole(source, settings, lambda raw: _split(raw, arrival, settings))


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the one article of `raw`, a page that `split` made, with what its fields say."""
    return parse_page(raw, _find_articles, _read)


def _read(article: Element) -> Story:
    fields = _find_fields(article)
    if fields:
        text = "\n\n".join(filter(None, (element_to_text(fields[code]) for code in ("LP", "TD") if code in fields)))
        return Story(text, _coded_properties(fields))
    return Story(_find_text(article), _printed_properties(article))


def _split(raw: bytes, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    if raw.startswith(_RICH_TEXT):
        return _split_rich_text(raw)
    return split_page(raw, Database(FORMAT, _find_articles, _is_whole), arrival, settings)


def _find_articles(root: Element) -> list[Element]:
    return [each for each in root.iter("div") if has_class(each, "article")]


def _is_whole(article: Element) -> bool:
    return any(_ID.search(to_line(text)) for text in article.itertext())


def _find_fields(article: Element) -> Mapping[str, Element]:
    """Return the cells of an article's table by their codes; nothing for a printed article."""
    fields: dict[str, Element] = {}
    for row in article.iter("tr"):
        cells = [each for each in row if each.tag in ("td", "th")]
        code = element_to_line(cells[0]) if len(cells) > 1 else ""
        if code in _CODES:
            fields.setdefault(code, cells[1])
    return fields


def _coded_properties(fields: Mapping[str, Element]) -> Iterator[Said]:
    lines = {code: element_to_line(cell) for code, cell in fields.items() if code not in ("LP", "TD")}
    for code, column in (("HD", "headline"), ("SE", "section"), ("BY", "byline"), ("BY", "authors")):
        yield Said(column, lines.get(code), f"factiva:{code}")
    day = lines.get("PD")
    if day is not None:
        yield Said("published", f"{day} {lines.get('ET', '')}".strip(), "factiva:PD")
    if lines.get("SN"):
        yield Said("info_sources", (InfoSource(lines["SN"], "publisher"),), "factiva:SN")
    yield Said("language", find_language(lines.get("LA", "")), "factiva:LA")
    yield Said("copyright_notice", lines.get("CY"), "factiva:CY")
    yield Said("subjects", _subjects(fields["NS"]) if "NS" in fields else None, "factiva:NS")
    document = _ID.search(lines.get("AN", ""))
    yield Said("alt_id", None if document is None else document["id"], "factiva:AN")


def _subjects(cell: Element) -> list[str]:
    """Return the names of subjects, without their codes: "gcrim : Crime | gcat : General News" are two."""
    parts = re.split(r"\||\n", element_to_text(cell))
    return [name for part in parts if (name := part.rpartition(" : ")[2].strip())]


def _find_text(article: Element) -> str:
    paragraphs = [each for each in article.iter("p") if _ID.match(element_to_line(each)) is None]
    marked = [each for each in paragraphs if "articleparagraph" in (each.get("class") or "").lower()]
    return "\n\n".join(filter(None, map(element_to_text, marked or paragraphs)))


def _printed_properties(article: Element) -> Iterator[Said]:
    """Yield what the lines around the text say: each is known by its form, and by the line that it follows."""
    before: str | None = None
    dated: str | None = None
    titled = sourced = False
    for each in article.iterchildren("div", "p"):
        line = element_to_line(each)
        document = _ID.fullmatch(line)
        if document is not None:
            yield Said("alt_id", document["id"], "factiva:Document")
        if each.tag == "p" or not line:
            continue
        if not titled and _is_headline(each):
            titled = True
            yield Said("headline", line, "factiva:headline")
            yield Said("section", before, "factiva:section", DERIVED)
        elif has_class(each, "author") or (titled and dated is None and _BYLINE.match(line)):
            yield Said("byline", line, "factiva:author")
            yield Said("authors", line, "factiva:author")
        elif dated is None and is_date(line):
            dated = line
        elif dated is not None and _CLOCK.fullmatch(line):
            dated = f"{dated} {line}"
        elif line.startswith(("©", "(c)", "Copyright")) or find_notice(line) is not None:
            yield Said("copyright_notice", line, "factiva:copyright")
        elif find_language(line) is not None and len(line.split()) <= 2:
            yield Said("language", find_language(line), "factiva:language", SURE if sourced else DERIVED)
        elif dated is not None and not sourced:
            sourced = True
            yield Said("info_sources", (InfoSource(line, "publisher"),), "factiva:source", DERIVED)
        before = line
    yield Said("published", dated, "factiva:date")


def _is_headline(element: Element) -> bool:
    spans = element.iter("span", "b")
    return element.get("id") == "hd" or any("headline" in (each.get("class") or "").lower() for each in spans)


def _split_rich_text(raw: bytes) -> Iterator[Outcome]:
    try:
        paragraphs, is_cut = read_rich_text(raw)
    except RichTextError as error:
        yield Rejected("read.rich_text_limits", f"{error}; no export has as many", raw=raw, whole_file=True)
        return
    waiting: list[Paragraph] = []
    count = 0
    for paragraph in paragraphs:
        waiting.append(paragraph)
        if _ID.fullmatch(to_line(paragraph.text)) is not None:
            count += 1
            yield to_outcome(_to_article(waiting), FORMAT, None)
            waiting = []
    if waiting and is_cut:
        yield to_cut(count, len(raw), "\n".join(each.text for each in waiting).encode("utf-8"))
    elif not count:
        detail = "the rich text from byte 0 on has no line 'Document …' as Factiva ends its articles; bring it as text"
        yield Rejected("read.unknown_format", detail, raw=raw, whole_file=True)
    elif waiting:
        yield Skipped(0, "read.search_summary", to_line(waiting[0].text)[:200])


def _to_article(paragraphs: list[Paragraph]) -> Element:
    """Return the paragraphs of an article as the element that Factiva's pages have for it."""
    article = etree.Element("div")
    article.set("class", "article enArticle")
    coded = [_CODED.fullmatch(each.text) for each in paragraphs]
    is_coded = {"HD", "PD"} <= {each["code"] for each in coded if each is not None}
    (_add_fields if is_coded else _add_lines)(article, paragraphs)
    return article


def _add_fields(article: Element, paragraphs: list[Paragraph]) -> None:
    table = etree.SubElement(article, "table")
    cell: Element | None = None
    for paragraph in paragraphs:
        match = _CODED.fullmatch(paragraph.text)
        text: str | None = paragraph.text
        if match is not None and match["code"] in _CODES:
            row = etree.SubElement(table, "tr")
            etree.SubElement(etree.SubElement(row, "td"), "b").text = match["code"]
            cell = etree.SubElement(row, "td")
            text = match["value"]
        if cell is not None and text:
            etree.SubElement(cell, "p").text = to_line(text)


def _add_lines(article: Element, paragraphs: list[Paragraph]) -> None:
    headline = next((index for index, each in enumerate(paragraphs) if each.bold), 0)
    end = _find_header_end(paragraphs, headline)
    for index, paragraph in enumerate(paragraphs):
        is_header = index < end
        element = etree.SubElement(article, "div" if is_header else "p")
        element.text = to_line(paragraph.text)
        if index == headline:
            element.set("id", "hd")
        elif not is_header and index < len(paragraphs) - 1:
            element.set("class", "articleParagraph enarticleParagraph")


def _find_header_end(paragraphs: list[Paragraph], headline: int) -> int:
    """Return where the text begins: behind the notice of rights, or behind the lines that look like a header."""
    texts = [to_line(each.text) for each in paragraphs[: headline + _HEADER_LINES]]
    for index in range(headline + 1, len(texts)):
        if texts[index].startswith(("©", "(c)", "Copyright")):
            return index + 1
    index = headline + 1
    while index < len(texts) and _is_header(texts[index]):
        index += 1
    return index


def _is_header(text: str) -> bool:
    return len(text) <= _HEADER_CHARS and not text.endswith((".", "!", "?", "”", '"'))
