"""Tables and words of the report: columns with a kind, cut to a length that a page can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from flows.markup import Child, Markup, element

ROWS_SHOWN = 40
"""More rows than fill a screen are read in report.json."""
TEXT_SHOWN_CHARS = 300

Kind = Literal["text", "name", "word", "number", "wide", "fill"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report table: a long `name` is cut, a `word` does not break, a `wide` one has room for a bar."""

    title: str
    kind: Kind = "text"


def table(columns: Sequence[Column], rows: Sequence[Sequence[Child]], *, limit: int = ROWS_SHOWN) -> Markup:
    """Return the first `limit` rows as a table, and a line that says how many more there are."""
    head = element(
        "tr", {}, *(element("th", {"class": column.kind, "scope": "col"}, column.title) for column in columns)
    )
    body = [_row(columns, row) for row in rows[:limit]]
    drawn = element("table", {}, element("thead", {}, head), element("tbody", {}, *body))
    more = len(rows) - limit
    rest = element("p", {"class": "note"}, f"{more:,} more rows are in report.json.") if more > 0 else None
    return element("div", {"class": "scroll"}, drawn, rest)


def _row(columns: Sequence[Column], row: Sequence[Child]) -> Markup:
    cells = (element("td", {"class": column.kind}, cell) for column, cell in zip(columns, row, strict=True))
    return element("tr", {}, *cells)


def badge(word: str) -> Markup:
    """Return a severity or status as a small label."""
    return element("span", {"class": f"badge {word}"}, word)


def code(text: str) -> Markup:
    """Return a name that can be typed in a query."""
    return element("code", {}, text)


def count(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


def percent(share: float) -> str:
    """Return a share as a percentage that says 100 and 0 only when it is exact."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %".replace(".0 %", " %")


def moment(instant: datetime | None) -> str:
    """Return an instant in UTC to the second; a dash when there is none."""
    return "–" if instant is None else f"{instant:%Y-%m-%d %H:%M:%S}"


def age(instant: datetime | None, now: datetime) -> str:
    """Return how long ago an instant was, in its largest unit; a dash when there is none."""
    if instant is None:
        return "–"
    seconds = max((now - instant).total_seconds(), 0)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def duration(seconds: float | None) -> str:
    """Return a duration in seconds or minutes; a dash when it is not over."""
    if seconds is None:
        return "–"
    return f"{seconds:.2f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def shortened(text: str | None) -> str:
    """Return text in one line and at most TEXT_SHOWN_CHARS long."""
    line = " ".join((text or "").split())
    return line if len(line) <= TEXT_SHOWN_CHARS else f"{line[: TEXT_SHOWN_CHARS - 1]}…"


def file_name(file_uri: str) -> Markup:
    """Return the last part of a file's address, with the whole address as its title."""
    name = unquote(PurePosixPath(urlsplit(file_uri).path).name, errors="replace")
    return element("span", {"title": file_uri}, name or file_uri)
