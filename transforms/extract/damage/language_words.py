"""What the detectors of damage know of a language: one file each in `words/`; other languages have marks only."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Slip(NamedTuple):
    """A way in which words stand together wrongly: what follows the word it begins with, and what excuses it."""

    rule: str
    pattern: re.Pattern[str]
    """What follows the first word and a space."""
    unless: re.Pattern[str] | None
    """Words before it in the sentence that make it right, or likely right."""
    not_after: re.Pattern[str] | None
    """The same, right before it."""
    weight: float


@dataclass(frozen=True, slots=True)
class HouseStyles:
    """Words that houses spell differently."""

    spellings: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """By their first letters: beginnings of words, and which of two houses spells so."""
    ise: re.Pattern[str] | None = None
    """Verbs in -ise and -ize; group 1 is the letter."""
    acronyms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """Words of one language; a language without a file has none."""

    abbreviations: frozenset[str] = frozenset()
    small_names: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    slips: Mapping[str, tuple[Slip, ...]] = field(default_factory=dict)
    """By the word they begin with, in lower case and with a capital."""
    doubled: frozenset[str] = frozenset()
    """Words of which two in a row are a slip."""
    tortured: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Phrases by their longest word but the last, which a mark may follow."""
    house_styles: HouseStyles = HouseStyles()

    def ends_with_abbreviation(self, text: str, at: int) -> bool:
        """Return whether the word before `at`, or before the mark there, is an abbreviation."""
        match = _LAST_WORD.search(text, max(0, at - _MAX_WORD_CHARS), at)
        if match is None:
            return False
        return len(match[1]) == 1 or match[1].lower() in self.abbreviations or match[1].lower() == "etc"


NONE = LanguageWords()
SPELLING_KEY = 4
"""Letters by which beginnings of words are looked up."""
_MAX_WORD_CHARS = 30
_LAST_WORD = re.compile(r"([^\W_]+)[.,;:]?\Z")
_FOLDER = "transforms.extract.damage"


@cache
def language_words(language: str | None) -> LanguageWords:
    """Return what is known of a language by its BCP 47 tag; nothing is known of one without a file."""
    base = (language or "").partition("-")[0].lower()
    if not re.fullmatch(r"[a-z]{2,3}", base):
        return NONE
    file = resources.files(_FOLDER).joinpath("words", f"{base}.toml")
    return _read(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else NONE


def _read(table: Mapping[str, Any]) -> LanguageWords:
    lists = _expanded(table.get("lists", {}))
    slips: dict[str, list[Slip]] = defaultdict(list)
    for entry in table.get("grammar", ()):
        slip = _to_slip(entry, lists)
        for first in entry["first"].split():
            for spelled in {first, first.capitalize()}:
                slips[spelled].append(slip)
    return LanguageWords(
        abbreviations=frozenset(table.get("abbreviations", "").lower().split()),
        small_names=frozenset(table.get("small_names", "").split()),
        function_words=frozenset(table.get("function_words", "").split()),
        slips={first: tuple(each) for first, each in slips.items()},
        doubled=frozenset(table.get("doubled", "").split()),
        tortured=_by_longest_word(table.get("tortured", "")),
        house_styles=_house_styles(table.get("house_styles", {})),
    )


def _expanded(lists: Mapping[str, str]) -> dict[str, str]:
    """Return each list as alternatives of a pattern; of `verbs` also the regular past as `verbs_past`."""
    expanded = {name: _alternatives(words.split()) for name, words in lists.items()}
    expanded["verbs_past"] = _alternatives(_past(verb) for verb in lists.get("verbs", "").split())
    return expanded


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if re.search(r"[^aeiou]y$", verb) else verb + "ed"


def _to_slip(entry: Mapping[str, Any], lists: Mapping[str, str]) -> Slip:
    pattern = entry["pattern"]
    for name, alternatives in lists.items():
        pattern = pattern.replace(f"{{{name}}}", alternatives)
    unless, not_after = entry.get("unless"), entry.get("not_after")
    return Slip(
        entry["rule"],
        re.compile(pattern),
        re.compile(rf"(?<![\w’'])(?:{unless})(?![\w])", re.IGNORECASE) if unless else None,
        re.compile(rf"(?:{not_after})\Z", re.IGNORECASE) if not_after else None,
        entry["weight"],
    )


def _alternatives(words: Iterable[str]) -> str:
    """Return one alternative for each first letter: a search then tries a word's few neighbours, not all words."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        by_letter[word[:1]].append(re.escape(word[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in sorted(by_letter.items()))


def _by_longest_word(listed: str) -> Mapping[str, tuple[str, ...]]:
    phrases: dict[str, list[str]] = defaultdict(list)
    for phrase in re.split(r"[|\n]", listed):
        if phrase.strip():
            phrases[max(phrase.split()[:-1] or [phrase.strip()], key=len)].append(phrase.strip())
    return {word: tuple(dict.fromkeys(each)) for word, each in phrases.items()}


def _house_styles(table: Mapping[str, str]) -> HouseStyles:
    spellings: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for pair in table.get("spellings", "").split():
        for house, beginning in enumerate(pair.split("/")):
            spellings[beginning[:SPELLING_KEY]].append((beginning, house))
    stems = _alternatives(table.get("ise", "").split())
    return HouseStyles(
        spellings={key: tuple(each) for key, each in spellings.items()},
        ise=re.compile(rf"(?:{stems})i([sz])(?:e[sd]?|ing|ation)\b") if stems else None,
        acronyms=frozenset(table.get("acronyms", "").split()),
    )
