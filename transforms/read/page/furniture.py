"""Furniture: what classes, ids and roles say an element is: the story, or something the page put beside it.

The words are those that page builders use everywhere; none is the name of a site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from transforms.read.page.word_files import word_set

LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|intro|introduction|teaser|excerpt|standfirst|dek|deck|abstract|summary|vorspann|chapo|chapeau|subhead(?:line)?|"
    r"sub-?title|sub-?headline|subline|description|preface|bajada|entradilla|sommario|sottotitolo|occhiello|ondertitel|inleiding|"
    r"lede|strapline|tagline|snippet|copete|volanta|resumen|hat|heading-sub|header|head)(?:$|[\s_-])|(?:intro|lead|teaser|dek)(?:text|-text)?\b",
    re.IGNORECASE,
)
"""Names of the paragraph between a headline and its story."""


class Trait(Enum):
    """What an element's own name says of what is in it."""

    PLAIN = "plain"
    STORY = "story"
    """It holds the story's text and little else."""
    FURNITURE = "furniture"
    ALWAYS_FURNITURE = "always_furniture"
    """Cookie walls and comments: often longer than the story."""
    HIDDEN = "hidden"

    def __init__(self, value: str) -> None:
        self.is_out = value in ("furniture", "always_furniture", "hidden")
        """Whether its text is no part of the story."""


class Kind(NamedTuple):
    """What an element is called."""

    trait: Trait
    names: str = ""
    is_byline: bool = False
    is_date: bool = False
    is_title: bool = False
    """Whether it is a heading of the first rank."""
    is_out: bool = False
    """Whether its text is no part of the story, as its trait says."""
    is_noted: bool = False
    """Whether it is a byline, a date or a title."""


PLAIN = Kind(Trait.PLAIN)

_BYLINE = re.compile(
    r"(?:^|[\W_])(?:by-?line|author|creator|writer|autor|auteur|autore|verfasser|redakteur|fn|p-author|contributor|username|user-name|submitted)s?(?:[\W_]?-?name|$|[\W_])|(?:author|byline)[A-Z_-]",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:^|[\W_])(?:date|datum|fecha|data|pubdate|published|publish|publication|posted|time-?stamp|date-?time|datepublished|postdate|dateline|entry-date|meta-date|zeit|updated)(?:$|[\W_])|date[A-Z_-]|published",
    re.IGNORECASE,
)
_PART = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")

_STORY = re.compile(
    r"\barticlebody\b|\b(?:article|story|post|entry|news|blog|text|rich[-_]?text|body)[-_]{0,2}(?:body|text|content|copy)"
    r"(?:[-_]{0,2}(?:text|inner|wrapper|container|main|content))?(?:$|\s)|\b(?:article|story)__(?:body|content|text)\b",
    re.IGNORECASE,
)

