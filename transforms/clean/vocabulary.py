"""The words that pages put around stories, by language: one file each in `words/`, read together.

All languages count at once: what language a text is in is known only after it has been cleaned.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_EDGE_MARKS = " \t\u00a0.!…:;,-–—_*#|·•»›>→←«‹<▶►▼↓+[](){}\"“”'‘’\u200b\ufe0f"

NAMES = (
    r"(?P<x>https?://\S+|(?:(?:the|l['’]|la|le|die|der|agence|agencia|agência|agenzia)\s+)?"
    r"(?:[A-Z0-9\u00c0-\u00de]|dpa\b|epd\b|sid\b)(?:[^\n.;:!?“”\"]|\.(?=\S)|(?<=\b[A-Z])\.(?!\S)){0,90})"
)
"""Names in a credit: they begin with a capital, but for agencies that never do, and hold no end of a sentence."""

_NETWORKS = "twitter|x|facebook|instagram|threads|bluesky|linkedin|youtube|whatsapp|telegram|tiktok|mastodon"
_PLACES = rf"{_NETWORKS}|pinterest|reddit|messenger|xing|e-?mail|mail|correo|link|pocket|flipboard"
_ON = "on|auf|sur|en|su|op|no|na|via|por|per|and|und|et|y|e|o"
_SPELLED_OUT = {"{networks}": f"(?:{_NETWORKS})", "{shares}": rf"(?:[ :,|/·•]+(?:(?:{_ON}) )?(?:{_PLACES}))+"}
"""What patterns of all languages have in common, by the name that stands for it in the files."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and patterns of all languages. Words are as `to_key` leaves them."""

    home: frozenset[str]
    glued_home: re.Pattern[str]
    """A word for the home page, glued to the capital that follows."""
    breadcrumb_labels: frozenset[str]
    sections: frozenset[str]
    longest_sections: tuple[str, ...]
    """The same, longest first."""
    by: frozenset[str]
    desks: frozenset[str]
    roles: re.Pattern[str]
    """Words that make a name in a byline the name of a job or an outlet."""
    published: frozenset[str]
    updated: frozenset[str]
    date_words: frozenset[str]
    """Days of the week, and what stands between a printed day and its time."""
    anywhere: frozenset[str]
    """Whole lines that are furniture wherever they stand."""
    edges: frozenset[str]
    """Whole lines that are furniture above and below the story."""
    link_lists: frozenset[str]
    """Whole lines behind which only links follow."""
    labels: re.Pattern[str]
    """Beginnings of lines that point to other stories, colon included."""
    openings: re.Pattern[str]
    """Beginnings of lines that are furniture above and below the story."""
    patterns: re.Pattern[str]
    """Whole lines that are furniture wherever they stand."""
    edge_patterns: re.Pattern[str]
    """Whole lines that are furniture above and below the story."""
    publisher_credits: re.Pattern[str]
    partial_credits: re.Pattern[str]


def to_key(line: str) -> str:
    """Return a line as the word lists spell it: lower case, single spaces, no marks at its ends."""
    return " ".join(line.strip(_EDGE_MARKS).split()).lower().replace("’", "'")


@cache
def vocabulary() -> Vocabulary:
    """Return the words of all languages; the files are read once in a process."""
    languages = [
        tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(resources.files("transforms.clean").joinpath("words").iterdir(), key=lambda path: path.name)
        if entry.name.endswith(".toml")
    ]
    boilerplate = [language["boilerplate"] for language in languages]
    credits = [language["credits"] for language in languages]
    return Vocabulary(
        home=_words(languages, "home"),
        glued_home=_glued(_words(languages, "home")),
        breadcrumb_labels=_words(languages, "breadcrumb_labels"),
        sections=_words(languages, "sections"),
        longest_sections=_longest_first(_words(languages, "sections")),
        by=_words(languages, "by"),
        desks=_words(languages, "desks"),
        roles=re.compile(rf"\b(?:{'|'.join(sorted(_words(languages, 'roles')))})\b", re.IGNORECASE),
        published=_words(languages, "published"),
        updated=_words(languages, "updated"),
        date_words=_words(languages, "date_words"),
        anywhere=_words(boilerplate, "anywhere"),
        edges=_words(boilerplate, "edges"),
        link_lists=_words(boilerplate, "link_lists"),
        labels=_openings(boilerplate, "labels"),
        openings=_openings(boilerplate, "openings"),
        patterns=_alternatives(_listed(boilerplate, "patterns")),
        edge_patterns=_alternatives(_listed(boilerplate, "edge_patterns")),
        publisher_credits=_credits(credits, "publisher"),
        partial_credits=_credits(credits, "partial_credit"),
    )


def _listed(tables: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    return [word for table in tables for word in table.get(key, ())]


def _words(tables: Iterable[Mapping[str, Any]], key: str) -> frozenset[str]:
    return frozenset(to_key(word) for word in _listed(tables, key)) - {""}


def _longest_first(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _glued(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?i:{'|'.join(map(re.escape, _longest_first(words)))})(?=[A-Z\u00c0-\u00de“‘\"])")


def _openings(tables: Iterable[Mapping[str, Any]], key: str) -> re.Pattern[str]:
    words = sorted({word.lower() for word in _listed(tables, key)}, key=lambda word: (-len(word), word))
    spelled = (re.escape(word).replace(r"\ ", r"\s+").replace("'", "['’]").replace(":", r"\s*[:|»]") for word in words)
    return re.compile(rf"[(\[*–—-]*\s*(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE)


def _alternatives(patterns: Iterable[str]) -> re.Pattern[str]:
    alternatives = "|".join(f"(?:{pattern})" for pattern in patterns)
    for name, spelled_out in _SPELLED_OUT.items():
        alternatives = alternatives.replace(name, spelled_out)
    return re.compile(alternatives, re.IGNORECASE)


def _credits(tables: Iterable[Mapping[str, Any]], key: str) -> re.Pattern[str]:
    """Return one pattern for all credits: only the words are blind to case, the names are not."""
    patterns = []
    for number, pattern in enumerate(_listed(tables, key)):
        before, _, after = pattern.partition("{x}")
        names = NAMES.replace("?P<x>", f"?P<x{number}>")
        patterns.append(f"(?:(?i:{before}){names}(?i:{after}))" if before else f"(?:{names}(?i:{after}))")
    return re.compile(rf"(?:{'|'.join(patterns)})\.?(?:\s(?:Read|Click|Visit)\b[^.]{{0,60}}\.?)?")
