"""`copydesk serve`: the service that watches the inbox."""

from __future__ import annotations

import click

from flows import console
from flows.commands.options import Place, with_place


@click.command("serve")
@click.option(
    "--no-ui",
    is_flag=True,
    help="Run without Prefect: no server, pages or events.",
)
@with_place
@click.pass_context
def command(ctx: click.Context, no_ui: bool, data: str | None, config: str | None) -> None:
    """Watch the inbox, ingest files as they arrive, and run the schedules; ends on Ctrl-C.

    With --no-ui the same is done without Prefect: runs show in the table `runs` only, and nobody hears of events.

    Files are best written under another name (x.txt.tmp) and renamed, or written in one go.

    \b
      copydesk serve
      copydesk serve --data /srv/copydesk --no-ui
    """
    from flows.memory import settle_for_months

    settle_for_months()
    settings = Place(data, config).settings()
    from flows.journal import Journal

    with Journal(settings.log_format, settings.log_level).taking_words():
        console.say(f"data folder {settings.data}; starting{'' if no_ui else ' Prefect'}, which takes some seconds")
    from flows.serve import serve

    ctx.exit(serve(settings, with_prefect=not no_ui))
