"""Copyright notices: who holds the rights, since when, and what they allow."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.zones import Zone

_MAX_CHARS = 900
_SIGN = r"(?:copyright|©|\(c\)|all contents?)"
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
_OPENS_NOTICE = re.compile(rf"\W*(?:(?:the )?content )?{_SIGN}", re.IGNORECASE)
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
    if opened is None:
        return _find_reserved_only(text[:_RESERVES_WITHIN_CHARS], text)
    reserved = _RESERVED.search(text)
    rest = opened["rest"]
    reserved_in_rest = _RESERVED.search(rest)
    end = _HOLDER_END.search(rest)
    ends = [match.start() for match in (reserved_in_rest, end) if match is not None]
    holder = _to_holder(rest[: min(ends, default=len(rest))])
    trailing = _TRAILING_YEAR.search(holder)
    year = opened["until"] or opened["year"]
    if trailing is not None:
        year = year or trailing["until"] or trailing["year"]
        holder = _to_holder(holder[: trailing.start()])
    year = opened["year"] if year == "present" else year
    if (year is None and reserved is None) or len(holder.split()) > _MAX_HOLDER_WORDS:
        return None
    notice, terms = _terms(text, reserved, text.find(rest) + min(ends, default=len(rest)))
    return Notice(notice, holder or None, None if year is None else int(year), terms)


def _find_reserved_only(opening: str, text: str) -> Notice | None:
    """Return the notice of a line like "The Example Times. All rights reserved.", or None."""
    lower = opening.lower()
    reserved = _RESERVED.search(opening) if any(stem in lower for stem in _RESERVED_STEMS) else None
    if reserved is None:
        return None
    holder = _to_holder(text[: reserved.start()])
    notice, terms = _terms(text, reserved, reserved.end())
    named = 0 < len(holder.split()) <= _MAX_HOLDER_WORDS and holder[0].isupper()
    return Notice(notice, holder, None, terms) if named else None


def _to_holder(text: str) -> str:
    """Return a holder's name without marks around it; the point of `Inc.` belongs to it."""
    name = text.strip(" ,|–-")
    return name if _ABBREVIATED.search(name) else name.rstrip(" .,|–-")


def _terms(text: str, reserved: re.Match[str] | None, holder_end: int) -> tuple[str, str | None]:
    """Return the notice proper and the terms of use behind it."""
    end = reserved.end() if reserved is not None else holder_end
    terms = text[end:].strip(" .,|–-\n")
    if not any(character.isalpha() for character in terms):
        return text.strip(), None
    return text[:end].strip(), text[end:].strip(" ,|–-\n").removeprefix(".").strip()
