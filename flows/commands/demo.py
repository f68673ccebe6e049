"""`copydesk demo`: all of it in half a minute."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from flows import console
from flows.commands.options import Place, with_place


@click.command("demo")
@click.option("--direct", is_flag=True, help="Do without a Prefect flow run.")
@with_place
def command(direct: bool, data: str | None, config: str | None) -> None:
    """Ingest the samples into a fresh warehouse and show what became of them.

    The data folder is ./data-demo unless --data names another; it is emptied when the demo is run again.

    \b
      copydesk demo
      copydesk sql "SHOW TABLES" --data data-demo
    """
    console.say("reading the settings")
    from flows import accounts, demo

    settings = Place(data or demo.FOLDER, config).settings()
    root, end = settings.data, f" --data {console.printable(data or demo.FOLDER)}"
    demo.prepare_folder(root)
    console.say(f"the samples are in {console.printable(str(root / 'inbox'))}")
    from flows.commands.taking_in import take_in
    from flows.runs import Request

    account = take_in(settings, Request((root / "inbox",)), direct=direct)
    _print(accounts.to_lines(account, command_end=None))
    from flows.commands.opened import open_current
    from flows.report import write_report
    from warehouse.report import read_figures

    with open_current(root) as catalog:
        _print([console.heading("what became of each file"), *demo.outcomes(catalog)])
        for comparison in demo.dirtiest(catalog, columns=console.width()):
            _print(comparison)
        for answer in demo.answers(catalog, command_end=end):
            _print(answer)
        page = write_report(read_figures(catalog, datetime.now(UTC).replace(tzinfo=None)), root / "reports")
    _print([f"report: {console.printable(str(page))}", f'yours: copydesk sql "SHOW TABLES"{end}'])


def _print(lines: list[str]) -> None:
    click.echo("\n".join([*lines, ""]))
