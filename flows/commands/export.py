"""`copydesk export`: a copy to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import console
from flows.commands.options import Place, with_place
from flows.errors import WrongUse

if TYPE_CHECKING:
    from warehouse.export import ExportFormat

FORMATS = ("duckdb", "parquet", "csv")


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="By default duckdb for a name in .duckdb, else parquet."
)
@click.option("--at", type=int, metavar="SNAPSHOT", help="Copy the warehouse as it was at this snapshot.")
@click.option("--force", is_flag=True, help="Write over a target that is there.")
@with_place
def command(
    target: Path, format_: ExportFormat | None, at: int | None, force: bool, data: str | None, config: str | None
) -> None:
    """Copy all tables to TARGET, which needs neither copydesk nor the data folder.

    TARGET is one DuckDB file with tables and views, or a folder with one Parquet or CSV file per table; the data
    dictionary goes with it. It appears whole or not at all. Its address is printed on stdout.

    \b
      copydesk export strike.duckdb
      copydesk export for-colleagues/ --format csv --at 57
    """
    root = Place(data, config).folder()
    console.say(f"exporting {console.printable(str(root))}")
    from flows.commands.opened import require_warehouse

    require_warehouse(root)
    from warehouse.export import TargetExists, export

    try:
        written = export(root, target, at=at, format_=format_, overwrite=force)
    except TargetExists as error:
        raise WrongUse(
            "the target is there already",
            str(target),
            "an export writes over nothing by itself",
            "name another one, or add --force",
        ) from error
    click.echo(written)
