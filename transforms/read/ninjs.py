"""ninjs, news in JSON: versions 1, 2 and 3, whose properties differ in case and number only.

Source: https://www.iptc.org/std/ninjs/ (schemas 1.0 to 3.1). Keys are compared without case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from lxml import etree

from transforms.clean.info_sources import is_agency
from transforms.read import json_items, nitf
from transforms.read.blocks import html_to_line, html_to_text, to_printable
from transforms.read.columns import Given
from transforms.read.json_items import JsonError, JsonItem, find_keys
from transforms.read.markup import MarkupError, parse_xml
from transforms.read.notices import NOTICE, find_notice
from transforms.read.properties import DERIVED, Said, gather
from transforms.read.sniff import Opening
from transforms.rows import Arrival, Document, InfoSource, Reading, Rejected, Skipped, SourceRole
from transforms.settings import TransformSettings

FORMAT = "ninjs"
MEDIA_TYPE = "application/json"
DUPLICATE_KEYS = "duplicate_keys"
"""Quality flag: an object of the JSON names one key twice; the later stands."""

Item = Mapping[str, Given]


class _Text(NamedTuple):
    """A text of an item, the name of its property, and what it is written in: `html`, `nitf` or `text`."""

    text: str
    method: str
    kind: str


_OTHER_TYPES = frozenset(("picture", "graphic", "audio", "video", "event", "planning", "package", "object", "person"))
"""Types of items that are no news text (ninjs `type`)."""
_MARKS = frozenset(
    re.findall(
        r"\S+",
        "versioncreated firstcreated contentcreated pubstatus copyrightholder copyrightnotice usageterms bodies "
        "headlines descriptions body_text body_xhtml body_html body_nitf description_text description_xhtml "
        "description_caption infosource infosources "
        "representationtype associations renditions ednote slugline altids trustindicator "
        "trustindicators rightsinfo embargoed digitalsourcetype eventdetails plannedcoverage standard $standard genres",
    )
)
"""Keys that JSON of another kind hardly has beside `uri`."""
_COMMON = frozenset(
    re.findall(
        r"\S+",
        "uri type mimetype profile version language title headline byline by located urgency person people "
        "organisation organisations organization place places subject subjects event events object objects genre "
        "keywords location charcount wordcount readtime expires advice advices",
    )
)
_NO_ITEM = frozenset(("$schema", "$id", "@context", "properties"))
_BODY_KINDS = ("html", "nitf", "text")
"""Spellings of one body, the one that knows its paragraphs first."""
_ROLES: Mapping[str, SourceRole] = {"publisher": "publisher", "agency": "agency", "origcont": "agency"}


def sniff(opening: Opening) -> bool:
    """Return whether the file opens with an object of ninjs, alone, in an array or under `items`."""
    keys = find_keys(opening.head)
    return _is_ninjs(keys.top) or _is_ninjs(keys.item)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the items of the file, and behind each those that it brings along as `associations`."""
    found = False
    for each in json_items.read_items(source, settings.max_document_bytes):
        if isinstance(each, JsonItem):
            found = True
            yield from _to_outcomes(each)
        elif each.failure is not None:
            yield Rejected(each.failure.reason, str(each.failure), whole_file=not found)
        elif not found:
            yield Skipped(0, "read.no_items", "the file holds no object")


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the item's text, by its richest body, with its properties; without a body, its description."""
    try:
        loaded = json_items.load(raw)
    except JsonError as error:
        return Rejected(error.reason, str(error), raw=raw)
    if not isinstance(loaded.value, Mapping):
        return Rejected("read.not_ninjs", "line 1: the JSON is no object, so it is no item of ninjs", raw=raw)
    item = _lowered(loaded.value)
    body, said_in_body = _find_body(item)
    description = _find_value(item, "description")
    notice = None if body else find_notice(gather(_properties(item, is_excerpt=False)).found)
    if notice is None and not body and description is None:
        detail = f"line 1: the item {_name(item)} has neither body nor description; it may be complete elsewhere"
        return Rejected("read.no_body", detail, raw=raw)
    is_excerpt = not body or item.get("representationtype") == "incomplete"
    gathered = gather(
        (*_properties(item, is_excerpt=not body), Said("is_excerpt", is_excerpt, "ninjs:body"), *said_in_body)
    )
    flags = ((DUPLICATE_KEYS,) if loaded.has_duplicates else ()) + ((NOTICE,) if notice is not None else ())
    text = notice or body or html_to_text(description.text if description else "")
    is_marked_up = any(body.kind != "text" for body in _values(item, "body", "bodies"))
    return Reading(text, None, None, gathered.found, gathered.unreadable, flags, structured=is_marked_up)


