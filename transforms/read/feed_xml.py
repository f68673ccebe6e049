"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, and CDF: elements become the properties of entries.

Sources: rssboard.org/rss-specification, RFC 4287, the modules content, dc, dcterms, media and itunes.
Names are compared without case; a prefix without its namespace counts as the module it is named after.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import get_args
from urllib.parse import urljoin

from lxml import etree

from transforms.read.blocks import local_name, to_line
from transforms.read.feed_entries import Entry, Key, Property
from transforms.read.markup import parse_strictly

ENTRY_TAGS = ("item", "entry", "ITEM", "Item")
_ENTRIES = frozenset(tag.lower() for tag in ENTRY_TAGS)

_XML = "{http://www.w3.org/XML/1998/namespace}"
_PREFIXES = (
    ("http://www.w3.org/2005/atom", "atom"),
    ("http://purl.org/atom/", "atom"),
    ("http://purl.org/dc/terms", "dcterms"),
    ("http://purl.org/dc/elements", "dc"),
    ("http://purl.org/rss/1.0/modules/content", "content"),
    ("http://purl.org/rss/1.0/modules/", "module"),
    ("http://search.yahoo.com/mrss", "media"),
    ("http://www.itunes.com/dtds/", "itunes"),
    ("http://example.com/dtds/", "itunes"),
    ("http://rssnamespace.org/feedburner", "feedburner"),
    ("http://www.w3.org/1999/xhtml", "xhtml"),
    ("http://purl.org/rss/1.0/", ""),
    ("http://my.netscape.com/", ""),
    ("http://channel.netscape.com/", ""),
    ("http://backend.userland.com/", ""),
    ("http://blogs.law.harvard.edu/tech/rss", ""),
    ("http://purl.org/net/rss", ""),
    ("http://my.netscape.com/rdf/", ""),
)
"""Prefix by how a namespace begins; none for RSS itself."""
_KNOWN = frozenset(prefix for _, prefix in _PREFIXES)

_KEYS: dict[str, tuple[Key, int]] = {
    "title": ("title", 0), "dc:title": ("title", 1), "media:title": ("title", 2), "itunes:title": ("title", 3),
    "link": ("link", 0), "url": ("link", 3),
    "guid": ("id", 0), "id": ("id", 0), "dc:identifier": ("id", 2),
    "content:encoded": ("content", 0), "content": ("content", 1), "xhtml:body": ("content", 2), "body": ("content", 2),
    "fulltext": ("content", 2), "xhtml:div": ("content", 2),
    "description": ("summary", 0), "summary": ("summary", 0), "tagline": ("summary", 1), "subtitle": ("summary", 1),
    "abstract": ("summary", 1), "dc:description": ("summary", 2), "dcterms:abstract": ("summary", 2),
    "media:description": ("summary", 4), "itunes:summary": ("summary", 3), "itunes:subtitle": ("summary", 5),
    "author": ("author", 0), "dc:creator": ("author", 1), "dc:author": ("author", 1), "managingeditor": ("author", 1),
    "itunes:author": ("author", 2), "dc:contributor": ("author", 5),
    "pubdate": ("published", 0), "published": ("published", 0), "issued": ("published", 0),
    "dcterms:issued": ("published", 1), "dc:date": ("updated", 1), "date": ("updated", 1),
    "created": ("created", 0), "dcterms:created": ("created", 0),
    "updated": ("updated", 0), "modified": ("updated", 0), "dcterms:modified": ("updated", 0),
    "lastbuilddate": ("updated", 0), "lastmod": ("updated", 2),
    "language": ("language", 0), "dc:language": ("language", 0),
    "rights": ("rights", 0), "copyright": ("rights", 0), "dc:rights": ("rights", 1), "media:copyright": ("rights", 2),
    "category": ("keywords", 0), "dc:subject": ("keywords", 1), "media:keywords": ("keywords", 2),
    "itunes:keywords": ("keywords", 2), "source": ("source", 0), "dc:source": ("source", 2),
    "dc:publisher": ("publisher", 0), "expirationdate": ("expires", 0), "dcterms:valid": ("expires", 2),
    "feedburner:origlink": ("link", -1),
}  # fmt: skip
"""Key and rank by name of an element, its own format's prefix left out; the lowest rank is the best."""
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_HTML = frozenset(("summary", "content", "title", "rights"))
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
_TEXT_ELEMENT = re.compile(
    r"(?P<open><(?P<name>(?:\w+:)?(?:title|description|summary|content|encoded|subtitle|tagline))(?:\s[^<>]*)?(?<!/)>)"
    r"(?P<inner>.*?)(?P<close></(?P=name)\s*>)",
    re.DOTALL,
)
_WEB = re.compile(r"https?://\S+\Z", re.IGNORECASE)


