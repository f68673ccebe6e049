"""`copydesk watchlist`: try, check and list watchlists, and catch up on what landed before them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows import console, errors, watchlists
from flows.commands.json_output import print_json
from flows.commands.moments import parse_since
from flows.commands.options import Place, with_place
from flows.json_values import to_iso

if TYPE_CHECKING:
    from flows.trials import Finding, Hit, Trial
    from transforms.watch.lists import Watchlist

_SHOWN = 20
_HITS_SHOWN = 3
"""Hits of one article on a terminal; --json has them all."""


@click.group("watchlist")
def command() -> None:
    """Watch for phrases in all that lands: try, check and list watchlists.

    A watchlist is a TOML file in `watchlists/`, beside copydesk.toml. Each article is matched when it lands; what it
    belongs to is in the view `watchlist_hits`. New and changed lists count from the next batch on.

    \b
      copydesk watchlist test watchlists/harbour-strike.toml
      copydesk watchlist list
      copydesk sql "SELECT watchlist, headline, source FROM watchlist_hits"
    """


@command.command("test")
@click.argument("file", metavar="FILE")
@click.option("--limit", type=click.IntRange(min=1), help="Most articles to show; by default 20, with --json all.")
@click.option("--since", metavar="WHEN", help="Only articles told since: a day (2024-05-01), or an age (7d, 12h).")
@click.option("--json", "as_json", is_flag=True, help="Print the hits as JSON on stdout.")
@with_place
def test(file: str, limit: int | None, since: str | None, as_json: bool, data: str | None, config: str | None) -> None:
    """Show what a watchlist finds in the archive; nothing is written.

    FILE is a watchlist, wherever it lies, or the name of one in `watchlists/`. The newest articles come first.
    """
    watchlist = watchlists.read(_find(file, config))
    moment = parse_since(since)
    root = Place(data, config).folder()
    from flows import trials
    from flows.commands.opened import open_current
    from warehouse import watching

    with open_current(root) as catalog, console.Progress() as progress:
        articles = watching.count_told(catalog, moment)
        found = trials.try_out(
            watchlist,
            watching.told(catalog, moment),
            limit=limit or (None if as_json else _SHOWN),
            progress=lambda done: progress(f"searched {done:,} of {articles:,} articles"),
        )
    if as_json:
        print_json(_to_json(watchlist, found))
    else:
        _show(watchlist, found)


@command.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--config", metavar="FILE", help="Settings file; the folder `watchlists` is looked for beside it.")
@click.pass_context
def check(ctx: click.Context, /, files: tuple[str, ...], config: str | None) -> None:
    """Say whether watchlists can be read; without FILE, all in `watchlists/`."""
    listed = [_find(file, config) for file in files] or _all(config)
    lists, broken = watchlists.look_over(listed)
    for line in console.aligned([(one.id, one.version, one.name) for one in lists], indent=0):
        click.echo(line)
    _end(ctx, broken)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON on stdout.")
@with_place
@click.pass_context
def list_(ctx: click.Context, /, as_json: bool, data: str | None, config: str | None) -> None:
    """List the watchlists, their versions, and how many articles belong to them so far."""
    lists, broken = watchlists.look_over(_all(config))
    rows = _with_hits(lists, Place(data, config).folder())
    if as_json:
        print_json(rows)
    elif rows:
        headings = ("watchlist", "version", "articles", "last (UTC)", "name")
        for line in console.aligned([_cells(row) for row in rows], headings=headings, indent=0):
            click.echo(line)
    else:
        console.say(f"there are no watchlists in {console.printable(str(watchlists.folder(config)))}")
    _end(ctx, broken)


@command.command("backfill")
@click.argument("names", nargs=-1, metavar="[FILE]...")
@with_place
def backfill(names: tuple[str, ...], data: str | None, config: str | None) -> None:
    """Match articles that landed before a list was there, or before it was changed; without FILE, by all lists.

    What is there already stays; no alert rings. Ingests go on meanwhile.
    """
    lists = [watchlists.read(_find(name, config)) for name in names] or [*watchlists.load(watchlists.folder(config))]
    root = Place(data, config).folder()
    from flows.commands.opened import require_warehouse

    require_warehouse(root)
    from flows.backfill import backfill as catch_up

    with console.Progress() as progress:
        landed = catch_up(root, lists, progress=lambda done: progress(f"searched {done:,} articles"))
    console.say(f"{landed:,} match{'' if landed == 1 else 'es'} landed")


def _find(file: str, config: str | None) -> Path:
    """Return the file that is meant: a path, or the name of a list in the folder of the lists."""
    folder = watchlists.folder(config)
    named = [Path(file), folder / file, folder / f"{file}{watchlists.SUFFIX}"]
    return next((path for path in named if path.is_file()), named[0]).absolute()


def _all(config: str | None) -> list[Path]:
    return watchlists.files(watchlists.folder(config))


def _end(ctx: click.Context, broken: Sequence[watchlists.Broken]) -> None:
    """Tell what is wrong with broken files; the command then ends with 2."""
    for one in broken:
        console.say_error(one.error)
    if broken:
        ctx.exit(errors.WRONG_USE)


def _with_hits(lists: Sequence[Watchlist], root: Path) -> list[dict[str, Any]]:
    """Return a row for each version of a list: those in force first, then those that have hits only."""
    from flows.commands.opened import open_current
    from warehouse import paths, watching

    found: list[dict[str, Any]] = []
    if paths.ledger(root).exists():
        with open_current(root) as catalog:
            found = watching.hits_by_list(catalog)
    hits = {(row["watchlist"], row["watchlist_version"]): row for row in found}
    none = {"articles": 0, "last_matched_at": None}
    now = [
        {**none, **hits.pop((one.id, one.version), {}), "watchlist": one.id, "watchlist_version": one.version}
        | {"name": one.name, "in_force": True}
        for one in lists
    ]
    return [*now, *({**row, "in_force": False} for row in hits.values())]


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    last = row["last_matched_at"]
    name = row["name"] if row["in_force"] else f"{row['name']} (no longer in force)"
    when = "" if last is None else f"{last:%Y-%m-%d %H:%M}"
    return row["watchlist"], row["watchlist_version"], row["articles"], when, name


def _show(watchlist: Watchlist, found: Trial) -> None:
    for finding in found.newest:
        headline = console.printable(finding.headline or "(no headline)")
        click.echo(f"{finding.told_at:%Y-%m-%d}  {console.printable(finding.source)}  {headline}")
        for hit in finding.hits[:_HITS_SHOWN]:
            click.echo(f"  {hit.place.field + ':':<10}{_in_context(hit)}")
        if len(finding.hits) > _HITS_SHOWN:
            click.echo(f"  and {len(finding.hits) - _HITS_SHOWN:,} more")
    shown = "" if len(found.newest) == found.matched else f"; the newest {len(found.newest)} are shown"
    name = console.printable(watchlist.name)
    console.say(
        f"{name}, version {watchlist.version}: {found.matched:,} of {found.searched:,} articles belong to it{shown}"
    )


def _in_context(hit: Hit) -> str:
    before, text, after = map(console.printable, (hit.before, hit.text, hit.after))
    return f"{before}[{text}]{after}"


def _to_json(watchlist: Watchlist, found: Trial) -> dict[str, Any]:
    return {
        "watchlist": watchlist.id,
        "name": watchlist.name,
        "version": watchlist.version,
        "searched": found.searched,
        "matched": found.matched,
        "articles": [_finding_to_json(finding) for finding in found.newest],
    }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    spans = [
        {
            "field": hit.place.field,
            "phrase": hit.place.phrase,
            "text": hit.text,
            "start_char": hit.place.start,
            "end_char": hit.place.end,
            "before": hit.before,
            "after": hit.after,
        }
        for hit in finding.hits
    ]
    return {
        "article_id": finding.article_id,
        "told_at": to_iso(finding.told_at),
        "source": finding.source,
        "headline": finding.headline,
        "hits": len(finding.hits),
        "spans": spans,
    }
