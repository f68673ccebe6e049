"""Invented news: articles of made-up words with the ways of real ones, as many as asked for, and copies among them.

Words come by Zipf's law, sentences end, wire phrases recur, outlets have heads and feet of their own. No text of
anybody is in it, and the same seed gives the same articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

import numpy as np

Kind = Literal["original", "same_text", "typeset", "edited", "truncated", "reprinted", "quoting", "digest"]
PLANTED: tuple[tuple[Kind, float], ...] = (
    ("same_text", 0.06),
    ("typeset", 0.06),
    ("edited", 0.12),
    ("truncated", 0.10),
    ("reprinted", 0.06),
    ("quoting", 0.06),
    ("digest", 0.01),
)
"""Share of articles by how they were planted; the rest are originals."""
OUTLETS = 200
START = datetime(2031, 3, 1)
_PHRASES = (
    "said in a statement on Monday", "did not immediately respond to a request for comment",
    "according to people familiar with the matter", "speaking on condition of anonymity because they were not allowed "
    "to brief the press", "told reporters at a news conference on Tuesday", "for the first time in more than a decade",
    "as of the end of last year", "the largest of its kind in the country",
)  # fmt: skip
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "ya",
    "zen",
    "bor",
    "cal",
    "dran",
    "fes",
    "gli",
    "hol",
    "jun",
    "kor",
    "mel",
]
_GLUE = "the of to a in and that for on was with as by at from it he she they has had will would not be are his her its"


class Article(NamedTuple):
    """One invented article; `family` is that of the original whose text it has, or its own."""

    article_id: str
    family: int
    kind: Kind
    source: str
    published_at: datetime
    body: str


class Newsroom:
    """Makes articles by one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._dice = np.random.default_rng(seed)
        stems = {"".join(self._dice.choice(_SYLLABLES, self._dice.integers(1, 5))) for _ in range(30_000)}
        self._words = np.array([*_GLUE.split(), *sorted(stems)], dtype=object)
        ranks = np.arange(1, len(self._words) + 1)
        self._shares = np.cumsum(1 / (ranks + 8.0))
        self._shares /= self._shares[-1]

    def words(self, count: int) -> list[str]:
        """Return `count` words in a row, with the ends of sentences and some wire phrases in them."""
        places = np.minimum(np.searchsorted(self._shares, self._dice.random(count)), len(self._words) - 1)
        drawn: list[str] = self._words[places].tolist()
        for end in np.cumsum(self._dice.integers(9, 32, max(count // 9, 1))):
            if end >= count:
                break
            if self._dice.random() < 0.12:
                drawn[end - 1] = str(self._dice.choice(_PHRASES))
            drawn[end - 1] += "."
            drawn[end] = drawn[end].capitalize()
        return drawn

    def story(self, least: int = 90, most: int = 900) -> list[list[str]]:
        """Return the paragraphs of a story of that many words, as words; 380 on average."""
        count = int(np.clip(self._dice.lognormal(5.8, 0.5), least, most))
        words = self.words(count)
        cuts = np.cumsum(self._dice.integers(25, 60, count // 25 + 1))
        return [part for part in (words[a:b] for a, b in zip([0, *cuts], [*cuts, count], strict=True)) if part]

    def edited(self, story: list[list[str]], share: float) -> list[list[str]]:
        """Return `story` with `share` of its words replaced, dropped or added to."""
        edited = []
        for paragraph in story:
            words: list[str] = []
            for word, chance, way in zip(
                paragraph, self._dice.random(len(paragraph)), self._dice.integers(0, 3, len(paragraph)), strict=True
            ):
                if chance >= share:
                    words.append(word)
                elif way == 0:
                    words.extend((word, *self.words(1)))
                elif way == 1:
                    words.extend(self.words(1))
            edited.append(words)
        return edited

    def corpus(self, size: int) -> Iterator[Article]:
        """Yield `size` articles in the order of their publication; copies follow what they were copied from."""
        dice = self._dice
        furniture = [(self.words(18), self.words(30)) for _ in range(OUTLETS)]
        stories: list[tuple[int, list[list[str]]]] = []
        names = [name for name, _ in PLANTED]
        bounds = np.cumsum([share for _, share in PLANTED])
        for number in range(size):
            place = int(np.searchsorted(bounds, dice.random(), "right"))
            kind: Kind = names[place] if place < len(names) and len(stories) > 20 else "original"
            family, paragraphs = stories[int(dice.integers(len(stories)))] if kind != "original" else (number, [])
            outlet = int(dice.integers(OUTLETS))
            head, foot = furniture[outlet]
            if kind == "original":
                paragraphs = self.story()
                stories.append((number, paragraphs))
            elif kind == "edited":
                paragraphs = self.edited(paragraphs, float(dice.uniform(0.01, 0.2)))
            elif kind == "truncated":
                paragraphs = _cut(paragraphs, float(dice.uniform(0.3, 0.8)))
            elif kind == "reprinted":
                paragraphs = [head, *paragraphs, foot]
            elif kind == "quoting":
                quoted = paragraphs[len(paragraphs) // 2]
                own = self.story()
                family, paragraphs = number, [own[0], quoted, *own[1:]]
            elif kind == "digest":
                picks = dice.choice(len(stories), 5, replace=False)
                family, paragraphs = number, [part for pick in picks for part in stories[pick][1]]
            body = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
            yield Article(
                sha256(f"{self._seed}-{number}".encode()).hexdigest()[:32],
                family,
                kind,
                f"outlet-{outlet}",
                START + timedelta(minutes=number),
                _typeset(body) if kind == "typeset" else body,
            )


def _cut(paragraphs: list[list[str]], share: float) -> list[list[str]]:
    """Return the beginning of a story, cut within a paragraph."""
    left = int(share * sum(map(len, paragraphs)))
    kept = []
    for paragraph in paragraphs:
        kept.append(paragraph[:left])
        left -= len(paragraph)
        if left <= 0:
            break
    return kept


def _typeset(body: str) -> str:
    """Return the same words as another system prints them."""
    return body.replace("\n\n", "\n").replace(". ", ".  ").replace(" the ", "\u00a0the ").replace("'", "\u2019")
