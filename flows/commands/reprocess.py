"""`copydesk reprocess`: articles that have landed, made anew by today's rules and line table."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import click

from flows import console
from flows.commands.moments import parse_since
from flows.commands.options import Place, with_place
from flows.errors import WrongUse

if TYPE_CHECKING:
    from flows.reprocess import Reprocessed
    from warehouse.stale import Found

_HOPS = {
    "prepare": "reading, cleaning, extracting",
    "validate": "checking with Great Expectations",
    "deduplicate": "looking for copies",
}


@click.command("reprocess")
@click.option("--stale", is_flag=True, help="Those that other rules made, or that the newest line table means.")
@click.option("--all", "all_", is_flag=True, help="All articles; with --source or --since all of these.")
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option("--since", metavar="WHEN", help="Landed not before: a day (2024-05-01), or an age (7d, 12h).")
@click.option("--dry-run", is_flag=True, help="Only say how many articles it would be.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON on stdout.")
@with_place
def command(
    stale: bool, all_: bool, source: str | None, since: str | None, dry_run: bool, as_json: bool, **place: str | None
) -> None:
    """Make articles anew from their documents, by today's rules and line table.

    Articles keep their ids; their new rows take the place of the old ones, and copies, versions and stories follow.
    An article that fails today stays as it is. Documents whose bytes were not kept are read from their files; where a
    file is gone or holds something else, its articles stay as they are too, and are counted as lost.

    \b
      copydesk reprocess --stale --dry-run
      copydesk reprocess --stale
      copydesk reprocess --all --source example-courier
    """
    if stale == all_:
        raise WrongUse(
            "which articles is not said",
            "options --stale and --all",
            "both were given" if stale else "neither was given",
            "add one of them: --stale for what is out of date, --all for everything that --source and --since leave",
        )
    from flows.commands.opened import require_warehouse

    where = Place(place["data"], place["config"])
    require_warehouse(where.folder())
    settings = where.settings()
    from flows import reprocess
    from warehouse.stale import Wanted

    wanted = (reprocess.STALE if stale else Wanted())._replace(source=source, since=parse_since(since))
    if dry_run:
        _tell_found(reprocess.count(settings, wanted), as_json=as_json)
        return
    console.say("looking for the articles, starting the workers and Great Expectations")
    with console.Progress() as progress:
        made = reprocess.reprocess_directly(
            settings, wanted, lambda hop, done, of: progress(f"{_HOPS[hop]} ({done:,} of {of:,} articles)")
        )
    _tell_made(made, as_json=as_json)


def _tell_found(found: Found, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found._asdict()))
        return
    files = f"; {found.from_files:,} of them from their files, as their bytes were not kept" if found.from_files else ""
    console.say(f"{found.articles:,} articles would be made anew{files}")


def _tell_made(made: Reprocessed, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(made)))
        return
    outcomes = [
        (made.articles, "articles made anew", ""),
        *((number, "stay as they are", reason) for reason, number in sorted(made.reasons.items())),
        (made.lost, "stay as they are", "their bytes were not kept, and their files are gone or hold something else"),
        (made.overtaken, "landed anew from their files meanwhile", ""),
    ]
    console.say(console.heading(f"wanted: {made.wanted:,} articles"))
    for line in console.aligned([outcome for outcome in outcomes if outcome[0]]):
        console.say(line)
