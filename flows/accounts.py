"""The account of a run for a person: what came in, what became of it, how long it took, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from flows import console

if TYPE_CHECKING:
    from flows.runs import Summary

COUNTS = ("files", "documents", "articles", "repeats", "quarantined", "skipped")
_MOST_NAMES = 3
"""File names per reason; the rest is counted, and `copydesk quarantine list` has them all."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is to be told of a run that has ended."""

    row: Mapping[str, Any]
    """Its row of table `runs`."""
    copies: int = 0
    """Articles among the landed ones that are copies."""
    busy: int = 0
    """Files that another run was working on."""
    held: int = 0
    """Files that were still being written."""
    waiting: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Addresses of the files that went into quarantine, by reason."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall time by hop."""


def account_of(data: Path, summary: Summary) -> Account:
    """Return the account of a run, whose row and quarantine are read from where everybody reads them."""
    if summary.run_id is None:
        return Account({"run_id": None, "status": "done", **dict.fromkeys(COUNTS, 0)})
    from flows.commands.opened import open_current
    from warehouse import waiting
    from warehouse.holdings import rows_of

    with open_current(data) as catalog:
        row = rows_of(catalog, "SELECT * FROM runs WHERE run_id = $run_id", {"run_id": summary.run_id})[0]
        reasons = waiting.list_of_run(catalog, summary.run_id)
    copies, held = summary.counts.get("copies", 0), summary.counts.get("held", 0)
    return Account(row, copies, summary.busy, held, reasons, summary.seconds)


def to_lines(account: Account, *, command_end: str | None = "") -> list[str]:
    """Return the account as lines.

    `command_end` closes each command that is proposed as a next step, e.g. ` --data D`; None proposes nothing.
    """
    row = account.row
    lines = [console.heading(f"came in: {_count(row['files'], 'file')}, {_count(row['documents'], 'document')}")]
    outcomes = [
        (row["articles"], "articles landed", _copies(account.copies)),
        (row["repeats"], "repeats", "the same bytes, seen before"),
        (row["quarantined"], "quarantined", "kept with their reason; nothing is lost"),
        (row["skipped"], "skipped", "not articles"),
        (account.held, "held", "still being written; the next run takes them"),
        (account.busy, "left alone", "another run is working on them"),
    ]
    shown = [outcome for outcome in outcomes if outcome[0]]
    lines += console.aligned(shown) if shown else ["  nothing new"]
    if account.waiting:
        reasons = sorted(account.waiting.items())
        lines += ["in quarantine:", *console.aligned((len(files), reason, _names(files)) for reason, files in reasons)]
    if account.seconds:
        hops = (f"{hop} {console.seconds_text(taken)}" for hop, taken in account.seconds.items())
        lines.append(f"time: {', '.join(hops)}")
    return lines if command_end is None else lines + _next_steps(row, command_end)


def _next_steps(row: Mapping[str, Any], command_end: str) -> list[str]:
    steps = []
    if row["articles"]:
        steps.append(f'copydesk sql "SELECT headline, source, word_count FROM articles LIMIT 10"{command_end}')
    if row["quarantined"]:
        steps.append(f"copydesk quarantine list{command_end}")
    return ["next:", *(f"  {step}" for step in steps)] if steps else []


def _names(addresses: Sequence[str]) -> str:
    names = sorted({Path(unquote(address, errors="surrogateescape")).name for address in addresses})
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _copies(count: int) -> str:
    return f"{count:,} of them a copy of another" if count else ""


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
