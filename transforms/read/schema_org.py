"""schema.org as JSON-LD: what NewsArticle and its kin say of themselves, in a page or a file of their own.

Source: https://schema.org/NewsArticle; property names are schema.org's. Broken JSON is read where its repair is plain.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
"""A value as JSON gives it: the edge where foreign data enters."""

_ARTICLE_TYPES = frozenset(
    re.findall(
        r"\S+",
        "advertisercontentarticle analysisnewsarticle article askpublicnewsarticle backgroundnewsarticle "
        "blogposting criticreview discussionforumposting liveblogposting newsarticle opinionnewsarticle "
        "report reportagenewsarticle review reviewnewsarticle satiricalarticle scholarlyarticle "
        "socialmediaposting techarticle",
    )
)
_WEAK_TYPES = frozenset(
    re.findall(
        r"\S+",
        "aboutpage creativework faqpage itempage medicalwebpage qapage recipe videoobject webpage",
    )
)
_MAX_NODES = 2_000
_MAX_DEPTH = 6
_MAX_CHARS = 4_000_000
_OPENINGS = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "<![CDATA[")
_CLOSINGS = (";", "-->", "//]]>", "// ]]>", "/*]]>*/", "]]>", "//")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_TAGS = re.compile(r"<[^<>]{1,2000}>")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who is named: a person or an organisation, as far as its @type says."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class StructuredArticle:
    """What an article's JSON-LD says; absent is None or empty. Dates are as printed."""

    type: str
    headline: str | None = None
    alternative_headline: str | None = None
    description: str | None = None
    body: str | None = None
    word_count: int | None = None
    published: str | None = None
    modified: str | None = None
    created: str | None = None
    authors: tuple[Agent, ...] = ()
    publisher: str | None = None
    provider: str | None = None
    sections: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    language: str | None = None
    url: str | None = None
    identifier: str | None = None
    copyright_holder: str | None = None
    copyright_year: int | None = None
    copyright_notice: str | None = None
    usage_terms: str | None = None
    located: str | None = None
    expires: str | None = None
    genre: str | None = None


def find_articles(scripts: Iterable[str]) -> tuple[StructuredArticle, ...]:
    """Return the articles of some scripts of JSON-LD, those that say most first; equals stay in their order."""
    nodes: list[Mapping[str, Json]] = []
    for script in scripts:
        nodes.extend(_nodes(load_lenient(script)))
        if len(nodes) > _MAX_NODES:
            break
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    strong = [node for node in nodes if _type(node) in _ARTICLE_TYPES]
    weak = [node for node in nodes if _type(node) in _WEAK_TYPES]
    found = [_to_article(node, by_id) for node in (*strong, *weak)]
    return tuple(sorted(found, key=_says))


def tell_apart(value: Json) -> tuple[list[Mapping[str, Json]], list[Mapping[str, Json]]]:
    """Return the articles of a graph, each once, and the things beside them that have an `@id`."""
    nodes = [node for node in _nodes(value) if "@graph" not in node]
    articles = [node for node in nodes if _type(node) in _ARTICLE_TYPES]
    own = {id(node) for node in articles}
    others = [node for node in nodes if id(node) not in own and "@id" in node and len(node) > 1]
    return articles, others


def load_lenient(script: str) -> Json:
    """Return the JSON of a script, or None; comments, stray commas and control characters around it do no harm."""
    if len(script) > _MAX_CHARS:
        return None
    bare = _unwrapped(script)
    for text in (bare, _TRAILING_COMMA.sub("", bare), html.unescape(bare)):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        return json.JSONDecoder(strict=False).raw_decode(bare)[0]
    except (ValueError, RecursionError):
        return None


def _unwrapped(script: str) -> str:
    """Return a script without the comments that hide it from machines which no longer exist."""
    bare = script.strip()
    for opening in _OPENINGS:
        bare = bare.removeprefix(opening).lstrip()
    for closing in (*_CLOSINGS, *_CLOSINGS):
        bare = bare.removesuffix(closing).rstrip()
    return bare


