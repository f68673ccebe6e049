"""`copydesk ingest`: take files in now."""

from __future__ import annotations

from typing import Any

import click

from flows import console
from flows.commands.options import Place, with_place

TRIGGERS = ("event", "schedule", "manual", "replay", "reprocess")


@click.command("ingest")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print the run's row as JSON on stdout.")
@click.option("--direct", is_flag=True, help="Run the same stages without a Prefect flow run; starts faster.")
@click.option("--strict", is_flag=True, help="Let an unexpected error of a transform end the run, with its traceback.")
@click.option("--trigger", type=click.Choice(TRIGGERS), default="manual", hidden=True)
@with_place
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Ingest files and folders now; without PATH, what is new in the inbox.

    Files are read where they are and never moved, changed or deleted. Taking the same file in twice changes nothing.
    Documents that fail a check are quarantined: a result, not a failure.

    \b
      copydesk ingest articles/ more/one.txt
      copydesk ingest --direct --json article.txt
    """
    console.say("looking for files, starting the workers and Great Expectations")
    settings = Place(options["data"], options["config"]).settings()
    from flows.inbox import check_paths, inbox_folders

    check_paths(paths)
    from flows.commands.taking_in import take_in, tell
    from flows.runs import Request

    request = Request(
        paths or inbox_folders(settings.inbox),
        options["trigger"],
        strict=options["strict"],
        only_new=not paths,
    )
    tell(ctx, take_in(settings, request, direct=options["direct"]), as_json=as_json, data=options["data"])