def _is_ninjs(keys: Iterable[str]) -> bool:
    names = {key.lower() for key in keys}
    if "uri" not in names or names & _NO_ITEM:
        return False
    has_text = any(name.startswith(("body_", "description_")) for name in names)
    return has_text or bool(names & _MARKS) or names <= _COMMON


def _to_outcomes(each: JsonItem) -> Iterator[Document | Skipped | Rejected]:
    try:
        value = json_items.load(each.raw, line=each.line).value
    except JsonError as error:
        yield Rejected(error.reason, str(error), raw=each.raw)
        return
    item = _lowered(value) if isinstance(value, Mapping) else {}
    yield _to_outcome(item, each.raw, each.offset_bytes)
    for name, association in _associations(item):
        outcome = _to_outcome(_lowered(association), json_items.dump(association), None)
        yield outcome if isinstance(outcome, Document) else _named(outcome, name)


def _to_outcome(item: Item, raw: bytes, offset_bytes: int | None) -> Document | Skipped:
    kind = str(item.get("type") or "text")
    if not _find_body(item)[0] and (
        kind in _OTHER_TYPES or (offset_bytes is None and not _find_value(item, "description"))
    ):
        return Skipped(0, "read.not_text", f"{_name(item)} is of type {kind} and has no body")
    return Document(0, raw, FORMAT, MEDIA_TYPE, "utf-8", offset_bytes=offset_bytes)


def _named(skipped: Skipped, name: str) -> Skipped:
    return Skipped(0, skipped.reason, f"association {name}: {skipped.detail}")


def _associations(item: Item) -> Iterator[tuple[str, Item]]:
    """Yield the items that come along, one level deep, with their names."""
    given = item.get("associations")
    if isinstance(given, Mapping):
        pairs: Iterable[tuple[str, Given]] = given.items()
    else:
        listed = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
        pairs = ((str(each.get("name") or number), each) for number, each in enumerate(listed))
    return ((name, each) for name, each in pairs if isinstance(each, Mapping))


def _properties(item: Item, *, is_excerpt: bool) -> Iterator[Said]:
    for name, column in (("headline", "headline"), ("description", "description")):
        value = _find_value(item, name)
        if value is not None and not (is_excerpt and column == "description"):
            yield Said(column, html_to_line(value.text), value.method)
    yield Said("headline", _string(item.get("title")), "ninjs:title", 0.8)
    for key in ("byline", "by"):
        yield Said("byline", _string(item.get(key)), f"ninjs:{key}")
    yield from _dates(item)
    for key, column in (
        ("uri", "alt_id"),
        ("language", "language"),
        ("located", "located"),
        ("urgency", "urgency"),
        ("pubstatus", "pub_status"),
        ("slugline", "slugline"),
        ("ednote", "ed_note"),
        ("copyrightnotice", "copyright_notice"),
        ("copyrightholder", "copyright_holder"),
        ("usageterms", "usage_terms"),
    ):
        yield Said(column, _text_of(item.get(key)), f"ninjs:{key}")
    for keys, column in (
        (("genres", "genre"), "genre"),
        (("subjects", "subject"), "subjects"),
        (("keywords",), "keywords"),
    ):
        for key in keys:
            names = _names(item.get(key))
            yield Said(column, names[0] if names and column == "genre" else names, f"ninjs:{key}")
    yield Said("authors", _authors(item), "ninjs:people")
    yield from _sources(item)
    yield from _address(item)


def _dates(item: Item) -> Iterator[Said]:
    """Yield the dates; an item is published when its first version is made, else with this one."""
    for key, column in (
        ("firstcreated", "first_created"),
        ("versioncreated", "version_created"),
        ("embargoed", "embargoed_until"),
        ("expires", "expires"),
    ):
        yield Said(column, _string(item.get(key)), f"ninjs:{key}")
    for key, confidence in (("firstcreated", 0.85), ("versioncreated", 0.8), ("contentcreated", 0.6)):
        yield Said("published", _string(item.get(key)), f"ninjs:{key}", confidence)


