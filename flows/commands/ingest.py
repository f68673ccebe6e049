"""`copydesk ingest`: take files in now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from flows import console
from flows.commands.options import Place, with_place
from flows.commands.taking_in import hand_in, take_in, tell
from flows.given_paths import check_paths

if TYPE_CHECKING:
    from flows.accounts import Account
    from flows.settings import Settings
    from warehouse.claims import Trigger

TRIGGERS = ("event", "schedule", "manual", "replay", "reprocess")


@click.command("ingest")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print the run's row as JSON on stdout.")
@click.option("--direct", is_flag=True, help="Run the same stages here, without a service or a flow run.")
@click.option("--strict", is_flag=True, help="Let an unexpected error of a transform end the run, with its traceback.")
@click.option("--trigger", type=click.Choice(TRIGGERS), default="manual", hidden=True)
@with_place
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Ingest files and folders now; without PATH, what is new in the inbox.

    Files are read where they are and never moved, changed or deleted (those of the inbox are when `after_landing` says
    so). Taking the same file in twice changes nothing. Documents that fail a check are quarantined: a result, not a
    failure. While `copydesk serve` runs on the data folder, it takes the files, and this command waits for the receipt.

    \b
      copydesk ingest articles/ more/one.txt
      copydesk ingest --direct --json article.txt
    """
    place = Place(options["data"], options["config"])
    check_paths(paths)
    account = None
    if not (options["direct"] or options["strict"]):
        account = hand_in(place.folder(), paths, options["trigger"])
    if account is None:
        account = _take_in(place.settings(), paths, **options)
    tell(ctx, account, as_json=as_json, data=options["data"])


def _take_in(settings: Settings, paths: Sequence[str], *, trigger: Trigger, **options: Any) -> Account:
    """Return the account of a run in this process."""
    console.say("looking for files, starting the workers and Great Expectations")
    from flows.inbox import inbox_folders
    from flows.runs import Request

    request = Request(paths or inbox_folders(settings.inbox), trigger, strict=options["strict"], only_new=not paths)
    return take_in(settings, request, direct=options["direct"])
