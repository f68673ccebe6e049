"""`copydesk status`: what the warehouse holds, or what became of one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import console
from flows.commands.json_output import print_json
from flows.commands.options import Place, with_place
from flows.errors import DONE, FAILED, NothingThere, WrongUse

if TYPE_CHECKING:
    from warehouse.holdings import Holdings, Receipts, Row

_SHOWN = ("articles", "documents", "repeats", "files", "removals", "quotes", "mentions", "dates", "figures", "skipped")
"""Tables in the order a person asks for them; empty ones are left out, and all are in --json."""
_MOST_ROWS = 20
"""A file of ten thousand documents is told by its first rows and its sums."""


@click.command("status")
@click.argument("file", required=False)
@click.option("--health", is_flag=True, help="Say whether the service is well instead; ends with 1 when it is not.")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON on stdout.")
@with_place
@click.pass_context
def command(
    ctx: click.Context, file: str | None, health: bool, as_json: bool, data: str | None, config: str | None
) -> None:
    """Say what the warehouse holds; with FILE, show the receipts of that file.

    FILE is a path, a file:/// address, or the id of a file, document or article.

    \b
      copydesk status
      copydesk status inbox/ap-0412.txt
      copydesk status --health
    """
    root = Place(data, config).folder()
    if health:
        if file is not None:
            raise WrongUse("health is that of the whole desk", file, "a file has none", "leave FILE or --health out")
        ctx.exit(_tell_health(root, config, as_json=as_json))
    from flows.commands.opened import open_current
    from warehouse import holdings

    with open_current(root) as catalog:
        if file is None:
            held = holdings.read_holdings(catalog, root)
            if as_json:
                print_json({"data": str(root), **held._asdict()})
            else:
                _show_holdings(held, str(root))
            return
        receipts = holdings.read_receipts(catalog, file)
    if not receipts:
        raise NothingThere(
            "this file has no receipts",
            holdings.file_uri(file),
            "no run has taken it in, under this name and into this warehouse",
            f"run `copydesk ingest {file}`, or look for its name: SELECT file_uri FROM files",
        )
    if as_json:
        print_json(receipts.rows)
    else:
        _show_receipts(receipts)


def _tell_health(root: Path, config: str | None, *, as_json: bool) -> int:
    """Print how the service is doing; return the exit code."""
    from flows import health

    findings = list(health.look(root, config, datetime.now(UTC)))
    is_healthy = all(finding.verdict != "fail" for finding in findings)
    if as_json:
        print_json({"is_healthy": is_healthy, "findings": [finding._asdict() for finding in findings]})
    else:
        for line in (line for finding in findings for line in finding.lines()):
            click.echo(console.printable(line))
    return DONE if is_healthy else FAILED


def _show_holdings(held: Holdings, root: str) -> None:
    click.echo(f"{console.printable(root)}, snapshot {held.snapshot}")
    rows = [(name, held.rows[name], _remark(name, held)) for name in _SHOWN if held.rows.get(name)]
    for line in console.aligned(rows):
        click.echo(line)
    if held.open_quarantine:
        click.echo(f"in quarantine: {sum(held.open_quarantine.values()):,}   (copydesk quarantine list)")
        for line in console.aligned([(count, reason) for reason, count in held.open_quarantine.items()]):
            click.echo(line)
    else:
        click.echo("in quarantine: nothing")
    if held.last_run is not None:
        click.echo(_last_run(held.last_run))
    if held.runs_going_on:
        click.echo(f"going on now: {held.runs_going_on} run{'s' if held.runs_going_on > 1 else ''}")
    size = console.bytes_text(held.lake_bytes + held.ledger_bytes)
    click.echo(f"on disk: {size} in {held.lake_files:,} Parquet files and the ledger")


def _remark(table: str, held: Holdings) -> str:
    return f"{held.copies:,} of them copies" if table == "articles" and held.copies else ""


def _last_run(run: Row) -> str:
    finished, started = run["finished_at"], run["started_at"]
    took = f", {console.seconds_text((finished - started).total_seconds())}" if finished is not None else ""
    counts = ", ".join(f"{run[name]:,} {name}" for name in ("files", "articles", "repeats", "quarantined"))
    error = f": {console.printable(run['error'])}" if run["error"] else ""
    return f"last run: {started:%Y-%m-%d %H:%M:%S} UTC, {run['trigger']}, {run['status']}{error}{took}; {counts}"


def _show_receipts(receipts: Receipts) -> None:
    for table, rows in receipts.rows.items():
        if not rows:
            continue
        click.echo(f"{table} ({len(rows):,})")
        for row in rows[:_MOST_ROWS]:
            for line in console.aligned([(key, _text(value)) for key, value in row.items() if value not in (None, [])]):
                click.echo(line)
            click.echo("")
        if len(rows) > _MOST_ROWS:
            click.echo(f"  … and {len(rows) - _MOST_ROWS:,} more; --json has them all\n")


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
