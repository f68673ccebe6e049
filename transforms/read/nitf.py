"""NITF, the news industry's text format: one story with its head, as a file or inside NewsML-G2 and ninjs.

Source: NITF 3.6, https://www.iptc.org/std/NITF/3.6/documentation/nitf.html. Names of elements are NITF's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from transforms.clean.info_sources import is_agency
from transforms.read.blocks import element_to_line, element_to_text, local_name
from transforms.read.markup import MarkupError, parse_xml
from transforms.read.notices import NOTICE, find_notice
from transforms.read.properties import DERIVED, SURE, Said, gather
from transforms.read.sniff import Opening, find_root_name
from transforms.read.xml_items import XmlItem, read_items
from transforms.rows import Arrival, Document, InfoSource, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "nitf"
MEDIA_TYPE = "application/nitf+xml"
SUFFIXES = (".nitf",)
_NAMESPACE = b"iptc.org/std/NITF/"
_WRAPPERS = frozenset(("contentset", "inlinexml"))
"""Elements of NewsML-G2 that some systems cut out and send alone."""
_STATUS = {"canceled": "canceled", "cancelled": "canceled", "embargoed": "withheld", "withheld": "withheld"}


def sniff(opening: Opening) -> bool:
    """Return whether the file's first element is NITF's, or one that holds it; of unknown markup the name decides."""
    root = find_root_name(opening.head)
    if root is not None and opening.suffix in SUFFIXES:
        return True
    return root == "nitf" or (root in _WRAPPERS and _NAMESPACE in opening.head)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the stories of the file: mostly it is one."""
    position = 0
    for each in read_items(source, ("nitf",), settings.max_document_bytes):
        if isinstance(each, XmlItem):
            yield Document(position, each.raw, FORMAT, MEDIA_TYPE, offset_bytes=0 if each.whole_file else None)
            position += 1
        elif each.failure is not None or not position:
            reason = each.failure.reason if each.failure else "read.no_story"
            detail = str(each.failure or "the file holds no element nitf; look whether it is a story at all")
            yield Rejected(reason, detail, position, None if position else each.raw, whole_file=not position)


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the story with what its head says of it."""
    try:
        parsed = parse_xml(raw)
    except MarkupError as error:
        return Rejected(error.reason, str(error), raw=raw)
    story = parsed.root if local_name(parsed.root) == "nitf" else _first(parsed.root, "nitf")
    if story is None:
        return Rejected("read.no_story", "line 1: the document holds no element nitf", raw=raw)
    gathered = gather((Said("is_excerpt", False, "nitf:body.content"), *find_properties(story)))
    text = find_text(story)
    notice = None if text else find_notice(gathered.found)
    if not text and notice is None:
        return Rejected("read.no_body", "line 1: body.content has no text; look whether the item is a story", raw=raw)
    return Reading(
        text or notice or "",
        found=gathered.found,
        unreadable=gathered.unreadable,
        flags=parsed.flags if text else (*parsed.flags, NOTICE),
        structured=True,
        withdraws=_find_withdrawn(story),
    )


def _find_withdrawn(story: etree._Element) -> str | None:
    """Return the id of another document that this one cancels or withholds, or None (NITF 3.6, `docdata`)."""
    docdata = _first(story, "docdata")
    if docdata is None:
        return None
    status = docdata.get("management-idref-status", docdata.get("management-status", ""))
    return docdata.get("management-doc-idref") if _STATUS.get(status) in ("canceled", "withheld") else None


def find_text(story: etree._Element) -> str:
    """Return the paragraphs of the story's body; its head and its notes at the end are left out."""
    contents = _all(story, "body.content")
    content = next((each for each in contents if not _is_in_note(each)), None)
    return "" if content is None else element_to_text(content)


def find_properties(story: etree._Element, prefix: str = "nitf") -> Iterator[Said]:
    """Yield what the elements around the body say; `prefix` stands before their names."""
    yield from _head_properties(story, prefix)
    yield from _document_properties(story, prefix)
    yield from _rights_properties(story, prefix)


def _head_properties(story: etree._Element, prefix: str) -> Iterator[Said]:
    head = _first(story, "body.head")
    if head is not None:
        for name, column in (("hl1", "headline"), ("abstract", "description"), ("distributor", "provider")):
            yield from _text(head, name, column, prefix)
        yield from _byline(head, prefix)
        yield from _dateline(head, prefix)
        for note in _all(head, "note"):
            yield Said("ed_note", element_to_line(note), f"{prefix}:note")
    yield from _text(story, "title", "headline", prefix, DERIVED)


