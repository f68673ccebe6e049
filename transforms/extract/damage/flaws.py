"""A flaw: one place in a body where no careful writer or editor has been."""

from __future__ import annotations

from typing import Literal, NamedTuple

Flag = Literal["stray_punctuation", "broken_sentence", "machine_text_suspected", "mark_mismatch"]


class Flaw(NamedTuple):
    """What is wrong between two offsets of the body, and how much one such place says: 1 is enough for a flag."""

    rule: str
    start: int
    end: int
    weight: float
