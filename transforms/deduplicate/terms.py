"""Terms: the words and names that tell what an article is about, with the weight of each.

A word weighs the more the rarer it is in text at large, not in what happened to arrive. Names of several words count as
one term more.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from transforms.deduplicate.background import TEXTS, texts_having

TITLE_WEIGHT = 3.0
"""A word of the headline counts as three: 2 to 5 make no difference on labelled events."""
MAX_WORDS = 300
"""News tells first what it is about; later words bring background that other events share."""
MAX_TERMS = 64
"""With all terms of an article instead, labelled events come out the same."""
MIN_NAME_RARITY = 2.0
MAX_RARITY = 8.0
_COMMON = 1.0
"""Words in more than a third of all texts say nothing."""
_WORD = re.compile(r"[^\W_]+")
_FIRST_CHARS = 12
"""So many characters of the body at most for each word that is looked at."""
TERM = np.dtype([("term", "<u4"), ("weight", "<f2")])


class Terms(NamedTuple):
    """The terms of an article, weights so that their squares add up to 1."""

    weights: Mapping[int, float]


def find_terms(headline: str | None, body: str) -> Terms:
    """Return the heaviest terms of an article."""
    counted: dict[str, float] = {}
    rarities: dict[str, float] = {}
    for text, weight, most in ((headline or "", TITLE_WEIGHT, None), (body, 1.0, MAX_WORDS)):
        _count(text[: MAX_WORDS * _FIRST_CHARS], most, weight, counted, rarities)
    weighed = [((1 + math.log(number)) * rarities[term], term) for term, number in counted.items()]
    heaviest = sorted((each for each in weighed if each[0] > 0), reverse=True)[:MAX_TERMS]
    length = math.sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
    return Terms({zlib.crc32(term.encode()): weight / length for weight, term in heaviest})


def find_words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of `text` in lower case without the plural's s, and whether each has a capital."""
    for printed in _printed_words(text):
        word = _word(printed)
        if word is not None:
            yield word.term, word.has_capital


def rarity(term: str) -> float:
    """Return how little the word, or the rarest of a name, is to be expected in any text: 0 to 9."""
    words = term.split(" ")
    if len(words) == 1:
        return _rarities().get(term, MAX_RARITY)
    return max(_rarities().get(word, MAX_RARITY) for word in words) + 1.0


def pack(terms: Terms) -> bytes:
    """Return terms as they are kept: 6 bytes each, the heaviest first."""
    return np.array(list(terms.weights.items()), TERM).tobytes()


def unpack(packed: bytes | None) -> Terms:
    """Return what `pack` packed."""
    listed = np.frombuffer(packed or b"", TERM)
    return Terms(dict(zip(listed["term"].tolist(), listed["weight"].astype(np.float64).tolist(), strict=True)))


class _Word(NamedTuple):
    """A word as it was printed somewhere."""

    term: str
    has_capital: bool
    rarity: float
    is_name: bool
    """Whether it may be part of a name: with a capital, and not common."""


def _printed_words(text: str) -> list[str]:
    return _WORD.findall(text.replace("\u2019s ", " ").replace("'s ", " "))


@lru_cache(maxsize=1 << 16)
def _word(printed: str) -> _Word | None:
    """Return a word that is more than a letter; kept, as most words of an article were in the last ones too."""
    if len(printed) < 2:
        return None
    lower = printed.lower()
    plural = len(lower) > 3 and lower.endswith("s") and not lower.endswith("ss")
    term, has_capital = lower[:-1] if plural else lower, printed[0].isupper()
    rare = rarity(term)
    return _Word(term, has_capital, rare, has_capital and rare > MIN_NAME_RARITY)


def _count(text: str, most: int | None, weight: float, counted: dict[str, float], rarities: dict[str, float]) -> None:
    """Add the words of `text`, and pairs in a row of what may be names, to `counted`, and how rare they are."""
    words = (word for printed in _printed_words(text) if (word := _word(printed)) is not None)
    before: _Word | None = None
    for word in islice(words, most):
        term = word.term
        counted[term] = counted.get(term, 0.0) + weight
        rarities[term] = word.rarity
        if word.is_name and before is not None:
            pair = f"{before.term} {term}"
            counted[pair] = counted.get(pair, 0.0) + weight
            rarities[pair] = max(before.rarity, word.rarity) + 1.0
        before = word if word.is_name else None


@cache
def _rarities() -> Mapping[str, float]:
    """Return the rarity of each word that is not rare."""
    return {
        word: min(max(math.log(TEXTS / texts) - _COMMON, 0.0), MAX_RARITY) for word, texts in texts_having().items()
    }
