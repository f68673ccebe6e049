"""`copydesk compact`: fewer and larger files."""

from __future__ import annotations

import click

from flows import console
from flows.commands.options import Place, with_place


@click.command("compact")
@with_place
def command(data: str | None, config: str | None) -> None:
    """Merge small Parquet files, drop rows that are out of date, and remove files that nobody needs any more.

    Readers and ingests go on meanwhile. An ingest does this by itself when a table has many small files.

    \b
      copydesk compact
    """
    settings = Place(data, config).settings()
    console.say(f"compacting {settings.data}")
    from flows.commands.opened import require_warehouse

    require_warehouse(settings.data)
    from flows.compact import compact_now

    with console.Progress() as progress:
        for line in compact_now(settings, progress=progress):
            console.say(line)
