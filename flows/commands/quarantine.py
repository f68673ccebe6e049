"""`copydesk quarantine`: what may not land, why, and once more."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import click

from flows import console, errors
from flows.commands.json_output import print_json
from flows.commands.moments import parse_since
from flows.commands.options import Place, with_place
from flows.commands.taking_in import command_end


@click.group("quarantine")
def command() -> None:
    """List, show and replay what may not land.

    A document that fails a check waits here with its reason and its bytes. Once the cause is gone, replay it.

    \b
      copydesk quarantine list
      copydesk quarantine list --reason articles.headline_missing --since 7d
      copydesk quarantine show 4f0c…
      copydesk quarantine replay --source example-courier
    """


def _filters(function: Any) -> Any:
    for option in (
        click.option("--since", metavar="WHEN", help="Not older than: a day (2024-05-01), or an age (7d, 12h)."),
        click.option("--source", metavar="ID", help="Only of this source."),
        click.option("--reason", metavar="REASON", help="Only with this reason, or reasons that begin so."),
    ):
        function = option(function)
    return function


@command.command("list")
@_filters
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON on stdout.")
@with_place
def list_(as_json: bool, data: str | None, config: str | None, **filters: str | None) -> None:
    """List what waits in quarantine, the newest first."""
    rows = _waiting(Place(data, config), filters)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.say("nothing waits in quarantine")
        return
    headings = ("id", "since (UTC)", "source", "reason", "file", "detail")
    lines = [
        (
            row["quarantine_id"][:12],
            f"{row['quarantined_at']:%Y-%m-%d %H:%M}",
            row["source"],
            row["reason"],
            _name(row),
            row["detail"],
        )
        for row in rows
    ]
    for line in console.aligned(lines, headings=headings, indent=0):
        click.echo(line)
    console.say(f"{len(rows):,} waiting; `copydesk quarantine show ID` shows one{command_end(data)}")


@command.command("show")
@click.argument("quarantine_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the row as JSON on stdout, without the bytes.")
@click.option("--raw", is_flag=True, help="Write the document's own bytes to stdout and nothing else.")
@with_place
def show(quarantine_id: str, as_json: bool, raw: bool, data: str | None, config: str | None) -> None:
    """Show one quarantined document: why it waits, and how it begins. ID may be cut to its first digits."""
    from flows.commands.opened import open_current
    from warehouse import waiting

    with open_current(Place(data, config).folder()) as catalog:
        found = waiting.find_by_id(catalog, quarantine_id)
    if len(found) != 1:
        raise errors.WrongUse(
            f"{'no row has' if not found else f'{len(found)} rows have'} this id",
            f"quarantine_id {quarantine_id}",
            "an id is 32 hexadecimal digits, of which the first few are enough when they are enough to tell",
            "take it from `copydesk quarantine list`",
        )
    row = found[0]
    if raw:
        click.echo(row["raw"] or b"", nl=False)
        return
    document = row.pop("raw")
    if as_json:
        print_json(row)
        return
    for line in console.aligned([(key, value) for key, value in row.items() if value is not None], indent=0):
        click.echo(line)
    _show_beginning(document)


@command.command("replay")
@_filters
@click.option("--json", "as_json", is_flag=True, help="Print the run's row as JSON on stdout.")
@with_place
@click.pass_context
def replay(ctx: click.Context, /, as_json: bool, data: str | None, config: str | None, **filters: str | None) -> None:
    """Take what waits through all stages again; what passes now lands and leaves the quarantine."""
    rows = _waiting(Place(data, config), filters)
    if not rows:
        console.say("nothing waits in quarantine")
        return
    console.say(f"replaying {len(rows):,}; starting the workers and Great Expectations")
    settings = Place(data, config).settings()
    from flows.commands.taking_in import replay_now, tell

    account, lost = replay_now(settings, [one["quarantine_id"] for one in rows])
    for quarantine_id in lost:
        console.say(f"{quarantine_id}: its bytes were not kept and its file is gone; bring the file again to land it")
    tell(ctx, account, as_json=as_json, data=data)


def _waiting(place: Place, filters: dict[str, str | None]) -> list[dict[str, Any]]:
    since = parse_since(filters["since"])
    root = place.folder()
    from flows.commands.opened import open_current
    from warehouse import waiting

    with open_current(root) as catalog:
        return waiting.list_open(catalog, reason=filters["reason"], source=filters["source"], since=since)


def _show_beginning(document: bytes | None, lines: int = 12) -> None:
    if document is None:
        click.echo("the document's bytes are not kept")
        return
    click.echo(f"\nbegins ({console.bytes_text(len(document))}; --raw writes it all):")
    for line in document[:4000].decode("utf-8", "backslashreplace").splitlines()[:lines]:
        click.echo(f"  {console.cut(line, console.width() - 2)}")


def _name(row: dict[str, Any]) -> str:
    name = unquote(row["file_uri"].rpartition("/")[2], errors="surrogateescape")
    return name if row["position"] in (None, 0) else f"{name} #{row['position']}"
