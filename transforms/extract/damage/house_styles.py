"""Mixed house styles: one article that spells as two houses do was put together from the articles of both.

A single mixture is a quotation or a slip; several of different kinds are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from transforms.extract.damage.flaws import Flaw
from transforms.extract.damage.language_words import SPELLING_KEY, HouseStyles, LanguageWords

_WEIGHT = 0.5
_MIN_KINDS = 3
_NAME = re.compile(r"(?<![.!?:“\"]\s)(?<!\n)\b[A-Z][^\W\d_]{5,}\b")
_HOUSES = (0, 1)
_CAPITALISED = re.compile(r"\b[A-Z][^\W\d_]{5,}\b")
_MIN_TIMES = 2
"""A name that is spelled differently once is a typing error."""
_ENDING = re.compile(r"(?:iy|ij|yy|ii|y|i)$")
_DOUBLE = re.compile(r"(.)\1")


def find_mixed_styles(body: str, words: LanguageWords) -> Iterator[Flaw]:
    """Yield a flaw for each kind of mixture where at least three are: acronyms, names, spellings, -ise and -ize."""
    styles = words.house_styles
    if not styles.acronyms:
        return
    tokens = set(body.split())
    found = [each for each in (_acronyms(body, tokens, styles), _spellings(body, tokens, styles)) if each is not None]
    if found:
        found += [each for each in (_ise(body, tokens, styles),) if each is not None]
    if len(found) == _MIN_KINDS - 1 or len(found) == _MIN_KINDS:
        found += [each for each in (_names(body),) if each is not None]
    if len(found) >= _MIN_KINDS:
        yield from found


def _acronyms(body: str, tokens: set[str], styles: HouseStyles) -> Flaw | None:
    """Return where an acronym stands in capitals that stands as a word elsewhere."""
    for acronym in sorted(styles.acronyms & tokens):
        if (match := re.search(rf"\b{acronym.capitalize()}\b", body)) is not None:
            return Flaw("mixed_acronym", match.start(), match.end(), _WEIGHT)
    return None


def _names(body: str) -> Flaw | None:
    """Return where a name is spelled in a second way that sounds the same; each way at least twice."""
    spelled: dict[str, set[str]] = {}
    for name in _NAME.findall(body):
        spelled.setdefault(_sound(name), set()).add(name)
    times = Counter(_CAPITALISED.findall(body))
    for ways in spelled.values():
        rarest = min(sorted(ways), key=times.__getitem__)
        if len(ways) > 1 and times[rarest] >= _MIN_TIMES:
            at = body.find(rarest)
            return Flaw("mixed_name", at, at + len(rarest), _WEIGHT)
    return None


def _sound(name: str) -> str:
    return _DOUBLE.sub(r"\1", _ENDING.sub("y", name))


def _spellings(body: str, tokens: set[str], styles: HouseStyles) -> Flaw | None:
    """Return where a word begins that is spelled as in one country, where another is as in the other."""
    spelled: dict[int, str] = {}
    for token in sorted(token for token in tokens if token[:SPELLING_KEY] in styles.spellings):
        for beginning, house in styles.spellings[token[:SPELLING_KEY]]:
            if token.startswith(beginning):
                spelled.setdefault(house, beginning)
    if len(spelled) < len(_HOUSES):
        return None
    at = body.find(spelled[_HOUSES[1]])
    return Flaw("mixed_spelling", at, at + len(spelled[_HOUSES[1]]), _WEIGHT)


def _ise(body: str, tokens: set[str], styles: HouseStyles) -> Flaw | None:
    """Return where a verb in -ize stands, where another is in -ise."""
    if styles.ise is None:
        return None
    by_letter: dict[str, str] = {}
    for token in sorted(token for token in tokens if "is" in token or "iz" in token):
        match = styles.ise.match(token)
        if match is not None:
            by_letter.setdefault(match[1], match.group())
    if len(by_letter) < len(_HOUSES):
        return None
    at = body.find(by_letter["z"])
    return Flaw("mixed_ise", at, at + len(by_letter["z"]), _WEIGHT)
