"""`copydesk lines`: what recurs at the ends of a source's articles."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from flows import console
from flows.commands.json_output import print_json
from flows.commands.options import Place, with_place
from flows.commands.taking_in import command_end


@click.group("lines")
def command() -> None:
    """Count the lines that recur in a source's articles, and list them.

    A line that stands at the head or foot of many articles of one source is boilerplate, even where no rule knows it.
    It is counted into a numbered table, which never changes; `copydesk serve` counts every night.

    \b
      copydesk lines count
      copydesk lines list --source example-courier
      copydesk lines versions
    """


@command.command("count")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON on stdout.")
@with_place
def count(as_json: bool, data: str | None, config: str | None) -> None:
    """Count now; where the lines of a source differ from the table, a new version of it lands."""
    place = Place(data, config)
    from flows.commands.opened import require_warehouse

    require_warehouse(place.folder())
    settings = place.settings()
    console.say("counting the lines of all articles")
    from flows.lines import count_lines
    from flows.reprocess import MEANT_BY_LINES
    from flows.reprocess import count as count_wanted
    from warehouse.ledger import Ledger

    ledger = Ledger(settings.data)
    try:
        counted = count_lines(settings, ledger, now=datetime.now(UTC), trigger="manual")
    finally:
        ledger.close()
    meant = count_wanted(settings, MEANT_BY_LINES).articles
    if as_json:
        click.echo(json.dumps({**counted._asdict(), "meant": meant}))
        return
    if counted.is_new:
        sources = f"{len(counted.changed):,} source{'' if len(counted.changed) == 1 else 's'}"
        console.say(f"version {counted.version}: {counted.added:,} lines added, {counted.dropped:,} dropped, {sources}")
    else:
        console.say(f"nothing new in {counted.sources:,} sources; the line table stays at version {counted.version}")
    if meant:
        console.say(f"{meant:,} articles are stale: `copydesk reprocess --stale{command_end(data)}` makes them anew")


@command.command("list")
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON on stdout.")
@with_place
def list_(source: str | None, as_json: bool, data: str | None, config: str | None) -> None:
    """List the lines that the newest version takes for boilerplate, by source, the most frequent first."""
    rows = _rows(
        Place(data, config),
        "SELECT repeated_lines.* EXCLUDE (run_id) FROM repeated_lines "
        "JOIN (SELECT source, max(lines_version) AS lines_version FROM line_versions GROUP BY source) "
        "USING (source, lines_version) WHERE $source IS NULL OR source = $source "
        "ORDER BY source, place DESC, articles DESC, text",
        source,
    )
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.say("no line is known to recur; `copydesk lines count` counts")
        return
    headings = ("source", "version", "at", "articles", "share", "line")
    cells = [
        (row["source"], row["lines_version"], row["place"], row["articles"], f"{row['share']:.0%}", row["text"])
        for row in rows
    ]
    for line in console.aligned(cells, headings=headings, indent=0):
        click.echo(line)


@command.command("versions")
@click.option("--source", metavar="ID", help="Only of this source.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON on stdout.")
@with_place
def versions(source: str | None, as_json: bool, data: str | None, config: str | None) -> None:
    """List the versions of the line table, the newest first, with the sources that each lists anew."""
    rows = _rows(
        Place(data, config),
        "SELECT * FROM line_versions WHERE $source IS NULL OR source = $source ORDER BY lines_version DESC, source",
        source,
    )
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.say("there is no version yet; `copydesk lines count` counts")
        return
    headings = ("version", "counted (UTC)", "source", "articles", "lines", "added", "dropped")
    names = ("source", "articles", "lines", "added", "dropped")
    cells = [
        (row["lines_version"], f"{row['counted_at']:%Y-%m-%d %H:%M}", *(row[name] for name in names)) for row in rows
    ]
    for line in console.aligned(cells, headings=headings, indent=0):
        click.echo(line)


def _rows(place: Place, query: str, source: str | None) -> list[dict[str, Any]]:
    from flows.commands.opened import open_current
    from warehouse.holdings import rows_of

    with open_current(place.folder()) as catalog:
        return rows_of(catalog, query, {"source": source})
