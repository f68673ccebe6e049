"""Bylines: lines that name the writer, and lines that say when a story was published, above or below it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from transforms.clean.vocabulary import to_key, vocabulary
from transforms.clean.zones import Zone
from transforms.instants import find_instant

_MAX_CHARS = 160
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME = re.compile(r"\d[:h]\d\d")
_MAX_SOURCE_WORDS = 2
_WORDS = re.compile(r"[^\W\d_][\w.-]*")
_MAX_ROLE_WORDS = 4
_MAX_DATE_WORDS = 12
_MAX_BARE_DATE_WORDS = 8
_PARTICLE = r"(?:de|da|do|dos|das|del|della|di|du|la|le|van|von|der|den|ten|ter|bin|ibn|al|el|und|zu|y|e|of|the)"
_WORD = r"(?:[A-Z\u00c0-\u00de][\w’'.\u2010-\u2011-]*)"
_NAME = rf"{_WORD}(?:\s+(?:{_PARTICLE}\s+){{0,2}}{_WORD}){{1,4}}"
_AND = r"\s*(?:,\s*(?:and|und|et|y|e|en)\s|,|\s(?:and|und|et|y|e|en)\s|&|\+)\s*"
_DATE_START = re.compile(
    r"\s*(?:[|•·,–—-]|\bon\b|\bat\b)?\s*(?:(?:published|posted|updated|last updated)\b.*|"
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\.? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d.*|"
    r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{4}.*)$",
    re.IGNORECASE,
)


class PrintedByline(NamedTuple):
    """A byline taken apart: the words as printed, who is named, and the date behind it."""

    byline: str
    names: tuple[str, ...]
    """People named; empty where a desk or an agency signs."""
    dated: str | None
    desk: str | None = None
    """The desk or agency that signs."""


@cache
def _byline() -> re.Pattern[str]:
    by = "|".join(re.escape(word) for word in sorted(vocabulary().by, key=len, reverse=True))
    return re.compile(
        rf"(?P<by>(?i:{by}))(?::\s*|\s+)(?P<names>{_NAME}(?:{_AND}{_NAME}){{0,5}})"
        r"(?:\s*(?:,|\||•|·|/|\(|\s[–—-])\s*(?P<role>[^.!?]{2,70}?)\)?)?\.?"
    )


_SIGNED = re.compile(
    rf"(?P<names>{_NAME}(?:{_AND}{_NAME}){{0,3}})\s*(?:,|\||•|·|/|\(|\s[–—-])\s*(?P<role>[^.!?:]{{2,40}}?)\)?"
)
"""A byline without its "By": a name and a job or an outlet."""


@cache
def _desk() -> re.Pattern[str]:
    words = vocabulary()
    by = "|".join(re.escape(word) for word in sorted(words.by, key=len, reverse=True))
    desks = "|".join(re.escape(word) for word in sorted(words.desks, key=len, reverse=True))
    return re.compile(rf"(?:{by})(?::\s*|\s+)(?P<desk>(?:[\w.]+ )?(?:{desks}))\.?", re.IGNORECASE)


def find_byline_line(text: str, zone: Zone) -> str | None:
    """Return `moved_to_byline` or `moved_to_published` for such a line above or below the story, or None."""
    if len(text) > _MAX_CHARS:
        return None
    if find_byline(text) is not None or (zone is Zone.HEAD and (_find_signed(text) is not None or _is_desk(text))):
        return "moved_to_byline"
    return find_date_line(text, zone)


def _is_desk(text: str) -> bool:
    """Return whether a line is the name of a desk or an agency and nothing else."""
    return to_key(text) in vocabulary().desks


def find_line_below_lead(text: str) -> str | None:
    """Return why a line below a standfirst is a byline or a complete date, or None: there it could be a sub-head."""
    if _is_desk(text):
        return "moved_to_byline"
    reason = find_byline_line(text, Zone.MIDDLE)
    return "moved_to_published" if reason is None and len(text) <= _MAX_CHARS and is_date(text) else reason


def find_byline(text: str) -> PrintedByline | None:
    """Return the byline that a whole line is, or None."""
    start = _find_date_start(text)
    signed = (text if start is None else text[:start]).rstrip(" |•·,–—-")
    after = None if start is None else text[start:].strip(" |•·,–—-")
    desk = _desk().fullmatch(signed)
    if desk is not None:
        return PrintedByline(signed, (), after, desk["desk"])
    match = _byline().fullmatch(signed)
    return None if match is None else PrintedByline(signed, _to_people(match["names"]), after)


def find_signature(text: str) -> PrintedByline | None:
    """Return the byline of a line that cleaning took for one, with or without its "By"."""
    desk = PrintedByline(text, (), None, text) if _is_desk(text) else None
    return find_byline(text) or _find_signed(text) or desk


def _find_signed(text: str) -> PrintedByline | None:
    match = _SIGNED.fullmatch(text)
    if match is None or len(match["role"].split()) > _MAX_ROLE_WORDS or not vocabulary().roles.search(match["role"]):
        return None
    people = _to_people(match["names"])
    return PrintedByline(text, people, None) if people else None


def split_names(byline: str) -> tuple[str, ...]:
    """Return the people that a byline names, with or without its "By"; none where any part of it is no name."""
    printed = find_signature(byline)
    if printed is not None:
        return printed.names
    names = re.split(_AND, byline.strip())
    return _to_people(byline.strip()) if all(re.fullmatch(_NAME, name) for name in names) else ()


def _to_people(names: str) -> tuple[str, ...]:
    """Return the people of a list of names; jobs and outlets behind a comma are none."""
    return tuple(name for name in re.split(_AND, names) if vocabulary().roles.search(name) is None)


def find_date_line(text: str, zone: Zone) -> str | None:
    """Return `moved_to_published` or `update_note` for a line that is a date with its label, or None."""
    label, separator, rest = text.partition(":")
    candidates = [(to_key(label), rest)] if separator else []
    first_digit = _DIGIT.search(text)
    if first_digit is None:
        return None
    words = text[: first_digit.start()].split()
    candidates += [(to_key(" ".join(words[:count])), text) for count in range(1, min(len(words), 3) + 1)]
    for key, tail in candidates:
        if any(character.isdigit() for character in tail) and len(text.split()) <= _MAX_DATE_WORDS:
            if key in vocabulary().published:
                return "moved_to_published"
            if key in vocabulary().updated:
                return "update_note"
    bare = len(text.split()) <= _MAX_BARE_DATE_WORDS and (
        _DATE_START.fullmatch(text) is not None or is_date(text, foreign_words=_MAX_SOURCE_WORDS)
    )
    return "moved_to_published" if bare and zone is Zone.HEAD and text[0] not in "|•·,–—-" else None


def is_date(text: str, *, foreign_words: int = 0) -> bool:
    """Return whether a line is a complete date and nothing else, in any of the languages.

    Before a date with its time may stand some `foreign_words`: who says so.
    """
    instant = find_instant(text) if _YEAR.search(text) else None
    if instant is None:
        return False
    before, _, after = text.partition(instant.raw)
    if any(to_key(word) not in vocabulary().date_words for word in _WORDS.findall(after)):
        return False
    foreign = [word for word in _WORDS.findall(before) if to_key(word) not in vocabulary().date_words]
    return len(foreign) <= (foreign_words if _TIME.search(instant.raw) else 0)


def _find_date_start(text: str) -> int | None:
    """Return where a byline's date begins, words before it such as "on" and the day of the week included, or None."""
    if _DIGIT.search(text) is None:
        return None
    labelled = _DATE_START.search(text)
    instant = find_instant(text) if _YEAR.search(text) else None
    starts = [] if labelled is None else [labelled.start()]
    at = -1 if instant is None else text.find(instant.raw)
    if at >= 0 and is_date(text[at:]):
        words = list(_WORDS.finditer(text, 0, at))
        while words and to_key(words[-1].group()) in vocabulary().date_words:
            at = words.pop().start()
        starts.append(at)
    return min(starts, default=None)
