"""schema.org in files of their own: JSON-LD that holds articles, alone, in a list or in an `@graph`.

Source: https://schema.org/NewsArticle. What the properties mean is told by `schema_org`, as for pages that hold them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from transforms.read import json_items, schema_org, web_page
from transforms.read.json_items import JsonError
from transforms.read.page.page import take_apart
from transforms.read.page.tree import parse_tree
from transforms.read.schema_org import Json
from transforms.read.sniff import Opening
from transforms.rows import Arrival, Document, Found, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "schema_org"
MEDIA_TYPE = "application/ld+json"
METHOD = "json_ld"


def sniff(opening: Opening) -> bool:
    """Return whether the file opens with an object or list that names schema.org and a type."""
    head = opening.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    has_type = b'"@type"' in head or b'"@graph"' in head
    return head[:1] in (b"{", b"[") and b"schema.org" in head and has_type


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the articles of the file, each with the things beside it that it may refer to by `@id`."""
    raw = source.read(settings.max_document_bytes + 1)
    if len(raw) > settings.max_document_bytes:
        limit = settings.max_document_bytes
        detail = f"the JSON goes on at byte {limit}, beyond the limit max_document_bytes = {limit}; raise the limit"
        yield Rejected("read.document_too_large", detail, whole_file=True)
        return
    try:
        value: Json = json_items.load(raw).value
    except JsonError as error:
        yield Rejected(error.reason, str(error), raw=raw, whole_file=True)
        return
    articles, others = schema_org.tell_apart(value)
    if not articles:
        yield Skipped(0, "read.no_article", "the JSON-LD names no NewsArticle and none of its kin")
    for article in articles:
        graph = {"@context": "https://schema.org", "@graph": [article, *others]}
        yield Document(0, json_items.dump(graph), FORMAT, MEDIA_TYPE, "utf-8")


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the article's text with its properties; without a text its description, as an excerpt."""
    text = raw.decode("utf-8", "replace")
    found = schema_org.find_articles([text])
    if not found:
        return Rejected("read.not_json", "line 1: no article of schema.org can be read here", raw=raw)
    body, is_excerpt = found[0].body or found[0].description, not found[0].body
    if body is None:
        detail = "line 1: the article has neither articleBody nor description; it may be complete elsewhere"
        return Rejected("read.no_body", detail, raw=raw)
    # A page of nothing but the script: so a file says the same as the page that holds it.
    root = parse_tree(f'<html><head><script type="{MEDIA_TYPE}">{_harmless(text)}</script></head></html>'.encode())
    if root is None:
        return Rejected("read.not_json", "line 1: the JSON-LD is empty", raw=raw)
    page = take_apart(root)
    paragraphs = tuple(line.strip() for line in body.splitlines() if line.strip())
    reading = web_page.to_reading(page._replace(story=page.story._replace(paragraphs=paragraphs)), "utf-8")
    return _with(reading, Found("is_excerpt", is_excerpt, METHOD, 0.9))


def _harmless(script: str) -> str:
    """Return JSON that cannot end the element it stands in."""
    return script.replace("</", "<\\/")


def _with(reading: Reading, found: Found) -> Reading:
    told = (each for each in reading.found if each.field != "body")
    return Reading(reading.text, reading.encoding, reading.url, (*told, found), structured=True)
