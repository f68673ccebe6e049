"""The demo: the samples in a fresh warehouse, and what is worth seeing of what became of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from flows import console, samples
from flows.errors import WrongUse
from flows.prefect_home import prefect_home
from warehouse.holdings import Row, rows_of

if TYPE_CHECKING:
    import duckdb

FOLDER = "data-demo"
MARK = ".copydesk-demo"
"""File that says a folder was made by the demo, and may be emptied by it."""
QUERIES = (
    (
        "Who delivered, and how much of it was copied?",
        "SELECT source, count(*) AS articles, count(duplicate_of) AS copies FROM articles "
        "GROUP BY source ORDER BY articles DESC, source LIMIT 5",
    ),
    (
        "What did cleaning take away most?",
        "SELECT reason, count(*) AS pieces, sum(length(text))::BIGINT AS characters FROM removals "
        "GROUP BY reason ORDER BY pieces DESC, reason LIMIT 5",
    ),
    (
        "The strike, told in order, without the copies",
        "SELECT published_on, source, headline FROM unique_articles "
        "WHERE body ILIKE '%strike%' AND published_on IS NOT NULL ORDER BY published_on, source LIMIT 6",
    ),
)

_DIRTIEST = (
    "SELECT a.article_id, a.file_uri, a.headline, a.section, [one.name FOR one IN a.info_sources] AS credits, "
    "a.copyright_holder, d.raw, list(DISTINCT r.reason) AS reasons FROM articles a "
    "JOIN documents d USING (document_id) JOIN removals r USING (article_id) "
    "GROUP BY ALL ORDER BY count(*) DESC, a.file_uri"
)
_OUTCOMES = (
    "SELECT file_uri, 'article' AS became, coalesce(headline, '(no headline)') AS of, duplicate_of, quality_flags "
    "FROM articles UNION ALL SELECT r.file_uri, 'repeat', d.file_uri, NULL, NULL FROM repeats r "
    "JOIN documents d USING (document_id) UNION ALL SELECT file_uri, 'quarantined', reason, NULL, NULL "
    "FROM open_quarantine ORDER BY file_uri"
)
_MOVED = ("headline", "section", "credits", "copyright_holder")
_LINES_PER_CELL = 3


class Piece(NamedTuple):
    """A line of a file, what is left of it, and why the rest was taken."""

    line: str
    left: str
    reasons: Sequence[str]


def prepare_folder(root: Path) -> None:
    """Make `root` a fresh data folder with the samples in its inbox.

    What an earlier demo left is removed, but for Prefect's database, which takes ten seconds to make.
    Raises WrongUse for a folder with things in it that no demo made.
    """
    if root.exists() and any(root.iterdir()) and not (root / MARK).exists():
        raise WrongUse(
            "the demo needs a folder of its own",
            str(root),
            "there is something in it that no demo put there",
            "name another folder with --data, or leave the option out",
        )
    for left in root.iterdir() if root.exists() else ():
        if left != prefect_home(root):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).write_text("Made by `copydesk demo`, which empties this folder when it is run again.\n")
    shutil.copytree(samples.path(), root / "inbox", ignore=shutil.ignore_patterns("README*"))


def outcomes(catalog: duckdb.DuckDBPyConnection) -> list[str]:
    """Return one line per file: its name and what became of it."""
    rows = rows_of(catalog, _OUTCOMES)
    files = {
        row["article_id"]: row["file_uri"] for row in rows_of(catalog, "SELECT article_id, file_uri FROM articles")
    }
    return console.aligned((_name(row["file_uri"]), *_outcome(row, files)) for row in rows)


def dirtiest(catalog: duckdb.DuckDBPyConnection, *, columns: int) -> Iterator[list[str]]:
    """Yield the articles from which most kinds of things were taken, as they came beside as they landed."""
    query = "SELECT start_char, end_char, reason FROM removals WHERE article_id = $id ORDER BY start_char"
    for row in _telling(rows_of(catalog, _DIRTIEST)):
        removals = rows_of(catalog, query, {"id": row["article_id"]})
        text = row["raw"].decode("utf-8-sig", "replace")
        yield [
            console.heading(f"{_name(row['file_uri'])}: as it came │ as it landed"),
            *_compared(list(pieces(text, removals)), columns),
            *console.aligned((key, _shown(row[key])) for key in _MOVED if row[key]),
        ]


def _telling(rows: list[Row], *, articles: int = 2) -> Iterator[Row]:
    """Yield the article with most reasons, then the one with most that have not been seen yet, and so on."""
    seen: set[str] = set()
    for _ in range(min(articles, len(rows))):
        best = max(rows, key=lambda row: len(set(row["reasons"]) - seen))
        seen |= set(best["reasons"])
        yield best


def _compared(found: Sequence[Piece], columns: int) -> Iterator[str]:
    """Yield the lines that cleaning touched, and the first of those between that it left alone."""
    untouched = 0
    for piece in found:
        untouched = 0 if piece.reasons else untouched + 1
        if untouched < 2:
            why = f"[{', '.join(piece.reasons)}]" if piece.reasons else ""
            yield from _cells(piece.line, piece.left, why, columns)
        elif untouched == 2:
            yield "  ⋮"


def pieces(text: str, removals: Sequence[Row]) -> Iterator[Piece]:
    """Yield the lines of `text` that are not blank, each without what was removed from it; spans are in `text`."""
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        touching = [row for row in removals if row["start_char"] < end and row["end_char"] > start]
        if line.strip():
            left, at = "", start
            for row in touching:
                left += text[at : max(at, row["start_char"])]
                at = max(at, row["end_char"])
            left += text[at:end] if at < end else ""
            yield Piece(line.strip(), left.strip(), list(dict.fromkeys(row["reason"] for row in touching)))
        start = end


def answers(catalog: duckdb.DuckDBPyConnection, *, command_end: str) -> Iterator[list[str]]:
    """Yield each query as one would type it, with its answer."""
    for question, query in QUERIES:
        rows = rows_of(catalog, query)
        table = console.aligned([list(row.values()) for row in rows], headings=list(rows[0]) if rows else ())
        yield [console.heading(question), f'$ copydesk sql "{query}"{command_end}', *table]


def _outcome(row: Row, files: dict[str, str]) -> tuple[str, str]:
    if row["became"] == "repeat":
        return "repeat", f"of {_name(row['of'])}"
    if row["duplicate_of"] is not None:
        return "copy", f"of {_name(files.get(row['duplicate_of'], '?'))}"
    flags = f"  [{', '.join(row['quality_flags'])}]" if row["quality_flags"] else ""
    return row["became"], row["of"] + flags


def _cells(left: str, right: str, why: str, columns: int) -> list[str]:
    """Return one row of the comparison; long text is cut, reasons never."""
    room = max(20, columns // 2 - 4) * _LINES_PER_CELL
    shown = f"{console.cut(right, max(10, room - len(why) - 10))} {why}".strip() if right else why
    return [f"  {line}" for line in console.beside([console.cut(left, room)], [shown], columns=columns - 2)]


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _name(file_uri: str) -> str:
    return unquote(file_uri.rpartition("/")[2], errors="surrogateescape")
