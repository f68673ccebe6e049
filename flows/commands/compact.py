"""`copydesk compact`: fewer and larger files."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from flows import console
from flows.commands.options import Place, with_place

if TYPE_CHECKING:
    from warehouse.compaction import Compacted


@click.command("compact")
@with_place
def command(data: str | None, config: str | None) -> None:
    """Merge small Parquet files, drop rows that are out of date, and remove files that nobody needs any more.

    Readers and ingests go on meanwhile. An ingest does this by itself when a table has many small files.
    Snapshots stay readable for as long as the setting snapshot_retention_days says.

    \b
      copydesk compact
    """
    console.say("reading the settings")
    settings = Place(data, config).settings()
    root = settings.data
    from flows.commands.opened import require_warehouse

    require_warehouse(root)
    console.say(f"compacting {console.printable(str(root))}")
    from flows.housekeeping import tidy
    from warehouse.ledger import Ledger

    with closing(Ledger(root)) as ledger:
        compacted, swept = tidy(ledger, settings, now=datetime.now(UTC))
    console.say(_told(compacted))
    removed = swept.expired + swept.orphans
    console.say(f"removed {removed:,} files that nobody needs, {console.bytes_text(swept.size_bytes)}")


def _told(compacted: Compacted) -> str:
    if compacted.snapshot is None:
        return "nothing to merge: no table has more than one small file"
    merged = ", ".join(f"{count:,} of {table}" for table, count in sorted(compacted.merged.items()))
    erased = f"; erased {compacted.erased:,} outdated articles" if compacted.erased else ""
    return f"merged files: {merged}{erased}; snapshot {compacted.snapshot}"
