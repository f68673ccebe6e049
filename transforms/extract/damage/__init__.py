"""Damage: what machines, careless hands and bad conversions did to a body. It is named, never mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from transforms.extract.damage.flaws import Flag, Flaw
from transforms.extract.damage.house_styles import find_mixed_styles
from transforms.extract.damage.language_words import LanguageWords, language_words
from transforms.extract.damage.punctuation import find_stray_punctuation
from transforms.extract.damage.quotation_marks import find_mark_mismatches
from transforms.extract.damage.sentences import find_broken_sentences
from transforms.extract.damage.wording import find_doubled_words, find_slips, find_tortured_phrases
from transforms.rows import Found

Detector = Callable[[str, LanguageWords], Iterator[Flaw]]

DETECTORS: Mapping[Flag, tuple[Detector, ...]] = {
    "stray_punctuation": (find_stray_punctuation,),
    "broken_sentence": (find_broken_sentences,),
    "machine_text_suspected": (find_slips, find_doubled_words, find_tortured_phrases, find_mixed_styles),
    "mark_mismatch": (find_mark_mismatches,),
}
"""Who looks for what."""

_NEEDED: Mapping[Flag, float] = {
    "stray_punctuation": 1.0,
    "broken_sentence": 1.0,
    "machine_text_suspected": 1.0,
    "mark_mismatch": 1.0,
}
"""Weight of all flaws that a flag needs, in a body of a thousand words or less."""
_PER_WORDS = 1_000
"""Longer bodies need as much more: everybody errs now and then."""
_MAX_FLAWS = 1_000
"""As many flaws of a detector are looked at: more say nothing new."""
_CERTAINTY = 0.5
"""Confidence of a flag that has just what it needs; twice as much halves the doubt."""


def find_damage(body: str, language: str | None) -> tuple[Found, ...]:
    """Return a value of the column `quality_flags.<flag>` for each flag that the body deserves.

    The value is the heaviest flaw's text with its span, the method names all rules that found some with their count.
    """
    words = language_words(language)
    scale = max(1.0, body.count(" ") / _PER_WORDS)
    found = []
    for flag, detectors in DETECTORS.items():
        flaws = [flaw for detector in detectors for flaw in islice(detector(body, words), _MAX_FLAWS)]
        total, needed = sum(flaw.weight for flaw in flaws), _NEEDED[flag] * _scale(flag, scale)
        if flaws and total >= needed:
            found.append(_to_found(flag, flaws, body, 1 - _CERTAINTY ** (total / needed)))
    return tuple(found)


def _scale(flag: Flag, scale: float) -> float:
    """Return how much more a long body needs; one broken sentence is one, however much is whole around it."""
    return scale if flag == "machine_text_suspected" else 1.0


def _to_found(flag: Flag, flaws: list[Flaw], body: str, confidence: float) -> Found:
    first = max(flaws, key=lambda flaw: (flaw.weight, -flaw.start))
    counts = sorted(Counter(flaw.rule for flaw in flaws).items())
    method = ", ".join(f"{rule}: {count}" for rule, count in counts)
    text = body[first.start : first.end]
    return Found(f"quality_flags.{flag}", text, method, round(min(confidence, 0.99), 2), first.start, first.end)
