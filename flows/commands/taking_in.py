"""A run that a command starts: from paths to the account of what became of them, with progress meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flows import accounts, console, errors

if TYPE_CHECKING:
    from flows.accounts import Account
    from flows.runs import Request, Summary
    from flows.settings import Settings

_HOPS = {
    "prefect": "starting Prefect; the first time in a data folder takes longest",
    "prepare": "reading, cleaning, extracting",
    "validate": "checking with Great Expectations",
    "deduplicate": "looking for copies",
}
_COUNTS = ("files", "documents", "articles", "repeats", "quarantined", "skipped")


def take_in(settings: Settings, request: Request, *, direct: bool) -> Account:
    """Run `request`, as a flow run unless `direct`, and return its account."""
    if direct:
        from flows.direct import ingest_directly as ingest
    else:
        from flows.flow_runs import ingest_as_flow as ingest
    with console.Progress() as progress:
        summary = ingest(settings, request, lambda hop, done, of: progress(_told(hop, done, of)))
    return _to_account(settings, summary)


def replay_now(settings: Settings, quarantine_ids: Sequence[str]) -> tuple[Account, Sequence[str]]:
    """Replay what waits under these ids; return the run's account, and the ids whose bytes are not to be had."""
    from flows.replay import replay

    with console.Progress() as progress:
        replayed = replay(settings, quarantine_ids, lambda hop, done, of: progress(_told(hop, done, of)))
    return _to_account(settings, replayed.summary), replayed.lost


def tell(ctx: click.Context, account: Account, *, as_json: bool, data: str | None) -> None:
    """Tell a run's account, to programs on stdout or to people on stderr; a run that failed ends with 1."""
    if as_json:
        click.echo(json.dumps(account.row, default=_iso, ensure_ascii=False))
    else:
        for line in accounts.to_lines(account, command_end=command_end(data)):
            console.say(line)
    if account.row["status"] != "done":
        ctx.exit(errors.FAILED)


def command_end(data: str | None) -> str:
    """Return what commands that are proposed need to find the same data folder."""
    return "" if data is None else f" --data {console.printable(data)}"


def _told(hop: str, done: int, of: int) -> str:
    return f"{_HOPS.get(hop, hop)}{f' ({done:,} of {of:,} files landed)' if of else ''}"


def _to_account(settings: Settings, summary: Summary) -> Account:
    """Return the account of a run, whose row and quarantine are read from where everybody reads them."""
    from flows.accounts import Account

    if summary.run_id is None:
        return Account({"run_id": None, "status": "done", **dict.fromkeys(_COUNTS, 0)})
    from flows.commands.opened import open_current
    from warehouse import waiting
    from warehouse.holdings import rows_of

    with open_current(settings.data) as catalog:
        row = rows_of(catalog, "SELECT * FROM runs WHERE run_id = $run_id", {"run_id": summary.run_id})[0]
        reasons = waiting.list_of_run(catalog, summary.run_id)
    copies, held = summary.counts.get("copies", 0), summary.counts.get("held", 0)
    return Account(row, copies, summary.busy, held, reasons, summary.seconds)


def _iso(value: Any) -> str:
    return value.isoformat() + "Z" if isinstance(value, datetime) else str(value)