def _byline(head: etree._Element, prefix: str) -> Iterator[Said]:
    byline = _first(head, "byline")
    if byline is None:
        return
    whole = element_to_line(byline)
    titles = [element_to_line(each) for each in _all(byline, "byttl")]
    people = [element_to_line(each) for each in _all(byline, "person")]
    printed = whole
    for title in titles:
        printed = printed.replace(title, "").rstrip(" ,")
    agencies = tuple(InfoSource(title, "agency") for title in titles if is_agency(title))
    yield Said("byline", printed or whole, f"{prefix}:byline")
    yield Said("authors", people, f"{prefix}:byline/person")
    if agencies:
        yield Said("info_sources", agencies, f"{prefix}:byline/byttl")


def _dateline(head: etree._Element, prefix: str) -> Iterator[Said]:
    dateline = _first(head, "dateline")
    if dateline is None:
        return
    yield Said("dateline", element_to_line(dateline), f"{prefix}:dateline")
    location = _first(dateline, "location")
    if location is not None:
        city = _first(location, "city")
        place = element_to_line(location if city is None else city)
        yield Said("located", place, f"{prefix}:dateline/location")
        country = _first(location, "country")
        code = None if country is None else country.get("iso-cc")
        yield Said("located_country", code.upper() if code else None, f"{prefix}:dateline/location/country")
    day = _first(dateline, "story.date")
    if day is not None:
        yield Said("published", day.get("norm"), f"{prefix}:dateline/story.date", 0.7)


def _document_properties(story: etree._Element, prefix: str) -> Iterator[Said]:
    for name, attribute, column, confidence in (
        ("date.release", "norm", "published", DERIVED),
        ("pubdata", "date.publication", "published", SURE),
        ("date.issue", "norm", "published", 0.85),
        ("date.issue", "norm", "version_created", DERIVED),
        ("revision-history", "norm", "first_created", DERIVED),
        ("date.expire", "norm", "expires", SURE),
        ("doc-id", "id-string", "alt_id", SURE),
        ("urgency", "ed-urg", "urgency", SURE),
        ("ed-msg", "info", "ed_note", SURE),
        ("pubdata", "position.section", "section", SURE),
        ("tobject.property", "tobject.property.type", "genre", DERIVED),
        ("fixture", "fix-id", "slugline", 0.5),
    ):
        element = _first(story, name)
        if element is not None:
            yield Said(column, element.get(attribute), f"{prefix}:{name}/@{attribute}", confidence)
    keywords = [key for each in _all(story, "keyword") if (key := each.get("key"))]
    subjects = [subject for each in _all(story, "tobject.subject") if (subject := _subject(each))]
    yield Said("keywords", keywords, f"{prefix}:key-list/keyword")
    yield Said("subjects", subjects, f"{prefix}:tobject.subject")
    docdata = _first(story, "docdata")
    status = None if docdata is None else docdata.get("management-status")
    yield Said(
        "pub_status", None if status is None else _STATUS.get(status, status), f"{prefix}:docdata/@management-status"
    )
    published_in = _first(story, "pubdata")
    medium = None if published_in is None else published_in.get("name")
    if medium:
        yield Said("info_sources", (InfoSource(medium, "publisher"),), f"{prefix}:pubdata/@name")
    language = story.get("{http://www.w3.org/XML/1998/namespace}lang")
    yield Said("language", language, f"{prefix}:@xml:lang")


def _rights_properties(story: etree._Element, prefix: str) -> Iterator[Said]:
    copyright_ = _first(story, "doc.copyright")
    if copyright_ is not None:
        yield Said("copyright_holder", copyright_.get("holder"), f"{prefix}:doc.copyright/@holder")
        yield Said("copyright_year", copyright_.get("year"), f"{prefix}:doc.copyright/@year")
    rights = _first(story, "rights")
    if rights is not None:
        yield Said("copyright_notice", element_to_line(rights), f"{prefix}:rights")
        for name, column in (("rights.owner", "copyright_holder"), ("rights.limitations", "usage_terms")):
            yield from _text(rights, name, column, prefix)
    limits = _first(story, "doc.rights")
    if limits is not None:
        yield Said("usage_terms", limits.get("limitations"), f"{prefix}:doc.rights/@limitations")


def _is_in_note(content: etree._Element) -> bool:
    """Return whether a body.content is that of a note, which has one of its own."""
    parent = content.getparent()
    return parent is not None and local_name(parent) == "note"


def _subject(element: etree._Element) -> str | None:
    """Return the most exact name of a subject: detail before matter before type."""
    names = (element.get(f"tobject.subject.{level}") for level in ("detail", "matter", "type"))
    return next((name for name in names if name), None)


def _text(within: etree._Element, name: str, column: str, prefix: str, confidence: float = SURE) -> Iterator[Said]:
    element = _first(within, name)
    if element is not None:
        yield Said(column, element_to_line(element), f"{prefix}:{name}", confidence)


def _all(within: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in within.iter(f"{{*}}{name}"))


def _first(within: etree._Element, name: str) -> etree._Element | None:
    return next(_all(within, name), None)
