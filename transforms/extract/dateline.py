"""Datelines: the place, day and agency that open a wire story. The body keeps them."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.extract.places import find_country
from transforms.instants import Instant, find_instant
from transforms.rows import Found, Story


class Dateline(NamedTuple):
    """A dateline taken apart; `text` opens the body."""

    text: str
    place: str | None
    agencies: tuple[str, ...]
    instant: Instant | None
    """The day, where its year is printed too."""


_CONFIDENCE = 0.95
_WITHOUT_AGENCY = 0.8

_WORD = r"[A-Z\u00c0-\u00de][\w’'.-]*"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATELINE = re.compile(
    rf"(?:(?P<place>{_WORD}(?:[ /]{_WORD}|[ -](?:de|del|da|do|of|la|le|am|an der|sur|upon)[ -]{_WORD}){{0,3}}"
    rf"(?:,\s(?!{_MONTH}\s\d){_WORD}(?:\s{_WORD}){{0,2}})?)"
    rf"(?:,?\s(?P<date>{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?|\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?))?)?"
    r"(?:,?\s?\((?P<agency>[^\W\d_][^()\d]{0,38})\))?"
    r"(?P<mark>\s?[—–]\s?|\s--?\s|:\s)(?=[A-Z\u00c0-\u00de“‘\"«\d])"
)
_NO_PLACE = re.compile(
    r"NATO|OPEC|UNESCO|UNICEF|NASA|ASEAN|BRICS|FIFA|UEFA|BREAKING.*|UPDATED?|EXCLUSIVE|OPINION|WATCH|ANALYSIS|LIVE|VIDEO|"
    r"NOTE|CORRECTION|EDITORIAL|INTERVIEW|REVIEW|FACTBOX|EXPLAINER|TIMELINE"
)
_MIN_PLACE_LETTERS = 3


def find_dateline(body: str) -> Dateline | None:
    """Return the dateline that opens `body`, or None.

    A place in lower-case letters counts only with an agency or a day behind it: "Berlin (dpa) – ".
    """
    match = _DATELINE.match(body)
    if match is None or not _is_dateline(match):
        return None
    agencies = tuple(part.strip() for part in (match["agency"] or "").split("/") if part.strip())
    text = body[: match.start("mark")]
    return Dateline(text, match["place"], agencies, find_instant(text))


def extract_dateline(story: Story) -> tuple[Found, ...]:
    """Return `dateline`, `located` and `located_country`, with their spans at the start of the body."""
    dateline = find_dateline(story.cleaned.body)
    if dateline is None:
        return ()
    confidence = _CONFIDENCE if dateline.agencies else _WITHOUT_AGENCY
    found = [Found("dateline", dateline.text, "dateline", confidence, 0, len(dateline.text))]
    if dateline.place is not None:
        span = (0, len(dateline.place))
        found.append(Found("located", to_place(dateline.place), "dateline", confidence, *span))
        country = find_country(dateline.place)
        if country is not None:
            found.append(Found("located_country", country, "dateline", confidence, *span))
    return tuple(found)


def to_place(printed: str) -> str:
    """Return a place as it is written in running text: PORT ELMS → Port Elms, KYIV, Ukraine → Kyiv."""
    city = printed.partition(",")[0]
    return re.sub(r"[^\W\d_]{2,}", lambda word: word.group().capitalize(), city) if city.isupper() else city


def _is_dateline(match: re.Match[str]) -> bool:
    place, agency, dated = match["place"], match["agency"], match["date"]
    if place is None:
        return agency is not None and match["mark"] != ": "
    city = place.partition(",")[0]
    if _NO_PLACE.fullmatch(city) or sum(character.isalpha() for character in city) < _MIN_PLACE_LETTERS:
        return False
    if city.isupper():
        return True
    return match["mark"] != ": " and (agency is not None or dated is not None)