_WORDS = word_set("furniture", "words")
_ALWAYS = word_set("furniture", "always")
"""Words for what is no story however much text it holds."""
_PAIRS = word_set("furniture", "pairs")
_MAX_NAME_CHARS = 500
"""Of longer names the beginning says enough."""
_NAMING = frozenset(("class", "id", "itemprop", "role", "rel"))
_HIDING = frozenset(("style", "hidden", "aria-hidden"))
FURNITURE_TAGS = frozenset(("aside", "form", "figcaption", "footer", "figure"))
_HEADING_TAGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_PAYWALL_TAGS = frozenset(("div", "section"))
_MODIFIERS = word_set("furniture", "modifiers")
_SHOWING = (":block", ":flex", ":inline", ":inline-block", ":grid", ":contents", ":table")
"""Endings of classes that show at some width what the class `hidden` hides at others."""
_AD_BLOCK = re.compile(r"code-block-\d+|(?:div-)?gpt-ad[\w-]*|google_ads\w*", re.IGNORECASE)
"""Names that programs for advertisements give."""
_STATES = ("category-", "tag-", "postid-", "page-id-", "format-", "status-", "type-")
"""Beginnings of classes that blog software derives from what a story is about."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WHOLE_NAMES = word_set("furniture", "whole_names")
"""Roles, and words that are names of many things when they are a part of a class only."""
_NEVER = frozenset(("html", "body", "main", "article", "h1"))
_DATED_TAGS = frozenset(("time", "abbr"))
"""Elements that dates stand in; of old it was `abbr`, with the date in its title."""
_TELLING_TAGS = FURNITURE_TAGS | _DATED_TAGS | {"h1"}
"""Elements that are something without any name."""

_BYLINED, _DATED, _STORIED, _HIDDEN, _SHOWN, _WALLED, _ALWAYS_OUT, _OUT = (1 << bit for bit in range(8))
"""What one name can say of its element; what all its names say is the union."""


def find_kind(tag: str, attributes: Sequence[tuple[str, str]]) -> Kind:
    """Return what an element is by its tag, the words in its class, id, itemprop and role, and what hides it."""
    if not attributes:
        return _kind_of(tag, "") if tag in _TELLING_TAGS else PLAIN
    if len(attributes) == 1:
        key, value = attributes[0]
        if key == "class":
            return _kind_of(tag, value[:_MAX_NAME_CHARS])
    names = ""
    hidden = False
    for key, value in attributes:
        if key in _NAMING:
            value = value[:_MAX_NAME_CHARS]
            names = f"{names} {value}" if names else value
        elif key in _HIDING and _hides(key, value):
            hidden = True
    return _kind_of(tag, names, hidden)


def find_link_kind(classes: str | None, relation: str | None, itemprop: str | None) -> Kind:
    """Return what a link is by its class, relation and itemprop."""
    if relation is None and itemprop is None:
        return PLAIN if classes is None else _kind_of("a", classes[:_MAX_NAME_CHARS])
    return _kind_of("a", " ".join([names[:_MAX_NAME_CHARS] for names in (classes, itemprop, relation) if names]))


@lru_cache(maxsize=65536)
def _kind_of(tag: str, names: str, hidden: bool = False) -> Kind:
    """Return what an element is; pages repeat the names of their elements, and sites those of their pages."""
    said = 0
    for name in names.split():
        said |= _find_said(name)
    trait = Trait.HIDDEN if hidden else _trait(tag, said)
    is_byline, is_date, is_title = bool(said & _BYLINED), bool(said & _DATED) or tag in _DATED_TAGS, tag == "h1"
    return Kind(trait, names, is_byline, is_date, is_title, trait.is_out, is_byline or is_date or is_title)


def _trait(tag: str, said: int) -> Trait:
    if tag in FURNITURE_TAGS:
        return Trait.FURNITURE
    if tag in _NEVER:
        return Trait.PLAIN
    if said & _HIDDEN and not said & _SHOWN:
        return Trait.HIDDEN
    if said & _ALWAYS_OUT:
        return Trait.ALWAYS_FURNITURE
    if said & _STORIED:
        return Trait.STORY
    if tag in _HEADING_TAGS:
        return Trait.PLAIN
    is_out = said & _OUT or (said & _WALLED and tag in _PAYWALL_TAGS)
    return Trait.FURNITURE if is_out else Trait.PLAIN


@lru_cache(maxsize=65536)
def _find_said(name: str) -> int:
    """Return what one name of an element says, as flags; a name is what stands between two spaces."""
    said = _BYLINED if _BYLINE.search(name) else 0
    said |= _DATED if _DATE.search(name) else 0
    said |= _STORIED if _STORY.search(name) else 0
    said |= _HIDDEN if name == "hidden" else 0
    said |= _SHOWN if name.endswith(_SHOWING) else 0
    if name.startswith(_STATES):
        return said
    words = _to_words(name)
    said |= _WALLED if "paywall" in words or "regwall" in words else 0
    if not _MODIFIERS.isdisjoint(words):
        return said
    said |= _ALWAYS_OUT if not _ALWAYS.isdisjoint(words) else 0
    return said | _OUT if _is_furniture(name, words) else said


def _is_furniture(name: str, words: list[str]) -> bool:
    if not _WORDS.isdisjoint(words) or name in _WHOLE_NAMES:
        return True
    return any(f"{one}-{two}" in _PAIRS for one, two in pairwise(words)) or _AD_BLOCK.fullmatch(name) is not None


def _to_words(name: str) -> list[str]:
    """Return the words of a class: parts between hyphens, and those that capitals mark in longer parts."""
    words: list[str] = []
    for part in _PART.findall(name):
        camel = _CAMEL.findall(part) if len(part) > 5 else ()
        words.append(part.lower())
        if len(camel) > 1 and all(len(word) > 2 for word in camel):
            words.extend(word.lower() for word in camel)
    return words


def _hides(key: str, value: str) -> bool:
    """Return whether an attribute hides its element."""
    if key == "hidden":
        return value != "until-found"
    if key == "aria-hidden":
        return value == "true"
    lower = value.lower()
    return ("none" in lower or "hidden" in lower) and _HIDDEN_STYLE.search(value) is not None
