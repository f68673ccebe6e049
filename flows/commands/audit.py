"""`copydesk audit`: the proof that nothing is missing."""

from __future__ import annotations

import dataclasses
import json

import click

from flows import console, errors
from flows.commands.options import Place, with_place


@click.command("audit")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on stdout.")
@with_place
@click.pass_context
def command(ctx: click.Context, as_json: bool, data: str | None, config: str | None) -> None:
    """Prove that documents = articles + repeats + quarantined for every file, and that every Parquet file is whole.

    Nothing is changed. Ends with 1 when something is missing or broken.

    \b
      copydesk audit
      copydesk audit --json
    """
    root = Place(data, config).folder()
    console.say(f"auditing {root}")
    from flows.commands.opened import require_warehouse

    require_warehouse(root)
    from warehouse.audit import audit

    result = audit(root)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(result), default=str, indent=2))
    else:
        for problem in result.problems:
            click.echo(console.printable(str(problem)))
        console.say(result.summary())
    if result.problems:
        ctx.exit(errors.FAILED)
