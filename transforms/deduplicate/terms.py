"""Terms: the words and names that tell what an article is about, with the weight of each.

A word weighs the more the rarer it is in text at large, not in what happened to arrive: the counts are shipped
(words/background.tsv, made by benchmarks/background_words.py). Names of several words count as one term more.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

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
_TERM = np.dtype([("term", "<u4"), ("weight", "<f2")])


class Terms(NamedTuple):
    """The terms of an article, weights so that their squares add up to 1."""

    weights: Mapping[int, float]


def find_terms(headline: str | None, body: str) -> Terms:
    """Return the heaviest terms of an article."""
    counted: dict[str, float] = {}
    for text, weight, most in ((headline or "", TITLE_WEIGHT, None), (body, 1.0, MAX_WORDS)):
        for term in _find_all(text[: MAX_WORDS * _FIRST_CHARS], most):
            counted[term] = counted.get(term, 0.0) + weight
    weighed = {term: (1 + math.log(number)) * rarity(term) for term, number in counted.items()}
    heaviest = sorted(((weight, term) for term, weight in weighed.items() if weight > 0), reverse=True)[:MAX_TERMS]
    length = math.sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
    return Terms({zlib.crc32(term.encode()): weight / length for weight, term in heaviest})


def find_words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of `text` in lower case without the plural's s, and whether each has a capital."""
    for word in _WORD.findall(text.replace("\u2019s ", " ").replace("'s ", " ")):
        if len(word) < 2:
            continue
        lower = word.lower()
        plural = len(lower) > 3 and lower.endswith("s") and not lower.endswith("ss")
        yield lower[:-1] if plural else lower, word[0].isupper()


def rarity(term: str) -> float:
    """Return how little the word, or the rarest of a name, is to be expected in any text: 0 to 9."""
    words = term.split(" ")
    if len(words) == 1:
        return _rarities().get(term, MAX_RARITY)
    return max(_rarities().get(word, MAX_RARITY) for word in words) + 1.0


def pack(terms: Terms) -> bytes:
    """Return terms as they are kept: 6 bytes each, the heaviest first."""
    return np.array(list(terms.weights.items()), _TERM).tobytes()


def unpack(packed: bytes | None) -> Terms:
    """Return what `pack` packed."""
    listed = np.frombuffer(packed or b"", _TERM)
    return Terms(dict(zip(listed["term"].tolist(), listed["weight"].astype(np.float64).tolist(), strict=True)))


def _find_all(text: str, most: int | None) -> Iterator[str]:
    """Yield the words, and pairs of capitalised words in a row that are both no common ones."""
    before: str | None = None
    for number, (word, is_capital) in enumerate(find_words(text)):
        if most is not None and number >= most:
            return
        yield word
        named = is_capital and rarity(word) > MIN_NAME_RARITY
        if named and before is not None:
            yield f"{before} {word}"
        before = word if named else None


@cache
def _rarities() -> Mapping[str, float]:
    """Return the rarity of each word that is not rare."""
    listed = files("transforms.deduplicate").joinpath("words", "background.tsv").read_text("utf-8")
    shares = (line.split("\t") for line in listed.splitlines())
    return {word: min(max(math.log(10_000 / int(share)) - _COMMON, 0.0), MAX_RARITY) for word, share in shares}
