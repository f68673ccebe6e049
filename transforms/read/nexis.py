"""Exports of Nexis Uni, Word documents with many articles, each closed by "End of Document"; not tried on real ones.

Source: the labels that public parsers of these exports describe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from lxml import etree

from transforms.read.blocks import element_to_line
from transforms.read.limits import UnreadableError
from transforms.read.page.tree import Element
from transforms.read.press_exports import (
    Database,
    Story,
    find_language,
    has_class,
    is_date,
    parse_page,
    split_page,
    split_whole,
    to_cut,
    to_outcome,
)
from transforms.read.properties import DERIVED, SURE, Said
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening
from transforms.read.word_document import Paragraph, read_paragraphs
from transforms.rows import Arrival, InfoSource, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "nexis"

_ZIP = b"PK\x03\x04"
_PAGE = b"<title>nexis</title>"
_CLASS = "nexisDocument"
_END = re.compile(r"End of Document|Ende des Dokuments?|Fin du document", re.IGNORECASE)
_BODY = re.compile(r"Body|Full[ -]?Text|Textkörper|Volltext|Corps(?: du texte)?", re.IGNORECASE)
_BEHIND = re.compile(r"Classification|Klassifizierung|Graphic|Grafik|Graphique|(?:Load-Date|Ladedatum)\s*:.*", re.I)
_LEFT_OUT = re.compile(
    r"Page \d+ of \d+|Seite \d+ von \d+|Page \d+ (?:de|sur) \d+|Link to (?:Image|PDF).*|Link zum .*", re.I
)
_LABEL = re.compile(r"(?P<name>[^\W\d_][\w -]{1,29}?)\s?:\s+(?P<value>.+)", re.DOTALL)
_WEEKDAY = re.compile(
    r"\s*\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b",
    re.IGNORECASE,
)
"""Stands between a date and its time."""
_NOTICE = ("Copyright", "©", "(c)")
_COLUMNS = {
    "section": "section",
    "rubrik": "section",
    "ressort": "section",
    "rubrique": "section",
    "byline": "byline",
    "autor": "byline",
    "verfasser": "byline",
    "auteur": "byline",
    "dateline": "dateline",
    "highlight": "description",
    "language": "language",
    "sprache": "language",
    "langue": "language",
    "subject": "subjects",
}
"""Column by label, in lower case. Length, Load-Date and the like say nothing that a column holds."""


def sniff(opening: Opening) -> bool:
    """Return whether a file is a Word document: by its members where they are seen, else by its name."""
    if not opening.head.startswith(_ZIP):
        return _PAGE in opening.head
    return opening.suffix == ".docx" or b"word/document.xml" in opening.head


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the articles of the export, one at a time in memory; its cover page is skipped."""
    is_zip = source.read(len(_ZIP)) == _ZIP
    source.seek(0)
    if is_zip:
        yield from _split_document(source, settings)
        return
    database = Database(FORMAT, _find_articles, lambda _: True)
    yield from split_whole(source, settings, lambda raw: split_page(raw, database, arrival, settings))


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the one article of `raw`, a page that `split` made, with what its lines say."""
    return parse_page(raw, _find_articles, _read)


def _read(article: Element) -> Story:
    lines = [Paragraph(element_to_line(each), each.get("class")) for each in article.iter("p")]
    lines = [each for each in lines if each.text and _LEFT_OUT.fullmatch(each.text) is None]
    begin, end = _find_body(lines)
    text = "\n\n".join(each.text for each in lines[begin:end] if _BODY.fullmatch(each.text) is None)
    return Story(text, _properties(lines[:begin], lines[end:]))


def _find_articles(root: Element) -> list[Element]:
    return [each for each in root.iter("div") if has_class(each, _CLASS)]


def _split_document(source: BinaryIO, settings: TransformSettings) -> Iterator[Outcome]:
    waiting: list[Paragraph] = []
    count = size = 0
    try:
        for paragraph in read_paragraphs(source, settings):
            if _END.fullmatch(paragraph.text) is None:
                waiting.append(paragraph)
                size += len(paragraph.text)
                if size > settings.max_document_bytes:
                    limit = settings.max_document_bytes
                    yield Rejected("read.document_too_large", f"an article is larger than max_document_bytes = {limit}")
                    return
                continue
            count += 1
            yield from _to_outcomes(waiting)
            waiting, size = [], 0
    except UnreadableError as error:
        detail = f"behind {count} whole articles: {error.detail}; export it again"
        yield Rejected(error.reason, detail, whole_file=not count)
        return
    if not count:
        detail = "the Word document from byte 0 on has no line 'End of Document' as Nexis Uni writes; bring it as text"
        yield Rejected("read.unknown_format", detail, whole_file=True)
    elif any(_BODY.fullmatch(each.text) for each in waiting):
        yield to_cut(count, source.seek(0, 2), "\n".join(each.text for each in waiting).encode("utf-8"))
    elif waiting:
        yield Skipped(0, "read.search_summary", waiting[0].text[:200])


def _to_outcomes(paragraphs: Sequence[Paragraph]) -> Iterator[Outcome]:
    """Yield an article, and before it the cover page where there is one."""
    begin = _find_headline(paragraphs)
    cover = [each.text for each in paragraphs[:begin] if _LEFT_OUT.fullmatch(each.text) is None]
    if cover:
        yield Skipped(0, "read.cover_page", " ".join(cover)[:200])
    article = etree.Element("div")
    article.set("class", _CLASS)
    for paragraph in paragraphs[begin:]:
        element = etree.SubElement(article, "p")
        element.text = paragraph.text
        if paragraph.style is not None:
            element.set("class", paragraph.style)
    yield to_outcome(article, FORMAT, None)


def _find_headline(paragraphs: Sequence[Paragraph]) -> int:
    """Return where an article begins: at the last heading before its date, else two lines above the date."""
    begin, _ = _find_body(paragraphs)
    dated = max((index for index in range(begin) if _is_date_line(paragraphs[index].text)), default=None)
    if dated is None:
        return 0
    headings = [index for index in range(dated) if (paragraphs[index].style or "").lower().startswith("heading")]
    return headings[-1] if headings else max(dated - 2, 0)


def _find_body(lines: Sequence[Paragraph]) -> tuple[int, int]:
    """Return where the text begins and ends; without the label "Body" it begins behind the last labelled line."""
    labelled = (index for index, each in enumerate(lines) if _BODY.fullmatch(each.text))
    begin = next(labelled, None)
    if begin is None:
        heads = [index + 1 for index, each in enumerate(lines[:20]) if _is_head(each.text)]
        begin = max(heads, default=0)
    behind = (index for index in range(begin, len(lines)) if _BEHIND.fullmatch(lines[index].text))
    return begin, next(behind, len(lines))


def _is_head(text: str) -> bool:
    label = _LABEL.fullmatch(text)
    if label is not None and label["name"].lower() in (*_COLUMNS, "length", "länge", "longueur"):
        return label["name"].lower() not in ("language", "sprache", "langue", "subject")
    return text.startswith(_NOTICE) or _is_date_line(text)


def _is_date_line(text: str) -> bool:
    return _LABEL.fullmatch(text) is None and not text.startswith(_NOTICE) and is_date(text)


def _properties(head: Sequence[Paragraph], behind: Sequence[Paragraph]) -> Iterator[Said]:
    plain = [each.text for each in head if _LABEL.fullmatch(each.text) is None or each is head[0]]
    dated = next((index for index, text in enumerate(plain) if index and _is_date_line(text)), None)
    if plain:
        yield Said("headline", plain[0], "nexis:title")
    if dated is not None:
        yield Said("published", _WEEKDAY.sub("", plain[dated]).strip(" ,"), "nexis:date")
    if dated is not None and dated > 1:
        yield Said("info_sources", (InfoSource(plain[dated - 1], "publisher"),), "nexis:publication")
    notice = next((text for text in plain if text.startswith(_NOTICE)), None)
    yield Said("copyright_notice", notice, "nexis:copyright")
    for paragraph in (*head[1:], *behind):
        yield from _labelled(paragraph.text)


def _labelled(text: str) -> Iterator[Said]:
    label = _LABEL.fullmatch(text)
    column = None if label is None else _COLUMNS.get(label["name"].lower())
    if label is None or column is None:
        return
    value, method = label["value"], f"nexis:{label['name']}"
    if column == "language":
        yield Said(column, find_language(value), method)
    elif column == "section":
        yield Said(column, re.split(r"\s*;\s*|,\s*(?:Pg|S|p)\.", value)[0], method)
    elif column == "subjects":
        names = [re.sub(r"\s*\(\d+%\)", "", each).strip() for each in value.split(";")]
        yield Said(column, [name for name in names if name], method)
    else:
        yield Said(column, value, method)
        if column == "byline":
            yield Said("authors", value.replace("; ", ", "), method, SURE if ";" not in value else DERIVED)
