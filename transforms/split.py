"""What every stage returns: the rows that go on and the rows that may not.

The law, per document: kept + repeats + rejected = input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa

from warehouse import tables

Tables = Mapping[str, pa.Table]
"""Arrow tables by table name; each has the schema of its `warehouse.tables.Table`."""


class Split(NamedTuple):
    """The outcome of a stage for one batch."""

    kept: Tables
    rejected: pa.Table
    """Rows with the schema of `quarantine`; there is no other way for a document to leave."""


def join(splits: Iterable[Split]) -> Split:
    """Return the splits of several chunks as one; row order is that of the chunks."""
    kept: dict[str, list[pa.Table]] = {}
    rejected: list[pa.Table] = []
    for split in splits:
        rejected.append(split.rejected)
        for name, table in split.kept.items():
            kept.setdefault(name, []).append(table)
    return Split(
        {name: pa.concat_tables(parts) for name, parts in kept.items()},
        pa.concat_tables(rejected) if rejected else tables.QUARANTINE.empty(),
    )
