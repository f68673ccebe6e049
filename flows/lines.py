"""Repeated lines: counted over all current articles, and listed anew where they differ from the newest line table.

An ingest never changes the table; a new version of it is a commit like every other.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from flows.settings import Settings
from flows.version import version
from transforms import recurrence
from warehouse import catalog, landing, line_counts, line_table, query
from warehouse.claims import Trigger
from warehouse.ledger import Ledger
from warehouse.line_counts import Counted, LineThresholds, Words
from warehouse.line_table import LineTable
from warehouse.tables import LINE_VERSIONS, REPEATED_LINES, values

WORDS = Words(recurrence.may_be_furniture, recurrence.is_long, recurrence.to_words, recurrence.to_printed_line)

_Lines = frozenset[tuple[str, str]]
"""(place, line_hash) of a source's lines."""


class LineCount(NamedTuple):
    """What a count came to."""

    version: int
    """The newest version now; 0 while no source has repeated lines."""
    is_new: bool
    sources: int
    """Sources with enough articles to be counted."""
    changed: Sequence[str]
    """Sources that the new version lists anew."""
    added: int
    dropped: int


class _Change(NamedTuple):
    """What differs for a source."""

    counted: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    added: int
    dropped: int


def count_lines(settings: Settings, ledger: Ledger, *, now: datetime, trigger: Trigger = "schedule") -> LineCount:
    """Count the lines of all sources, land a new version of the table where they differ, and publish it."""
    thresholds = settings.line_thresholds()
    present = line_table.read_newest(ledger)
    counted = _count(settings.data, thresholds, present)
    with landing.committer(ledger):
        present = line_table.read_newest(ledger)
        changes = _find_changes(counted, present)
        if changes:
            tables = _to_tables(changes, present.version + 1, thresholds, now)
            landing.land_in_own_run(ledger, trigger, tables, now=now, version=version())
    if changes:
        catalog.publish(settings.data, ledger.read_snapshot())
    return LineCount(
        present.version + bool(changes),
        bool(changes),
        len(counted.sources),
        sorted(changes),
        sum(change.added for change in changes.values()),
        sum(change.dropped for change in changes.values()),
    )


def _count(data: Path, thresholds: LineThresholds, present: LineTable) -> Counted:
    known = zip(values(present.lines, "source"), values(present.lines, "text"), strict=True)
    with tempfile.TemporaryDirectory(prefix="copydesk-lines-") as spill, query.connect(data) as connection:
        return line_counts.count(connection, thresholds, WORDS, known=known, spill=Path(spill))


def _find_changes(counted: Counted, present: LineTable) -> dict[str, _Change]:
    """Return what differs, by source; a source that has too few articles now keeps the lines it has."""
    before = _by_source(present.lines.to_pylist())
    now = _by_source(counted.lines.to_pylist())
    changes = {}
    for row in counted.sources:
        source = row["source"]
        old, new = _keys(before.get(source, ())), _keys(now.get(source, ()))
        if old != new:
            changes[source] = _Change(row, now.get(source, ()), len(new - old), len(old - new))
    return changes


def _by_source(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row)
    return found


def _keys(rows: Iterable[Mapping[str, Any]]) -> _Lines:
    return frozenset((row["place"], row["line_hash"]) for row in rows)


def _to_tables(
    changes: Mapping[str, _Change], version: int, thresholds: LineThresholds, now: datetime
) -> dict[str, pa.Table]:
    told = {
        "lines_version": version,
        "thresholds": json.dumps(thresholds._asdict()),
        "counted_at": now.replace(tzinfo=None),
    }
    listed = [
        {**change.counted, **told, "lines": len(change.lines), "added": change.added, "dropped": change.dropped}
        for change in changes.values()
    ]
    lines = [{**row, "lines_version": version} for change in changes.values() for row in change.lines]
    return {"line_versions": LINE_VERSIONS.from_rows(listed), "repeated_lines": REPEATED_LINES.from_rows(lines)}
