"""A run that a command starts: from paths to the account of what became of them, with progress meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import accounts, console, errors
from flows.given_paths import are_few
from flows.hand_over import hand_over
from flows.json_values import to_iso

if TYPE_CHECKING:
    from flows.accounts import Account
    from flows.runs import Request
    from flows.settings import Settings

HANDED_AT_MOST = 1_000
HANDED_BYTES_AT_MOST = 64 * 1024 * 1024
"""More files, or more bytes, a command takes in itself beside the service, which stays free for what arrives."""

_HOPS = {
    "awaited": "the service of this data folder is starting; waiting for it",
    "handed": "handed over to the service of this data folder",
    "queued": "handed over to the service; it will begin when the run before has ended",
    "prefect": "starting Prefect; the first time in a data folder takes longest",
    "prepare": "reading, cleaning, extracting",
    "validate": "checking with Great Expectations",
    "deduplicate": "looking for copies",
}


def take_in(settings: Settings, request: Request, *, direct: bool) -> Account:
    """Run `request`, as a flow run unless `direct`, and return its account."""
    if direct:
        from flows.direct import ingest_directly as ingest
    else:
        from flows.flow_runs import ingest_as_flow as ingest
    with console.Progress() as progress:
        summary = ingest(settings, request, lambda hop, done, of: progress(_told(hop, done, of)))
    return accounts.account_of(settings.data, summary)


def hand_in(data: Path, paths: Sequence[str], trigger: str) -> Account | None:
    """Let the service of `data` take `paths`, where there is one and they are few; return the account of its run."""
    if not are_few(paths, files=HANDED_AT_MOST, size_bytes=HANDED_BYTES_AT_MOST):
        return None
    with console.Progress() as progress:
        return hand_over(data, paths, trigger, lambda hop, done, of: progress(_told(hop, done, of)))


def replay_now(settings: Settings, quarantine_ids: Sequence[str]) -> tuple[Account, Sequence[str]]:
    """Replay what waits under these ids; return the run's account, and the ids whose bytes are not to be had."""
    from flows.replay import replay

    with console.Progress() as progress:
        replayed = replay(settings, quarantine_ids, lambda hop, done, of: progress(_told(hop, done, of)))
    return accounts.account_of(settings.data, replayed.summary), replayed.lost


def tell(ctx: click.Context, account: Account, *, as_json: bool, data: str | None) -> None:
    """Tell a run's account, to programs on stdout or to people on stderr; a run that failed ends with 1."""
    if as_json:
        click.echo(json.dumps(account.row, default=to_iso, ensure_ascii=False))
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