def plain(value: Json, depth: int = 0) -> str | None:
    """Return a text value on one line without markup, or None."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return next((text for each in value if (text := plain(each, depth + 1))), None)
    if isinstance(value, Mapping):
        return plain(value.get("@value") or value.get("name"), depth + 1)
    if not isinstance(value, str):
        return None
    text = value
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAGS.sub("", text)
    return " ".join(text.split()) or None


def _says(article: StructuredArticle) -> int:
    """Return a rank: smaller for an article that says more of itself."""
    strong = article.type in _ARTICLE_TYPES
    said = (article.headline, article.published, article.authors, article.body)
    return -(10 * strong + sum(bool(each) for each in said))


def _nodes(value: Json, depth: int = 0) -> Iterator[Mapping[str, Json]]:
    """Yield the objects of a graph, wherever they are listed."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value[:_MAX_NODES]:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, Mapping):
        yield value
        for key in (
            "@graph",
            "mainEntity",
            "mainEntityOfPage",
            "hasPart",
            "itemListElement",
            "item",
            "author",
            "publisher",
        ):
            inner = value.get(key)
            if isinstance(inner, Mapping | list):
                yield from _nodes(inner, depth + 1)


def _type(node: Mapping[str, Json]) -> str:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    plain_names = [str(name).rpartition("/")[2].rpartition(":")[2].lower() for name in names if isinstance(name, str)]
    return next((name for name in plain_names if name in _ARTICLE_TYPES), plain_names[0] if plain_names else "")


def _to_article(node: Mapping[str, Json], by_id: Mapping[str, Mapping[str, Json]]) -> StructuredArticle:
    return StructuredArticle(
        type=_type(node),
        headline=plain(node.get("headline") or node.get("name")),
        alternative_headline=plain(node.get("alternativeHeadline")),
        description=plain(node.get("description")),
        body=_body(node),
        word_count=_integer(node.get("wordCount")),
        published=plain(node.get("datePublished")),
        modified=plain(node.get("dateModified")),
        created=plain(node.get("dateCreated")),
        authors=tuple(_agents(node.get("author") or node.get("creator"), by_id)),
        publisher=_name(node.get("publisher"), by_id),
        provider=_name(node.get("provider") or node.get("sourceOrganization"), by_id),
        sections=tuple(_strings(node.get("articleSection"))),
        keywords=tuple(_keywords(node.get("keywords"))),
        subjects=tuple(_strings(node.get("about"))),
        language=plain(node.get("inLanguage")),
        url=_address(node.get("url")) or _address(node.get("mainEntityOfPage")) or _address(node.get("@id")),
        identifier=_identifier(node.get("identifier")),
        copyright_holder=_name(node.get("copyrightHolder"), by_id),
        copyright_year=_integer(node.get("copyrightYear")),
        copyright_notice=plain(node.get("copyrightNotice")),
        usage_terms=_address(node.get("license")) or plain(node.get("usageInfo")) or plain(node.get("license")),
        located=_name(node.get("contentLocation") or node.get("locationCreated"), by_id),
        expires=plain(node.get("expires")),
        genre=plain(node.get("genre")),
    )


def _body(node: Mapping[str, Json]) -> str | None:
    body = node.get("articleBody") or node.get("reviewBody")
    return body if isinstance(body, str) and body.strip() else None


def _agents(value: Json, by_id: Mapping[str, Mapping[str, Json]], depth: int = 0) -> Iterator[Agent]:
    if depth > _MAX_DEPTH:
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, list):
            yield from _agents(each, by_id, depth + 1)
        elif isinstance(each, str):
            name = plain(each)
            if name is not None:
                yield Agent(name)
        elif isinstance(each, Mapping):
            node = each if "name" in each else by_id.get(str(each.get("@id")), each)
            names = node.get("name")
            for name in names if isinstance(names, list) else [names]:
                text = plain(name)
                if text is not None:
                    yield Agent(text, _type(node) or None)


def _name(value: Json, by_id: Mapping[str, Mapping[str, Json]]) -> str | None:
    agent = next(_agents(value, by_id), None)
    return None if agent is None else agent.name


def _strings(value: Json) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        text = plain(each)
        if text is not None:
            yield text


def _keywords(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        value = re.split(r"[,;]", value)
    yield from dict.fromkeys(_strings(value))


def _integer(value: Json) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value) else None


def _address(value: Json) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and re.match(r"https?://", value.strip()) else None


def _identifier(value: Json) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("value")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else plain(value)
