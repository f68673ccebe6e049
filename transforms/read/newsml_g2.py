"""NewsML-G2: news items alone or in a message; their text is NITF, XHTML or plain, inline.

Source: NewsML-G2 2.35, https://iptc.org/std/NewsML-G2/guidelines/. Names of properties are the standard's.
Packages, concepts, knowledge, events, plans and catalogs are things of the trade but no articles: they are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from transforms.clean.byline import split_names
from transforms.clean.info_sources import is_agency
from transforms.read import nitf
from transforms.read.blocks import element_to_line, element_to_text, html_to_text, local_name, to_line
from transforms.read.markup import MarkupError, Parsed, parse_xml
from transforms.read.notices import NOTICE, find_notice
from transforms.read.properties import DERIVED, SURE, Said, gather
from transforms.read.sniff import Opening, find_root_name
from transforms.read.xml_items import XmlItem, read_items
from transforms.rows import Arrival, Document, InfoSource, Reading, Rejected, Skipped, SourceRole
from transforms.settings import TransformSettings

FORMAT = "newsml_g2"
MEDIA_TYPE = "application/vnd.iptc.g2.newsitem+xml"

_SKIPPED = {
    "packageItem": "read.package_item",
    "conceptItem": "read.concept_item",
    "knowledgeItem": "read.knowledge_item",
    "planningItem": "read.planning_item",
    "catalogItem": "read.catalog_item",
}
"""Reason by kind of item that is no news."""
_TAGS = ("newsItem", *_SKIPPED)
_BY_NAME = {tag.lower(): (tag, reason) for tag, reason in _SKIPPED.items()}
_ROOTS = frozenset((*(tag.lower() for tag in _TAGS), "newsmessage", "itemset"))
_TEXT_CLASSES = frozenset(("text", "composite", ""))
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ROLES: dict[str, SourceRole] = {"origcont": "agency", "originfo": "partial_credit", "enhancer": "partial_credit"}
"""Our role by role of an infoSource (IPTC NewsCodes, isrol)."""


def sniff(opening: Opening) -> bool:
    """Return whether the file's first element is an item or a message of NewsML-G2."""
    return find_root_name(opening.head) in _ROOTS


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the items of the file, each with its namespaces."""
    position = 0
    for each in read_items(source, _TAGS, settings.max_document_bytes):
        if isinstance(each, XmlItem):
            yield _to_outcome(each, position)
            position += 1
        elif each.failure is not None:
            whole = position == 0
            yield Rejected(each.failure.reason, str(each.failure), position, each.raw if whole else None, whole)
        elif not position:
            yield Skipped(0, "read.no_items", "the message holds no item")


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the item's text with what its metadata say, those of a NITF body after them."""
    try:
        parsed = parse_xml(raw)
    except MarkupError as error:
        return Rejected(error.reason, str(error), raw=raw)
    return _to_reading(parsed, raw)


def _to_outcome(each: XmlItem, position: int) -> Document | Skipped:
    kind = _BY_NAME.get(each.name)
    guid = None if each.element is None else each.element.get("guid")
    if kind is not None:
        return Skipped(position, kind[1], f"{kind[0]} {guid}")
    if each.element is not None:
        item_class = _find_class(each.element)
        if item_class not in _TEXT_CLASSES and not _find_text(each.element):
            return Skipped(position, "read.not_text", f"{guid} is of class {item_class} and has no text of its own")
    offset = 0 if each.whole_file else None
    return Document(position, each.raw, FORMAT, MEDIA_TYPE, offset_bytes=offset)


def _to_reading(parsed: Parsed, raw: bytes) -> Reading | Rejected:
    item = parsed.root
    text = _find_text(item)
    if not text and (notice := find_notice((said := gather(_properties(item))).found)) is not None:
        return Reading(notice, None, None, said.found, said.unreadable, (*parsed.flags, NOTICE), structured=True)
    if not text:
        detail = f"line {item.sourceline}: the item {item.get('guid')} has no text inline; it may lie elsewhere"
        return Rejected("read.no_body", detail, raw=raw)
    story = _first(item, "nitf")
    beside = () if story is None else nitf.find_properties(story, "newsml:nitf")
    whole = Said("is_excerpt", False, "newsml:contentSet")
    gathered = gather((whole, *_properties(item), *(_less_sure(said) for said in beside)))
    return Reading(text, None, None, gathered.found, gathered.unreadable, parsed.flags, structured=True)


