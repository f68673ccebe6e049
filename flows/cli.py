"""The command `copydesk`: its list of commands, and what happens when one of them ends badly.

Nothing is imported here that `--help` and `sql` do not need; each command lives in a module of `flows.commands`.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

import click

from flows import console, errors, foreign_errors

COMMANDS: Mapping[str, str] = {
    "demo": "Ingest the samples into a fresh warehouse and show what became of them.",
    "ingest": "Ingest files and folders now; the inbox when none is named.",
    "serve": "Watch the inbox and ingest on arrival; schedules and pages included.",
    "sql": "Query the warehouse.",
    "status": "Say what the warehouse holds, or what became of one file.",
    "audit": "Prove that no document is missing and every file is whole.",
    "watchlist": "Watch for phrases in all that lands: try, check and list watchlists.",
    "quarantine": "List, show and replay what may not land.",
    "reprocess": "Make articles anew by today's rules and line table.",
    "lines": "Count the lines that recur in a source's articles, and list them.",
    "report": "Build the data-quality report.",
    "export": "Hand data on: a self-contained copy of the tables.",
    "backup": "Copy the warehouse while it is in use.",
    "compact": "Merge small files and drop what is out of date.",
    "doctor": "Check the installation and the data folder.",
}
"""Every command with its line in `copydesk --help`, in the order a newcomer meets them."""


class CommandList(click.Group):
    """The group of all commands; imports the module of the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"flows.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; end with the exit code and the words that its errors call for."""
        try:
            return super().invoke(ctx)
        except errors.CopydeskError as error:
            console.say_error(error)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            console.say("\ninterrupted")
            ctx.exit(errors.INTERRUPTED)
        except BrokenPipeError:
            _close_stdout()
            ctx.exit(errors.DONE)
        except foreign_errors.types() as error:
            explained = foreign_errors.explain(error, "the data folder")
            console.say_error(explained)
            ctx.exit(explained.exit_code)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from flows.version import version

        click.echo(f"copydesk {version()}")
        ctx.exit()


@click.group(cls=CommandList, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say which version this is."
)
def cli() -> None:
    """Copydesk: article files in, checked tables out.

    Files that land in the inbox become rows in Parquet tables: cleaned, deduplicated, taken apart into fields and
    checked. What fails a check waits in quarantine with its reason.

    \b
      copydesk demo                              see all of it in half a minute
      copydesk ingest articles/                  take in a folder of files
      copydesk sql "SELECT headline FROM articles"
    """


_HEAVY = frozenset({"great_expectations", "prefect"})


def main() -> None:
    """Run the command as the shell called it."""
    _write_anything()
    try:
        cli(prog_name="copydesk")
    except KeyboardInterrupt:
        _leave(errors.INTERRUPTED)
    except SystemExit as end:
        _leave(end.code)


def _leave(code: str | int | None) -> None:
    """End the process; where heavy engines were loaded at once, without the 1 to 2 s that taking them down costs.

    Commands have closed, drained and ended by then whatever they had opened or started.
    """
    if isinstance(code, str) or _HEAVY.isdisjoint(sys.modules):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code or 0)


def _write_anything() -> None:
    """Let no character that a terminal's encoding lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _close_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain of a reader that left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