def _sources(item: Item) -> Iterator[Said]:
    for key in ("infosources", "infosource"):
        sources = []
        for each in _objects(item.get(key)):
            name, role = _string(each.get("name")), str(each.get("role") or each.get("rel") or "").rpartition(":")[2]
            if name and role in ("provider", "syndicator", "aggregator"):
                yield Said("provider", name, f"ninjs:{key}[{role}]")
            elif name:
                plain: SourceRole = "agency" if is_agency(name) or not role else "partial_credit"
                sources.append(InfoSource(name, _ROLES.get(role, plain)))
        yield Said("info_sources", tuple(sources), f"ninjs:{key}")


def _address(item: Item) -> Iterator[Said]:
    """Yield the address of the rendition that is a web page."""
    given = item.get("renditions")
    pages = given.values() if isinstance(given, Mapping) else _objects(given)
    for each in pages:
        if isinstance(each, Mapping):
            rendition = _lowered(each)
            if rendition.get("contenttype", rendition.get("mimetype")) == "text/html":
                yield Said("canonical_url", _string(rendition.get("href")), "ninjs:renditions", DERIVED)


def _find_body(item: Item) -> tuple[str, tuple[Said, ...]]:
    """Return the paragraphs of the best body that is not empty, and what a NITF body says beside them."""
    bodies = list(_values(item, "body", "bodies"))
    for kind in _BODY_KINDS:
        for body in sorted(
            (each for each in bodies if each.kind == kind), key=lambda each: "[main]" not in each.method
        ):
            text, said = _read_body(body)
            if text:
                return text, said
    return "", ()


def _read_body(body: _Text) -> tuple[str, tuple[Said, ...]]:
    if body.kind == "text":
        return to_printable(body.text).strip(), ()
    if body.kind == "html":
        return html_to_text(body.text), ()
    try:
        story: etree._Element = parse_xml(body.text.encode("utf-8", "replace")).root
    except MarkupError:
        return html_to_text(body.text), ()
    return nitf.find_text(story), tuple(nitf.find_properties(story, "ninjs:bodies[nitf]"))


def _find_value(item: Item, name: str) -> _Text | None:
    """Return the main text of a property that may come in several, or None."""
    values = [
        value for value in _values(item, name, f"{name}s") if value.text.strip() and "creditline" not in value.method
    ]
    ranked = sorted(values, key=lambda value: (value.kind != "text", "[main]" not in value.method))
    return ranked[0] if ranked else None


def _values(item: Item, singular: str, plural: str) -> Iterator[_Text]:
    """Yield the texts of a property: `headline`, `body_xhtml`, or `bodies` with role and contenttype."""
    for key, given in item.items():
        is_named = (key == singular or key.startswith(f"{singular}_")) and not key.endswith("_usage")
        if is_named and isinstance(given, str):
            yield _Text(given, f"ninjs:{key}", _kind(key.rpartition("_")[2], given))
    for each in _objects(item.get(plural)):
        value, role = _string(each.get("value")), str(each.get("role") or "")
        content_type = str(each.get("contenttype") or "")
        if value is not None:
            yield _Text(value, f"ninjs:{plural}[{role}]", _kind(f"{content_type} {role}", value))


def _kind(label: str, value: str) -> str:
    """Return what a text is written in: NITF, HTML or plain text."""
    name = label.lower()
    if "nitf" in name:
        return "nitf"
    if "html" in name or "</" in value:
        return "html"
    return "text"


def _authors(item: Item) -> list[str]:
    people = (*_objects(item.get("people")), *_objects(item.get("person")), *_objects(item.get("creators")))
    return [name for each in people if each.get("rel") in ("author", "creator") and (name := _string(each.get("name")))]


def _names(given: Given) -> list[str]:
    """Return the names in a list of concepts or texts, each once."""
    listed = given if isinstance(given, list) else []
    names = (_string(each.get("name")) if isinstance(each, Mapping) else _string(each) for each in listed)
    return list(dict.fromkeys(name for name in names if name))


def _objects(given: Given) -> list[Item]:
    return [_lowered(each) for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []


def _lowered(item: Mapping[str, Given]) -> Item:
    return {key.lower(): value for key, value in item.items()}


def _string(given: Given) -> str | None:
    return given if isinstance(given, str) else None


def _text_of(given: Given) -> str | int | None:
    return given if isinstance(given, str | int) and not isinstance(given, bool) else None


def _name(item: Item) -> str:
    return str(item.get("uri") or "without uri")
