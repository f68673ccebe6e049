"""Copyright notices: who holds the rights, since when, and what they allow."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.zones import Zone

_MAX_CHARS = 900
_SIGN = r"(?:(?:tm|™)\s*(?:&|and)\s*)?(?:copyright|©|\(c\)|all contents?)"
_NOTICE = re.compile(
    rf"(?:(?:the )?content )?{_SIGN}(?:\s*(?:©|\(c\)|by))*[\s:,]*"
    r"(?P<year>(?:19|20)\d\d)?(?:\s*[-–/]\s*(?P<until>(?:19|20)\d\d|present))?[\s,]*(?:by\s+)?"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_RESERVED = re.compile(
    r"\b(?P<reserved>all rights? (?:are )?reserved|alle rechte vorbehalten|tous droits réservés|"
    r"todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|riproduzione riservata|"
    r"alle rechten voorbehouden)\b\.?",
    re.IGNORECASE,
)
_HOLDER_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bInc)(?<!\bLtd)(?<!\bCo)(?<!\bCorp)(?<!\bLLC)(?<!\bSt)(?<!\bS\.A)(?<!\bL\.P)\.(?=\s|$)|"
    r"(?<=\bInc\.)(?=\s)|(?<=\bLtd\.)(?=\s)|(?<=\bCorp\.)(?=\s)|(?<=\bCo\.)(?=\s(?!KG))|[\n;|]"
)
_TRAILING_YEAR = re.compile(r"[\s,]+(?:©\s*)?(?P<year>(?:19|20)\d\d)(?:\s*[-–]\s*(?P<until>(?:19|20)\d\d))?$")
_ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Corp|Co|Cos|Bros|S\.A|L\.P|S\.p\.A|B\.V|N\.V|[A-Z])\.$")
_MAX_HOLDER_WORDS = 10
_OPENS_NOTICE = re.compile(rf"(?:(?:the )?content )?{_SIGN}(?!\w)", re.IGNORECASE)
_RESERVED_STEMS = ("reserv", "réserv", "riserv", "vorbeh", "voorbeh")
_RESERVES_WITHIN_CHARS = 100


class Notice(NamedTuple):
    """A copyright notice taken apart; the latest year stands for a range."""

    notice: str
    holder: str | None
    year: int | None
    usage_terms: str | None


def find_notice_line(text: str, zone: Zone) -> str | None:
    """Return `moved_to_copyright` when a paragraph is a copyright notice, or None.

    One that opens with its sign may stand anywhere.
    """
    if zone is Zone.MIDDLE and _OPENS_NOTICE.match(text) is None:
        return None
    return "moved_to_copyright" if find_notice(text) is not None else None


def find_notice(text: str) -> Notice | None:
    """Return what a paragraph says of copyright, or None when it is no notice.

    A notice needs a year or the words that reserve all rights: a story about copyright begins with the word, too.
    """
    if len(text) > _MAX_CHARS:
        return None
    opened = _NOTICE.match(text) if _OPENS_NOTICE.match(text) else None
    return _find_reserved_only(text) if opened is None else _find_signed(text, opened)


def _find_signed(text: str, opened: re.Match[str]) -> Notice | None:
    """Return the notice of a paragraph that opens with the sign or word, or None when it goes on as a sentence."""
    reserved = _RESERVED.search(text)
    start = opened.start("rest")
    stops = [match.start() for match in (reserved, _HOLDER_END.search(text, start)) if match is not None]
    end = min(stops, default=len(text))
    holder = _to_holder(text[start:end])
    trailing = _TRAILING_YEAR.search(holder)
    if trailing is not None:
        holder = _to_holder(holder[: trailing.start()])
    year = _to_year(opened) or (None if trailing is None else _to_year(trailing))
    if (year is None and reserved is None) or len(holder.split()) > _MAX_HOLDER_WORDS:
        return None
    notice, terms = _divide(text, end if reserved is None else reserved.end())
    return Notice(notice, holder or None, year, terms)


def _find_reserved_only(text: str) -> Notice | None:
    """Return the notice of "The Example Times. All rights reserved." or "All rights reserved © 2024 …", or None."""
    opening = text[:_RESERVES_WITHIN_CHARS].lower()
    reserved = _RESERVED.search(text) if any(stem in opening for stem in _RESERVED_STEMS) else None
    if reserved is None or reserved.start() > _RESERVES_WITHIN_CHARS:
        return None
    before, after = text[: reserved.start()].rstrip(), text[reserved.end() :].strip(" ,.|–-")
    if not before:
        behind = find_notice(after)
        return None if behind is None else behind._replace(notice=text.strip(), usage_terms=None)
    holder = _to_holder(before)
    named = before[-1] in ".,|–-©" and len(holder.split()) <= _MAX_HOLDER_WORDS and holder[:1].isupper()
    if not named:
        return None
    notice, terms = _divide(text, reserved.end())
    return Notice(notice, holder, None, terms)


def _to_holder(text: str) -> str:
    """Return a holder's name without marks around it; the point of `Inc.` belongs to it."""
    name = text.strip(" ,|–-")
    return name if _ABBREVIATED.search(name) else name.rstrip(" .,|–-")


def _to_year(match: re.Match[str]) -> int | None:
    """Return the year of a notice; of a range its end, and its start where it goes on to the present."""
    until = match["until"] or ""
    year = until if until.isdigit() else match["year"]
    return None if year is None else int(year)


def _divide(text: str, end: int) -> tuple[str, str | None]:
    """Return the notice proper, up to `end` and its full stop, and the terms of use behind it."""
    end += text[end : end + 1] == "."
    terms = text[end:].strip(" ,|–-\n")
    if not any(character.isalpha() for character in terms):
        return text.strip(), None
    return text[:end].strip(), terms
