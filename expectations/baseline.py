"""Baseline rules: what the definitions of tables and columns say already.

A column that may not be NULL, a key that is unique, a closed vocabulary, a minimum and a maximum; derived from
`warehouse.tables` and `warehouse.fields`, so that a new column is checked from the day it is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from expectations.batch import CHECKED, Batch, Broken, Mask, where
from expectations.rules import Rule, Severity
from warehouse.tables import Table

STAMPED = frozenset({"run_id", "landed_at", "snapshot"})
"""Columns that are NULL until *land* stamps them."""

WHOLE = frozenset({"documents", "articles"})
"""Tables whose broken rows are the document itself, not a piece of it."""


def rules_of(table: Table) -> Iterator[Rule]:
    """Yield the rules that follow from the definition of `table`."""
    severity: Severity = "critical" if table.name in WHOLE else "warning"
    yield Rule(
        f"{table.name}.required_missing",
        required(table),
        severity,
        "a column that may not be NULL is NULL",
        family="identity",
    )
    if table.name != "articles":
        yield Rule(f"{table.name}.key_repeated", table.key, severity, "two rows have the same key", family="identity")
    if closed := tuple(field.name for field in table.fields if field.choices):
        yield Rule(
            f"{table.name}.value_unknown",
            closed,
            "warning",
            "a value is not in the column's closed vocabulary",
            family="values",
        )
    if bounded := tuple(field.name for field in table.fields if field.minimum is not None or field.maximum is not None):
        yield Rule(
            f"{table.name}.value_out_of_bounds",
            bounded,
            "warning",
            "a number is below the column's minimum or above its maximum",
            family="values",
        )


def required(table: Table) -> tuple[str, ...]:
    """Return the columns that may not be NULL when a row leaves *prepare*."""
    return tuple(column for column in dict.fromkeys((*table.key, *table.required)) if column not in STAMPED)


RULES = tuple(rule for table in CHECKED for rule in rules_of(table))


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield the rows of each table that break its baseline rules."""
    for table in CHECKED:
        if batch.tables[table.name].num_rows:
            yield from where(f"{table.name}.required_missing", _any_null(table, batch))
            if table.name != "articles":
                yield from where(f"{table.name}.key_repeated", _repeated(table, batch))
            yield from where(f"{table.name}.value_unknown", _unknown(table, batch))
            yield from where(f"{table.name}.value_out_of_bounds", _out_of_bounds(table, batch))


def _any_null(table: Table, batch: Batch) -> Mask:
    mask = _no_row(table, batch)
    for column in required(table):
        if batch.tables[table.name][column].null_count:
            mask |= batch.nulls(table.name, column)
    return mask


def _repeated(table: Table, batch: Batch) -> Mask:
    """Return which rows share their key with another one."""
    keys = list(zip(*(batch.values(table.name, column) for column in table.key), strict=True))
    if len(set(keys)) == len(keys):
        return _no_row(table, batch)
    counts = Counter(keys)
    return np.array([counts[key] > 1 for key in keys], dtype=np.bool_)


def _unknown(table: Table, batch: Batch) -> Mask:
    mask = _no_row(table, batch)
    for field in table.fields:
        if field.choices:
            known = {*field.choices, None}
            mask |= np.array([value not in known for value in batch.values(table.name, field.name)], dtype=np.bool_)
    return mask


def _out_of_bounds(table: Table, batch: Batch) -> Mask:
    mask = _no_row(table, batch)
    for field in table.fields:
        if field.minimum is not None or field.maximum is not None:
            numbers = batch.numbers(table.name, field.name)
            mask |= numbers < (-np.inf if field.minimum is None else field.minimum)
            mask |= numbers > (np.inf if field.maximum is None else field.maximum)
    return mask


def _no_row(table: Table, batch: Batch) -> Mask:
    return np.zeros(batch.tables[table.name].num_rows, dtype=np.bool_)