def read_entry(element: etree._Element, base: str | None = None) -> Entry:
    """Return what an entry, or the head of a feed, says; addresses are made absolute against `base` or xml:base."""
    ranked: dict[Key, list[tuple[int, Property]]] = {key: [] for key in get_args(Key)}
    home = _own_namespace(element)
    for child in element.iterchildren(tag=etree.Element):
        name = _name(child, home)
        if local_name(child) in _ENTRIES:
            continue
        for key, rank, said in _read_child(child, name, home, base):
            ranked[key].append((rank, said))
    _add_attributes(element, ranked)
    return Entry(
        {
            key: tuple(said for _, said in sorted(pairs, key=lambda pair: pair[0]))
            for key, pairs in ranked.items()
            if pairs
        }
    )


def mend(text: str) -> str:
    """Return a broken feed in which texts that are no XML are escaped, so that they are read as the HTML they are."""
    return _TEXT_ELEMENT.sub(_escaped, text)


def find_head(root: etree._Element) -> etree._Element:
    """Return the element that speaks for the feed: its channel, or its first element."""
    channels = (each for each in root.iterchildren(tag=etree.Element) if local_name(each) == "channel")
    return next(channels, root)


def find_base(element: etree._Element) -> str | None:
    """Return the address that relative ones stand against: xml:base, all of them joined, or None."""
    bases = [each.get(f"{_XML}base") for each in (element, *element.iterancestors())]
    joined: str | None = None
    for base in reversed([each for each in bases if each]):
        joined = join(joined, base)
    return joined


def _escaped(match: re.Match[str]) -> str:
    inner = match["inner"]
    if "<" not in inner or "<![CDATA[" in inner or _is_well_formed(inner):
        return match.group()
    return f"{match['open']}{html.escape(inner, quote=False)}{match['close']}"


def _is_well_formed(inner: str) -> bool:
    try:
        parse_strictly(f"<x>{inner}</x>".encode("utf-8", "replace"))
    except etree.XMLSyntaxError:
        return False
    return True


def join(base: str | None, address: str) -> str | None:
    """Return an address made absolute against `base`, as it is where it can't be, None where there is none."""
    try:
        return urljoin(base or "", to_line(address)) or None
    except ValueError:
        return address


def _read_child(child: etree._Element, name: str, home: str, base: str | None) -> Iterator[tuple[Key, int, Property]]:
    key, rank = _KEYS.get(name.removeprefix("atom:").removeprefix("rss:"), (None, 0))
    if key is None:
        if name in ("media:group", "media:content"):
            for inner in child.iterchildren(tag=etree.Element):
                yield from _read_child(inner, _name(inner, home), home, base)
        return
    here = find_base(child) or base
    if key == "link":
        yield from _links(child, name, rank, here)
    elif key == "author" and len(child):
        yield from _people(child, name, rank)
    elif key == "keywords":
        yield from _keywords(child, name, rank)
    elif key == "source" and len(child):
        yield from (("source", rank, Property(name, _text(each))) for each in child if local_name(each) == "title")
    else:
        value, is_html = _value(child, name, key)
        if value.strip():
            yield key, rank, Property(name, value.strip() if key != "content" else value, is_html)
        if key == "id" and child.get("isPermaLink", "true").lower() != "false" and _WEB.match(value.strip()):
            yield "link", 5, Property(name, value.strip())
        language = child.get(f"{_XML}lang")
        if language and key == "content":
            yield "language", 1, Property(f"{name}/@xml:lang", language)


def _links(child: etree._Element, name: str, rank: int, base: str | None) -> Iterator[tuple[Key, int, Property]]:
    """Yield the address of the article's page; other relations are not its address."""
    address, relation = (child.get("href") or _text(child)).strip(), (child.get("rel") or "alternate").lower()
    if address and relation in ("alternate", "http://www.iana.org/assignments/relation/alternate"):
        is_page = "html" in (child.get("type") or "html")
        joined = join(base, address)
        yield "link", rank if is_page else rank + 4, Property(name, joined or address)


