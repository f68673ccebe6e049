"""The background: in how many texts at large a word stands, whatever happened to arrive.

The counts are shipped (words/background.tsv, made by benchmarks/background_words.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

TEXTS = 10_000
"""Of so many texts the counts say how many have a word."""


@cache
def texts_having() -> Mapping[str, int]:
    """Return of how many texts in 10,000 each word that is not rare is part."""
    listed = files("transforms.deduplicate").joinpath("words", "background.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in listed.splitlines())
    return MappingProxyType({word: int(number) for word, number in pairs})
