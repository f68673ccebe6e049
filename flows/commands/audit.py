"""`copydesk audit`: the proof that nothing is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from flows import console, errors
from flows.commands.options import Place, with_place

if TYPE_CHECKING:
    from warehouse.audit import AuditResult


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
    from warehouse.ledger import Ledger

    ledger = Ledger(root)
    try:
        result = audit(ledger)
    finally:
        ledger.close()
    if as_json:
        findings = [finding._asdict() for finding in result.findings]
        click.echo(json.dumps({**result._asdict(), "findings": findings, "is_clean": result.is_clean}, indent=2))
    else:
        _show(result)
    if not result.is_clean:
        ctx.exit(errors.FAILED)


def _show(result: AuditResult) -> None:
    for finding in result.findings:
        click.echo(console.printable(f"{finding.check}: {finding.where}: {finding.what}"))
    totals = ", ".join(f"{count:,} {name}" for name, count in result.totals.items())
    console.say(f"snapshot {result.snapshot}: {totals or 'not counted'}")
    found = "nothing is missing" if result.is_clean else f"{len(result.findings):,} findings"
    console.say(f"{result.checks} checks over {result.lake_files:,} Parquet files: {found}")