def _people(child: etree._Element, name: str, rank: int) -> Iterator[tuple[Key, int, Property]]:
    """Yield a person as "name (mail address)"."""
    parts = {local_name(each): _text(each) for each in child.iterchildren(tag=etree.Element)}
    mail = parts.get("email")
    person = parts.get("name") or (None if mail else _text(child))
    printed = f"{person} ({mail})" if person and mail else person or mail
    if printed:
        yield "author", rank, Property(f"{name}/name" if "name" in parts else name, printed)


def _keywords(child: etree._Element, name: str, rank: int) -> Iterator[tuple[Key, int, Property]]:
    printed = child.get("label") or child.get("term") or child.get("text") or _text(child)
    words = printed.split(",") if name.endswith(":keywords") else [printed]
    yield from (("keywords", rank, Property(name, word.strip(), True)) for word in words if word.strip())


def _value(child: etree._Element, name: str, key: Key) -> tuple[str, bool]:
    """Return an element's value and whether it is HTML, by Atom's types or by what RSS writers mean."""
    if key not in _HTML:
        return _text(child), False
    kind, mode = (child.get("type") or "").lower(), (child.get("mode") or "").lower()
    if mode == "base64" or (key == "content" and kind and not _is_text_type(kind) and name == "atom:content"):
        decoded = _from_base64(_text(child))
        return decoded, _MARKUP.search(decoded) is not None and "plain" not in kind
    if len(child.xpath("*")):
        return inner_markup(child), True
    text = _text(child)
    if name.startswith("atom:"):
        return text, "html" in kind or mode == "escaped"
    return text, key in ("summary", "content") or _MARKUP.search(text) is not None


def inner_markup(element: etree._Element) -> str:
    """Return what is inside an element as HTML, the `div` around XHTML left out."""
    children = element.xpath("*")
    alone = len(children) == 1 and not (element.text or "").strip() and not (children[0].tail or "").strip()
    if alone and local_name(children[0]) == "div" and (element.get("type") or "").lower() == "xhtml":
        element = children[0]
    return (element.text or "") + "".join(_to_markup(each) for each in element.iterchildren(tag=etree.Element))


def _to_markup(element: etree._Element) -> str:
    """Return an element and what follows it as HTML; names without prefix, for HTML knows no namespaces."""
    parts: list[str] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        name = str(each.tag).rpartition("}")[2].rpartition(":")[2]
        if event == "start":
            parts.append(f"<{name}{_to_attributes(each)}>")
            parts.append(html.escape(each.text or "", quote=False))
        else:
            parts.append("" if name.lower() in _VOID else f"</{name}>")
            parts.append(html.escape(each.tail or "", quote=False))
    return "".join(parts)


def _to_attributes(element: etree._Element) -> str:
    """Return the attributes of an element that HTML knows, each with a space before it."""
    plain = ((str(key), str(value)) for key, value in element.attrib.items() if not set(str(key)) & set("}:"))
    return "".join(f' {key}="{html.escape(value)}"' for key, value in plain)


def _add_attributes(element: etree._Element, ranked: dict[Key, list[tuple[int, Property]]]) -> None:
    language = next(
        (each.get(f"{_XML}lang") for each in (element, *element.iterancestors()) if each.get(f"{_XML}lang")), None
    )
    if language is not None:
        own = element.get(f"{_XML}lang") is not None
        ranked["language"].append((0 if own else 4, Property("@xml:lang", language)))
    about = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    if about:
        ranked["id"].append((1, Property("rdf:about", about)))
    href = element.get("HREF") or element.get("href")
    if href:
        ranked["link"].append((1, Property("@href", href)))


def _name(element: etree._Element, home: str) -> str:
    """Return an element's name with the prefix of its module; `rss:` for the feed's own, `?:` for an unknown one."""
    tag = str(element.tag)
    local = local_name(element)
    if not tag.startswith("{"):
        prefix = tag.rpartition(":")[0].lower()
        return f"{(prefix if prefix in _KNOWN else '?') if prefix else 'rss'}:{local}"
    uri = tag[1:].partition("}")[0].lower()
    known = next((prefix for start, prefix in _PREFIXES if uri.startswith(start)), None)
    if known is None:
        known = "rss" if uri == home else "?"
    return f"{known or 'rss'}:{local}"


def _own_namespace(element: etree._Element) -> str:
    """Return the namespace of the feed's first element, which is that of RSS whatever it is called."""
    tag = str(element.getroottree().getroot().tag)
    return tag[1:].partition("}")[0].lower() if tag.startswith("{") else ""


def _text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _is_text_type(kind: str) -> bool:
    return kind in ("text", "html", "xhtml") or kind.startswith("text/") or "xml" in kind or "html" in kind


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
