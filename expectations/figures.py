"""Rules for figures: a number is one, and money has a currency."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations.batch import Batch, Broken, where
from expectations.rules import Rule

RULES = (
    Rule("figures.value_not_finite", ("value",), "warning", "a figure is infinite or no number", family="sense"),
    Rule("figures.unit_missing", ("unit", "kind"), "info", "an amount of money has no currency", family="sense"),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield figures that are no finite number, and money without a currency."""
    finite = np.isfinite(batch.numbers("figures", "value"))
    yield from where("figures.value_not_finite", ~finite & ~batch.nulls("figures", "value"))
    kinds, units = batch.values("figures", "kind"), batch.values("figures", "unit")
    bare = [kind == "money" and unit is None for kind, unit in zip(kinds, units, strict=True)]
    yield from where("figures.unit_missing", np.array(bare, dtype=np.bool_))
