"""Rules for date expressions: a span of days has two ends, in order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations.batch import Batch, Broken, where
from expectations.rules import Rule

RULES = (
    Rule(
        "dates.half_resolved",
        ("starts_on", "ends_on"),
        "warning",
        "a date expression has a first day without a last one, or the other way round",
        family="sense",
    ),
    Rule(
        "dates.ends_before_it_starts",
        ("starts_on", "ends_on"),
        "warning",
        "a date expression ends before it starts",
        family="sense",
    ),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield date expressions with one end, or with ends in the wrong order."""
    ends = list(zip(batch.values("dates", "starts_on"), batch.values("dates", "ends_on"), strict=True))
    half = [(first is None) != (last is None) for first, last in ends]
    yield from where("dates.half_resolved", np.array(half, dtype=np.bool_))
    reversed_ = [first is not None and last is not None and last < first for first, last in ends]
    yield from where("dates.ends_before_it_starts", np.array(reversed_, dtype=np.bool_))
