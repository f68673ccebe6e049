"""`copydesk doctor`: is everything there that copydesk needs, in versions that go together?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from flows import console, errors
from flows.commands.options import Place, with_place

if TYPE_CHECKING:
    from flows.checkup import Finding


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on stdout.")
@with_place
@click.pass_context
def command(ctx: click.Context, as_json: bool, data: str | None, config: str | None) -> None:
    """Check the installation and the data folder, and say what to do about what is wrong.

    Nothing is changed. Ends with 1 when something would keep copydesk from its work.

    \b
      copydesk doctor
      copydesk doctor --data /srv/copydesk
    """
    console.say("looking at Python, packages, settings and the data folder")
    findings: list[Finding] = []
    for finding in _look(Place(data, config)):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=2))
    if any(finding.verdict == "fail" for finding in findings):
        ctx.exit(errors.FAILED)


def _look(place: Place) -> Iterator[Finding]:
    from flows import checkup

    yield from checkup.look_at_installation()
    try:
        root = place.settings().data
    except errors.WrongSetting as error:
        yield checkup.Finding("fail", "settings", f"{error.what}: {error.where}", error.what_to_do)
        return
    yield checkup.Finding("ok", "settings", "every key is known")
    yield from checkup.look_at_data(root)
    yield from checkup.look_at_prefect(os.environ)


def _show(finding: Finding) -> None:
    for line in finding.lines():
        click.echo(console.printable(line))
