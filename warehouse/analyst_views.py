"""The analyst views: what people ask of the articles, as SQL files in warehouse/views/, one view or macro each.

Reads text only, so that a command can know whether a catalog is of its own making without starting an engine.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

VIEWS = (
    "current_articles",
    "unique_articles",
    "wire_copies",
    "story_timeline",
    "stories",
    "speakers",
    "same_quotes",
    "disputed_figures",
    "source_quality_daily",
    "open_quarantine",
)
"""In the order in which they can be created: a view may use those before it."""
MACROS = ("quotes_by", "story")
_SHAPING = ("fields.py", "tables.py", "table_views.py", "catalog.py")


def statement(name: str) -> str:
    """Return the SQL text that creates the view or macro `name`."""
    return files("warehouse").joinpath("views", f"{name}.sql").read_text("utf-8")


@cache
def statements() -> tuple[str, ...]:
    """Return the SQL texts that create all views and macros, in order."""
    return tuple(statement(name) for name in (*VIEWS, *MACROS))


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
    for text in statements():
        digest.update(text.encode())
    return digest.hexdigest()[:32]