def _find_text(item: etree._Element) -> str:
    """Return the paragraphs of the first inline content that has text, marked-up content first."""
    for inline in item.iter("{*}inlineXML"):
        body = _first(inline, "body")
        marked_up = nitf.find_text(inline)
        text = marked_up or (element_to_text(inline if body is None else body) if _is_copy(inline) else "")
        if text:
            return text
    for inline in item.iter("{*}inlineData"):
        kind = inline.get("contenttype", "")
        data = "".join(inline.itertext())
        text = html_to_text(data) if "html" in kind else data.strip() if kind.startswith("text/") or not kind else ""
        if text:
            return text
    return ""


def _is_copy(inline: etree._Element) -> bool:
    """Return whether inline XML is running text: NITF or XHTML, by what it says or by its elements."""
    kind = inline.get("contenttype", "").lower()
    names = {local_name(each) for each in inline.iterdescendants(tag=etree.Element)}
    return "html" in kind or "nitf" in kind or not names.isdisjoint(("nitf", "html", "p", "body.content"))


def _find_class(item: etree._Element) -> str:
    """Return the code of an item's class: `text`, `picture`; empty where none is said."""
    return _code(_find(item, "itemMeta/itemClass"))


def _properties(item: etree._Element) -> Iterator[Said]:
    yield Said("alt_id", item.get("guid"), "newsml:@guid")
    yield from _item_meta(item)
    yield from _rights(item)
    yield from _content_meta(item)
    yield from _concepts(item)
    yield from _sources(item)


def _item_meta(item: etree._Element) -> Iterator[Said]:
    for name, column in (
        ("firstCreated", "first_created"),
        ("versionCreated", "version_created"),
        ("embargoed", "embargoed_until"),
        ("edNote", "ed_note"),
        ("expires", "expires"),
    ):
        yield from _line(item, f"itemMeta/{name}", column)
    for path, confidence in (
        ("itemMeta/firstCreated", 0.85),
        ("itemMeta/versionCreated", 0.8),
        ("contentMeta/contentCreated", 0.6),
    ):
        yield from _line(item, path, "published", confidence)
    status = _find(item, "itemMeta/pubStatus")
    if status is not None:
        yield Said("pub_status", _code(status), "newsml:itemMeta/pubStatus")
    provider = _find(item, "itemMeta/provider")
    if provider is not None:
        yield Said("provider", _name(item, provider), "newsml:itemMeta/provider")


def _rights(item: etree._Element) -> Iterator[Said]:
    yield from _line(item, "rightsInfo/copyrightNotice", "copyright_notice")
    yield from _line(item, "rightsInfo/usageTerms", "usage_terms")
    for name, column in (("copyrightHolder", "copyright_holder"), ("dataMining", "data_mining")):
        element = _find(item, f"rightsInfo/{name}")
        if element is not None:
            yield Said(column, _name(item, element), f"newsml:rightsInfo/{name}")


def _content_meta(item: etree._Element) -> Iterator[Said]:
    for name, column in (
        ("headline", "headline"),
        ("slugline", "slugline"),
        ("by", "byline"),
        ("dateline", "dateline"),
        ("urgency", "urgency"),
        ("description", "description"),
    ):
        yield from _line(item, f"contentMeta/{name}", column)
    language = _find(item, "contentMeta/language")
    if language is not None:
        yield Said("language", language.get("tag"), "newsml:contentMeta/language")
    yield Said("language", item.get(_LANG), "newsml:@xml:lang", DERIVED)
    located = _find(item, "contentMeta/located")
    if located is not None:
        yield Said("located", _name(item, located), "newsml:contentMeta/located")
        yield Said("located_country", _country(located), "newsml:contentMeta/located")
    keywords = [element_to_line(each) for each in _children(item, "contentMeta/keyword")]
    yield Said("keywords", keywords, "newsml:contentMeta/keyword")


