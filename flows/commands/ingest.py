"""`copydesk ingest`: take files in now."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flows import accounts, console, errors
from flows.commands.options import Place, with_place

if TYPE_CHECKING:
    from flows.settings import Settings

TRIGGERS = ("event", "schedule", "manual", "replay", "reprocess")


@click.command("ingest")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print the run's row as JSON on stdout.")
@click.option("--direct", is_flag=True, help="Run the same stages without a Prefect flow run; starts faster.")
@click.option("--strict", is_flag=True, help="Let an unexpected error of a transform end the run, with its traceback.")
@click.option("--trigger", type=click.Choice(TRIGGERS), default="manual", hidden=True)
@with_place
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Ingest files and folders now; without PATH, the inbox.

    Files are read where they are and never moved, changed or deleted. Taking the same file in twice changes nothing.
    Documents that fail a check are quarantined: a result, not a failure.

    \b
      copydesk ingest articles/ more/one.txt
      copydesk ingest --direct --json article.txt
    """
    with console.Progress() as progress:
        progress("reading the settings")
        settings = Place(options["data"], options["config"]).settings()
        row = _run(settings, paths, progress, options)
    if as_json:
        click.echo(to_json(row))
    else:
        for line in accounts.of_run(row, row.get("waiting", {}), command_end=command_end(options["data"])):
            console.say(line)
    if row["status"] != "done":
        ctx.exit(errors.FAILED)


def to_json(row: dict[str, Any]) -> str:
    """Return the row of a run as one line of JSON; times are ISO 8601 in UTC."""
    return json.dumps(row, default=_iso, ensure_ascii=False)


def command_end(data: str | None) -> str:
    """Return what commands that are proposed need to find the same data folder."""
    return "" if data is None else f" --data {console.printable(data)}"


def _run(settings: Settings, paths: tuple[str, ...], progress: console.Progress, options: dict[str, Any]) -> dict[str, Any]:
    from flows.inbox import check_paths

    check_paths(paths)
    if options["direct"]:
        from flows.direct import ingest_directly as ingest
    else:
        progress("starting Prefect and Great Expectations (the first time in a data folder takes longest)")
        from flows.ingest import ingest_as_flow as ingest
    return ingest(
        settings, paths, trigger=options["trigger"], strict=options["strict"], progress=progress
    )


def _iso(value: object) -> str:
    return value.isoformat() + ("" if value.tzinfo else "Z") if isinstance(value, datetime) else str(value)
