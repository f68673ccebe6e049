"""docs/formats.md: what is read, and how columns of tables are understood, written from READERS and CONTAINERS."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from transforms.read import CONTAINERS, READERS
from transforms.read.columns import SYNONYMS
from transforms.read.row_columns import BODY_NAMES, HTML, HTML_NAMES, NESTED_NAMES

COMMAND = "python -m transforms.read.formats_page docs/formats.md"

_INTRODUCTION = f"""\
# Formats

<!-- Written by `{COMMAND}`; a test fails when this page and the readers differ. -->

A file's first bytes say what it is; only where they don't, its name does.
Containers are asked first: each file inside is read like one outside.
Its place in them stands in `documents.member`.
Then the readers are asked in this order, and the first that knows the file takes it.
"""

_PRESS = """\

`nexis`, `factiva` and `europresse` follow the labels, codes and classes that public parsers of these exports describe.
Their samples were written for Copydesk: no real export was at hand, so try one before you trust many.
Other Word and rich-text documents go to quarantine as `read.unknown_format`.
"""

_ARCHIVES = """\
Names of members are data, never paths: nothing is written anywhere by a name from an archive.
`x.json` beside `x.txt`, and `metadata.csv` in a folder, say of members what they say of files in an inbox.
Folders, links, hidden files, pictures and what systems leave behind are `skipped` with their reason.
Of an archive that is cut or damaged the whole members land, and one quarantine row says at which byte the rest begins.
"""

_COLUMNS = """\
## Columns of tables

Files with one article per row (`delimited`, `json_rows`, `columnar`) may call their columns by our names or by these.
Case, hyphens, spaces and underscores make no difference: `datePublished` and `Date-published` are one name.
Of several columns for one of ours the first in this table stands that is not empty.
A key `columns` in copydesk.toml, or in a file of `sources/`, stands before this table:
`columns = {"Volltext" = "body"}`.
"""


def main(arguments: Sequence[str]) -> None:
    """Write the page to the file that the one argument names; print it without one."""
    if arguments:
        Path(arguments[0]).write_text(page(), encoding="utf-8")
    else:
        print(page())


def page() -> str:
    """Return the page."""
    readers = _table(("format", "what it is"), ((each.format, _about(each.split)) for each in READERS))
    containers = _table(("format", "what it is"), ((each.format, _about(each.members)) for each in CONTAINERS))
    columns = _table(("our column", "other names"), _columns())
    nested = ", ".join(f"`{name}`" for name in sorted(NESTED_NAMES))
    return "\n".join(
        (
            _INTRODUCTION,
            "## Readers\n",
            readers,
            _PRESS,
            "## Containers\n",
            containers,
            "",
            _ARCHIVES,
            _COLUMNS,
            columns,
            f"\nKeys of the objects {nested} inside a row count as columns, too.\n",
        )
    )


def _about(function: object) -> str:
    """Return the first line of the docstring of the module that a function is in."""
    return str(inspect.getdoc(inspect.getmodule(function)) or "").partition("\n\n")[0].replace("\n", " ")


def _columns() -> Iterable[tuple[str, str]]:
    names: dict[str, list[str]] = {"body": list(BODY_NAMES), HTML: list(HTML_NAMES)}
    for name, column in SYNONYMS.items():
        if column not in ("body", HTML):
            names.setdefault(column, []).append(name)
    for column, others in names.items():
        yield column, ", ".join(f"`{name}`" for name in others if name != column)


def _table(head: Sequence[str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| `{name}` | {text} |" for name, text in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
