"""The analyst views: what people ask of the articles, as SQL files in warehouse/views/, one view or macro each.

Reads text only, so that a command can know whether a catalog is of its own making without starting an engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

VIEWS = (
    "withdrawal_orders",
    "withdrawn_articles",
    "current_articles",
    "unique_articles",
    "longest_articles",
    "version_changes",
    "wire_copies",
    "story_timeline",
    "stories",
    "speakers",
    "same_quotes",
    "disputed_figures",
    "watchlist_hits",
    "source_quality_daily",
    "open_quarantine",
)
"""In the order in which they can be created: a view may use those before it."""
MACROS = ("quotes_by", "story", "preferred_articles")
_SHAPING = ("fields.py", "tables.py", "table_views.py", "catalog.py")


def statement(name: str) -> str:
    """Return the SQL text that creates the view or macro `name`."""
    return files("warehouse").joinpath("views", f"{name}.sql").read_text("utf-8")


NEEDS = {"withdrawal_orders": "withdrawals", "withdrawn_articles": "withdrawals"}
"""Views without rows as long as a table has none. Others ask them: the engine would look for the rows each time."""


def statements(filled: Collection[str]) -> tuple[str, ...]:
    """Return the SQL texts that create all views and macros, in order; `filled` are the tables that have rows."""
    return tuple(
        _without_rows(statement(name)) if NEEDS.get(name, name) not in (name, *filled) else statement(name)
        for name in (*VIEWS, *MACROS)
    )


def _without_rows(text: str) -> str:
    opening, body = text.split(" AS\n", 1)
    return f"{opening} AS\nSELECT * FROM ({body.rstrip().removesuffix(';')}) WHERE false;"


def grain(name: str) -> str:
    """Return what a row of the view or macro `name` is: the first line of its file, without the comment mark."""
    return statement(name).splitlines()[0].removeprefix("-- ")


def signature(name: str) -> str:
    """Return how the macro `name` is called, e.g. `quotes_by(name)`."""
    opening = statement(name).split("CREATE MACRO ", 1)[1]
    return opening[: opening.index(")") + 1]


@cache
def shape() -> str:
    """Return a hash of all that decides which views a catalog has; another release of Copydesk has another."""
    digest = hashlib.sha256()
    for name in _SHAPING:
        digest.update(files("warehouse").joinpath(name).read_bytes())
    for name in (*VIEWS, *MACROS):
        digest.update(statement(name).encode())
    return digest.hexdigest()[:32]
