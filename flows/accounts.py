"""The account of a run for a person: what came in, what became of it, how long it took, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flows import console

_MOST_NAMES = 3
"""File names per reason; the rest is counted, and `copydesk quarantine list` has them all."""


def of_run(row: Mapping[str, Any], waiting: Mapping[str, Sequence[str]], *, command_end: str = "") -> list[str]:
    """Return the account as lines.

    `row` is the run's, with `seconds` by hop beside the columns of table `runs`; `waiting` has the addresses of
    quarantined files by reason; `command_end` closes each command that is proposed, e.g. ` --data D`.
    """
    lines = [console.heading(f"came in: {_count(row['files'], 'file')}, {_count(row['documents'], 'document')}")]
    outcomes = [
        (row["articles"], "articles landed", _copies(row.get("copies", 0))),
        (row["repeats"], "repeats", "the same bytes, seen before"),
        (row["quarantined"], "quarantined", "kept with their reason; nothing is lost"),
        (row["skipped"], "skipped", "not articles"),
    ]
    lines += console.aligned([outcome for outcome in outcomes if outcome[0]])
    if not any(outcome[0] for outcome in outcomes):
        lines.append("  nothing new" if row["files"] else "  nothing there")
    lines += _reasons(waiting)
    if hops := _hops(row.get("seconds", {})):
        lines.append(hops)
    return lines + _next_steps(row, command_end)


def _reasons(waiting: Mapping[str, Sequence[str]]) -> list[str]:
    rows = [(reason, len(files), _names(files)) for reason, files in sorted(waiting.items())]
    return ["in quarantine now:", *console.aligned(rows)] if rows else []


def _names(addresses: Sequence[str]) -> str:
    names = sorted({Path(unquote(address, errors="surrogateescape")).name for address in addresses})
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _hops(seconds: Mapping[str, float]) -> str:
    return "time: " + ", ".join(f"{hop} {console.seconds_text(taken)}" for hop, taken in seconds.items()) if seconds else ""


def _next_steps(row: Mapping[str, Any], command_end: str) -> list[str]:
    steps = []
    if row["articles"]:
        steps.append(f'copydesk sql "SELECT headline, source, word_count FROM articles LIMIT 10"{command_end}')
    if row["quarantined"]:
        steps.append(f"copydesk quarantine list{command_end}")
    return ["next:", *(f"  {step}" for step in steps)] if steps else []


def _copies(count: int) -> str:
    return f"{count:,} of them copies of another" if count else ""


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
