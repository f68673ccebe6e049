"""`copydesk report`: the data-quality report."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from flows import console
from flows.commands.options import Place, with_place


@click.command("report")
@with_place
def command(data: str | None, config: str | None) -> None:
    """Build the data-quality report: reports/index.html to look at, reports/report.json to compute with.

    Both lie in the data folder and need no network. The address of the page is printed on stdout.

    \b
      copydesk report
      open "$(copydesk report)"
    """
    root = Place(data, config).folder()
    console.say(f"building the report of {root}")
    from flows.commands.opened import open_current
    from flows.report import write_report
    from warehouse.report import read_figures

    now = datetime.now(UTC).replace(tzinfo=None)
    with open_current(root) as catalog:
        page = write_report(read_figures(catalog, now), root / "reports")
    click.echo(page)
