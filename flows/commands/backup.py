"""`copydesk backup`: a consistent copy, taken while the warehouse is in use."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from flows import console
from flows.commands.options import Place, with_place
from flows.errors import RunFailed, WrongUse


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--copy", is_flag=True, help="Copy every byte, also where a second name for the same file would do.")
@with_place
def command(target: Path, copy: bool, data: str | None, config: str | None) -> None:
    """Copy the warehouse to DIR, a data folder of its own, while ingests and readers go on.

    The copy is audited before it gets its name; `copydesk sql --data DIR` reads it. On the same disk its Parquet files
    are second names of ours and take no room. Inbox, reports, settings and Prefect's history are not in it.
    A backup that was stopped goes on where it was when the same DIR is named again.

    \b
      copydesk backup /mnt/backup/copydesk-2024-05-01
    """
    root = Place(data, config).folder()
    console.say(f"backing up {console.printable(str(root))}")
    from flows.commands.opened import require_warehouse

    require_warehouse(root)
    from warehouse.backup import BackupBroken, BackupRefused, back_up

    try:
        taken = back_up(root, target, now=datetime.now(UTC), link=not copy)
    except BackupRefused as error:
        raise WrongUse("no backup can be made there", str(target), str(error), "name another folder") from error
    except BackupBroken as error:
        raise RunFailed(
            "the copy is not whole, so it is no backup",
            str(target),
            str(error),
            "run `copydesk audit`: what is wrong here is likely wrong in the warehouse too",
        ) from error
    shared = f", {taken.linked:,} of them shared with the warehouse" if taken.linked else ""
    console.say(
        f"snapshot {taken.snapshot}: {taken.files:,} Parquet files and the ledger, "
        f"{console.bytes_text(taken.size_bytes)}{shared}; audited, nothing is missing"
    )
    click.echo(target)