def _concepts(item: etree._Element) -> Iterator[Said]:
    subjects = [name for each in _children(item, "contentMeta/subject") if (name := _printed_name(item, each))]
    yield Said("subjects", list(dict.fromkeys(subjects)), "newsml:contentMeta/subject")
    genre = _find(item, "contentMeta/genre")
    if genre is not None:
        yield Said("genre", _name(item, genre), "newsml:contentMeta/genre")
    creators = [name for each in _children(item, "contentMeta/creator") if (name := _printed_name(item, each))]
    people = [name for name in creators if split_names(name) == (name,) and not is_agency(name) and name[:4] != "The "]
    yield Said("authors", people, "newsml:contentMeta/creator")


def _sources(item: etree._Element) -> Iterator[Said]:
    sources = []
    for each in _children(item, "contentMeta/infoSource"):
        name, role = _printed_name(item, each), (each.get("role") or "").rpartition(":")[2]
        if name is not None:
            sources.append(InfoSource(name, "agency" if is_agency(name) else _ROLES.get(role, "agency")))
    if sources:
        yield Said("info_sources", tuple(sources), "newsml:contentMeta/infoSource")


def _less_sure(said: Said) -> Said:
    """Return what an inline body says of itself; the item's own metadata stand before it."""
    return Said(said.column, said.given, said.method, min(said.confidence, DERIVED))


def _line(item: etree._Element, path: str, column: str, confidence: float = SURE) -> Iterator[Said]:
    element = _find(item, path)
    if element is not None:
        yield Said(column, element_to_line(element), f"newsml:{path}", confidence)


def _name(item: etree._Element, concept: etree._Element) -> str | None:
    """Return the name of a concept, else the code, literal or address that stands for it."""
    printed = _printed_name(item, concept)
    if printed is not None:
        return printed
    code = (concept.get("qcode") or "").partition(":")[2]
    return code or concept.get("literal") or concept.get("uri") or None


def _printed_name(item: etree._Element, concept: etree._Element) -> str | None:
    """Return a concept's name in the item's language, else its first; of a bare code the name its assert gives."""
    names = list(concept.iterchildren("{*}name"))
    names = names or [name for part in concept.iterchildren("{*}mainConcept") for name in part.iterchildren("{*}name")]
    qcode = concept.get("qcode")
    if not names and qcode:
        asserts = (each for each in item.iterchildren("{*}assert") if each.get("qcode") == qcode)
        names = [name for each in asserts for name in each.iterchildren("{*}name")]
    if not names:
        return None
    language = item.get(_LANG)
    chosen = next((name for name in names if name.get(_LANG) == language), names[0])
    return to_line("".join(str(text) for text in chosen.itertext())) or None


def _code(concept: etree._Element | None) -> str:
    """Return the last part of a concept's code or address; empty where there is none."""
    if concept is None:
        return ""
    return (concept.get("qcode") or concept.get("uri") or "").rpartition(":")[2].rpartition("/")[2]


def _country(located: etree._Element) -> str | None:
    """Return the ISO 3166-1 code of the country that a place lies in."""
    places = (located, *located.iterchildren("{*}broader"))
    codes = ((each.get("qcode") or "").rpartition(":") for each in places)
    return next((code.upper() for scheme, _, code in codes if scheme.lower() == "iso3166-1a2" and len(code) == 2), None)


def _children(item: etree._Element, path: str) -> list[etree._Element]:
    parent, _, name = path.partition("/")
    return [each for above in item.iterchildren(f"{{*}}{parent}") for each in above.iterchildren(f"{{*}}{name}")]


def _find(item: etree._Element, path: str) -> etree._Element | None:
    return next(iter(_children(item, path)), None)


def _first(within: etree._Element, name: str) -> etree._Element | None:
    return next(iter(within.iter(f"{{*}}{name}")), None)
