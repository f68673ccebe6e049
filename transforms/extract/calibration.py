"""What a finder's score is worth: the share of pages on which values of that score were right.

Finders rank their candidates by scores of their own; evidence shows the share, so that 0.9 means nine right of ten.
The shares are measured on labelled pages (`benchmarks/calibration.py --write`), apart for values that a second source
bears out, disputes, or says nothing of.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import NamedTuple

from transforms.extract.choice import is_same, origin
from transforms.rows import Found

MEASURED: Mapping[str, tuple[str, ...]] = {
    "headline": ("headline",),
    "authors": ("authors", "byline"),
    "published_on": ("published_on", "published_at", "published_precision", "published_raw"),
}
"""The columns that take the share measured for one of them."""

STATES = ("agreed", "alone", "disputed")
"""What a second source says of a value: the same, nothing, or something else."""


class _Measured(NamedTuple):
    origins: frozenset[str]
    """Where the measured values were found, as `choice.origin` says."""
    knots: Mapping[str, Sequence[tuple[float, float]]]
    """(score, share) pairs by state, in rising order."""


_NONE = _Measured(frozenset(), {})


def calibrate(values: Mapping[str, Found], candidates: Iterable[Found]) -> Mapping[str, Found]:
    """Return the values with the measured share as confidence; values found in other ways stay as they are."""
    listed = list(candidates)
    shares: dict[str, float] = {}
    for measured, fields in MEASURED.items():
        best = values.get(measured)
        if best is not None and origin(best) in _measured().get(measured, _NONE).origins:
            share = to_share(measured, support(best, listed), best.confidence)
            shares.update({field: share for field in fields if field in values})
    return {
        field: replace(found, confidence=shares[field]) if field in shares else found for field, found in values.items()
    }


def support(value: Found, candidates: Iterable[Found]) -> str:
    """Return whether a value is `agreed` on by a second source, `disputed` by all others, or `alone`."""
    rivals = [each for each in candidates if each.field == value.field and origin(each) != origin(value)]
    if not rivals:
        return "alone"
    return "agreed" if any(is_same(each, value) for each in rivals) else "disputed"


def to_share(field: str, state: str, score: float) -> float:
    """Return the measured share for a score of a measured field, between the two nearest scores that were seen."""
    knots = _measured()[field].knots[state]
    index = bisect_right([knot[0] for knot in knots], score)
    if index in (0, len(knots)):
        return knots[min(index, len(knots) - 1)][1]
    (below, low), (above, high) = knots[index - 1], knots[index]
    return round(low + (high - low) * (score - below) / (above - below), 3)


@cache
def _measured() -> Mapping[str, _Measured]:
    text = resources.files("transforms.extract").joinpath("calibration.toml").read_text(encoding="utf-8")
    return {
        field: _Measured(frozenset(table["origins"]), {state: _pairs(table[state]) for state in STATES})
        for field, table in tomllib.loads(text).items()
    }


def _pairs(knots: Iterable[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((score, share) for score, share in knots)
