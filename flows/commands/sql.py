"""`copydesk sql`: questions to the warehouse."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from flows import console
from flows.commands import interruptible
from flows.commands.options import Place, with_place
from flows.errors import WrongUse

if TYPE_CHECKING:
    from warehouse.results import Format

FORMATS = ("table", "csv", "json", "jsonl", "parquet")
"""As `warehouse.results.FORMATS`, which cannot be had without importing duckdb; a test compares them."""
_WIDE = 200
"""Columns of a table that goes into a file or a pipe, where nobody wants values cut short."""


@click.command("sql")
@click.argument("statement", metavar="STATEMENT")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to write the rows; by default table.")
@click.option("--at", type=int, metavar="SNAPSHOT", help="Ask the warehouse as it was at this snapshot.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, whole or not at all."
)
@with_place
def command(
    statement: str, format_: Format | None, at: int | None, output: Path | None, data: str | None, config: str | None
) -> None:
    """Query the warehouse with DuckDB's SQL; `-` reads the statement from stdin.

    Nothing can be changed, and ingests go on meanwhile. `SHOW TABLES` lists what there is, `DESCRIBE quotes` what a
    table has. By default the suffix of --output decides the format.

    \b
      copydesk sql "SELECT headline, source FROM articles ORDER BY published_on DESC LIMIT 10"
      copydesk sql "FROM quotes_by('Mara Tolland')" --format json
      copydesk sql "FROM removals" --output removals.parquet
    """
    root = Place(data, config).folder()
    asked = sys.stdin.read() if statement == "-" else statement
    chosen: Format = format_ or _format_of(output)
    if chosen == "parquet" and output is None:
        raise WrongUse(
            "Parquet cannot be shown", "option --format parquet", "it is a binary format", "name a file with --output"
        )
    if not asked.strip():
        raise WrongUse("there is nothing to ask", "STATEMENT", "it is empty", 'try copydesk sql "SHOW TABLES"')
    from flows.commands.opened import open_current
    from warehouse import answers, results

    with open_current(root, at=at) as catalog:

        def write() -> None:
            answer = answers.ask(catalog, asked)
            if answer is None:
                console.say("done; the statement gives no rows")
                return
            results.write_result(answer, chosen, output or _stdout(), width=_width())
            if output is not None:
                console.say(f"written to {console.printable(str(output))}")

        interruptible.run(write, clean_up=lambda: _remove_unfinished(output))


def _remove_unfinished(output: Path | None) -> None:
    if output is not None:
        from warehouse import results

        results.unfinished(output).unlink(missing_ok=True)


def _format_of(output: Path | None) -> Format:
    """Return the format that the name of the file asks for: table when it says nothing."""
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    return next((name for name in ("csv", "json", "jsonl", "parquet") if name == suffix), "table")


class _Terminal(io.TextIOBase):
    """A terminal that gets to see no control character of what an article or a vendor wrote."""

    def write(self, text: str) -> int:
        """Write `text`, whose lines are kept and whose other control characters become escapes."""
        sys.stdout.write("\n".join(console.printable(line) for line in text.split("\n")))
        return len(text)


def _stdout() -> TextIO:
    return cast(TextIO, _Terminal()) if sys.stdout.isatty() else sys.stdout


def _width() -> int:
    return shutil.get_terminal_size((_WIDE, 24)).columns if sys.stdout.isatty() else _WIDE
