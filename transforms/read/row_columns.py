"""Columns of rows: which column of a stranger's table is which of ours.

Names are those below and those of `transforms.read.columns`; settings stand before both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from transforms.read.columns import SYNONYMS, Given, find_column, to_key
from transforms.settings import TransformSettings

HTML = "html"
"""Stands among our columns for one that holds a web page or a piece of one."""

Row = Mapping[str, Given]

BODY_NAMES = (
    "body", "text", "content", "article_body", "maintext", "main_text", "plaintext", "plain_text", "full_text",
    "fulltext", "article_text", "body_text", "content_text", "story", "raw_text",
)  # fmt: skip
"""Names of the article's text, the cleanest first: trafilatura's `raw_text` stands beside its `text`."""
HTML_NAMES = (
    HTML, "raw_html", "page_html", "html_content", "content_html", "body_html", "article_html", "page_source",
    "html_text",
)  # fmt: skip
NESTED_NAMES = frozenset({"metadata", "meta", "attributes", "extra", "article", "fields", "html"})
"""Objects inside a row whose keys are columns too (datatrove, dolma; of fundus `html` holds the address)."""

_LAST = 1_000
_MAX_NAME_CHARS = 200
"""A longer key names no column."""
_RANKS = {name: rank for rank, name in enumerate(SYNONYMS, 1)}
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PARAGRAPH = "\n\n"


class Column(NamedTuple):
    """A key of a row, with the column of ours that it fills."""

    column: str
    key: str
    given: Given


def find_columns(row: Row, settings: TransformSettings) -> Iterator[Column]:
    """Yield what a row fills, each column of ours once, by the name that is preferred for it."""
    best: dict[str, tuple[int, Column]] = {}
    for key, given in flat(row):
        value = _to_body(given) if is_text_name(key, settings) else given
        column, rank = _find(key, value, settings)
        if column is None or _is_absent(value):
            continue
        if column not in best or rank < best[column][0]:
            best[column] = (rank, Column(column, key, value))
    yield from (best[column][1] for column in sorted(best))


def is_text_name(key: str, settings: TransformSettings) -> bool:
    """Return whether a column of this name holds the article's text or page."""
    return _find(key, None, settings)[0] in ("body", HTML)


def _find(key: str, given: Given, settings: TransformSettings) -> tuple[str | None, int]:
    """Return the column that a key of a row fills, and its rank among the names for it, the lowest first."""
    own = settings.columns.get(key)
    if own is not None:
        return own, -1
    column, rank = _known(key) if len(key) <= _MAX_NAME_CHARS else (None, 0)
    if column == "source" and isinstance(given, str) and _WEB_ADDRESS.match(given):
        return "url", rank + _LAST
    return column, rank


@lru_cache(maxsize=4096)
def _known(key: str) -> tuple[str | None, int]:
    """Return the column that is known by a name, and the name's rank; tables have few names and many rows."""
    word = to_key(key.rpartition(".")[2])
    nested = 2 * _LAST if "." in key else 0
    if word in BODY_NAMES:
        return "body", BODY_NAMES.index(word) + nested
    if word in HTML_NAMES:
        return HTML, HTML_NAMES.index(word) + nested
    column = find_column(word)
    return column, (0 if column == word else _RANKS.get(word, _LAST)) + nested


def flat(row: Row) -> Iterator[tuple[str, Given]]:
    """Yield keys and values of a row; those of an object inside it that describes the article as `metadata.url`."""
    for key, given in row.items():
        if isinstance(given, Mapping) and len(key) <= _MAX_NAME_CHARS and to_key(key) in NESTED_NAMES:
            yield from ((f"{key}.{inner}", value) for inner, value in given.items())
        else:
            yield key, given


def _to_body(given: Given) -> Given:
    """Return text given as paragraphs, or as fundus gives it (summary and sections of paragraphs), as one text."""
    if isinstance(given, Mapping):
        given = list(_paragraphs(given))
    if isinstance(given, list | tuple):
        return _PARAGRAPH.join(each for each in given if isinstance(each, str) and each.strip())
    return given if isinstance(given, str) else None


def _paragraphs(body: Mapping[str, Given]) -> Iterator[str]:
    for key in ("summary", "headline", "paragraphs", "sections"):
        given = body.get(key)
        for each in given if isinstance(given, list) else ():
            if isinstance(each, str):
                yield each
            elif isinstance(each, Mapping) and key == "sections":
                yield from _section(each)


def _section(section: Mapping[str, Given]) -> Iterator[str]:
    for key in ("headline", "paragraphs"):
        given = section.get(key)
        yield from (each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str))


def _is_absent(given: Given) -> bool:
    return given is None or (isinstance(given, str) and given.strip() in ("", "null", "NULL", "None", "nan", "NaN"))
