"""SQL text: names, strings and file lists as DuckDB reads them, whatever characters a folder or a person's name has."""

from __future__ import annotations

import re
from collections.abc import Iterable

_GLOB_CHARACTER = re.compile(r"[\[*?]")


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> str:
    """Return `names` as quoted SQL identifiers, separated by commas."""
    return ", ".join(identifier(name) for name in names)


def string(text: str) -> str:
    """Return `text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def file_list(paths: Iterable[str]) -> str:
    """Return `paths` as the list literal that `read_parquet` takes; each stands for itself and is no pattern.

    A folder `data[1]` would otherwise be looked up as `data1`.
    """
    return "[" + ", ".join(string(_GLOB_CHARACTER.sub(r"[\g<0>]", path)) for path in paths) + "]"
