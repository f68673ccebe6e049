"""Counting the lines that recur at the ends of a source's articles, over all current articles, in DuckDB.

What is counted is the text before repeated lines were taken out: bodies, with the removals of that step put back.
Of copies and versions one counts. Memory is bounded: DuckDB puts what is too much on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa

from warehouse import line_queries as sql
from warehouse.sql_text import string

Place = Literal["head", "foot"]
PLACES: tuple[Place, ...] = ("head", "foot")
MEMORY = "1GB"
ROUNDS = 20
"""A line that is none uncovers others, which count anew; it settles in two or three rounds."""


class LineThresholds(NamedTuple):
    """What a line has to reach to be taken for boilerplate of its source; section `[lines]` of docs/settings.md."""

    min_source_articles: int
    min_articles: int
    min_stories: int
    min_days: int
    min_share: float
    long_share: float
    masthead_share: float
    edge_share: float
    max_lift: float


class Words(NamedTuple):
    """What only the words of a line can say, each as a function."""

    may_stand: Callable[[str, Place], bool]
    """Whether a line may be boilerplate at an end at all."""
    is_long: Callable[[str], bool]
    to_words: Callable[[str], Sequence[str]]
    """The words of a line by which it is known whether the line is about its article."""
    to_line: Callable[[str], str]
    """The line of a body that a removal's text is of."""


class Counted(NamedTuple):
    """What was counted."""

    sources: Sequence[Mapping[str, Any]]
    """Source, articles, first_seen and last_seen of each source with enough articles."""
    lines: pa.Table
    """Columns of `repeated_lines` without the version."""


def count(
    catalog: duckdb.DuckDBPyConnection,
    thresholds: LineThresholds,
    words: Words,
    *,
    known: Iterable[tuple[str, str]] = (),
    spill: Path | None = None,
) -> Counted:
    """Return the repeated lines of every source that has enough articles.

    `known` are (source, line) pairs of the present version: these have to reach half of the counts only, so that a
    line at a threshold does not come and go. `catalog` is a connection of its own, on which temporary tables are made;
    what does not fit into a gigabyte goes to a folder below `spill`.
    Cost: two scans of the bodies; 100,000 of them take benchmarks/repeated_lines.md.
    """
    if spill is not None:
        catalog.execute(f"SET temp_directory = {string(str(spill))}")
    catalog.execute(f"SET memory_limit = '{MEMORY}'")
    values = thresholds._asdict()
    _run(catalog, values, sql.ITEMS, sql.SOURCES, sql.DAYS, sql.REMOVED_TEXTS)
    _translate_removed(catalog, words)
    _run(catalog, values, sql.RECURRING, sql.STANDING, sql.FOUND, sql.OCCURRENCES, sql.MASTHEADS, sql.ENDS)
    _judge(catalog, words, frozenset(known))
    _settle(catalog, values)
    _run(catalog, values, sql.LIFTS, sql.DROP_TOPICAL)
    _settle(catalog, values)
    sources = catalog.execute(sql.SOURCE_ROWS).fetchall()
    names = ("source", "articles", "first_seen", "last_seen")
    lines = catalog.sql(sql.RESULT).to_arrow_table()
    return Counted([dict(zip(names, row, strict=True)) for row in sources], lines)


def _run(catalog: duckdb.DuckDBPyConnection, values: Mapping[str, object], *statements: str) -> None:
    """Run statements, each with the values that it names; DuckDB refuses others."""
    for statement in statements:
        catalog.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})


def _translate_removed(catalog: duckdb.DuckDBPyConnection, words: Words) -> None:
    """Say of each text that was removed which line it is of."""
    texts = [text for (text,) in catalog.execute("SELECT DISTINCT text FROM removed_texts").fetchall()]
    _put(catalog, "printed", {"text": texts, "line": [words.to_line(text) for text in texts]})


def _judge(catalog: duckdb.DuckDBPyConnection, words: Words, known: frozenset[tuple[str, str]]) -> None:
    """Say of each line what its words allow."""
    rows = catalog.execute("SELECT id, source, line FROM found ORDER BY id").fetchall()
    lines = [line for _, _, line in rows]
    columns: dict[str, list[Any]] = {
        "id": [id_ for id_, _, _ in rows],
        "is_known": [(source, line) in known for _, source, line in rows],
        "is_long": [words.is_long(line) for line in lines],
        "words": [list(words.to_words(line)) for line in lines],
        **{place: [words.may_stand(line, place) for line in lines] for place in PLACES},
    }
    _put(catalog, "candidates", columns)


def _settle(catalog: duckdb.DuckDBPyConnection, values: Mapping[str, object]) -> None:
    """Leave only the lines that stand at an end of their articles, with nothing but such lines outside them."""
    left = None
    for _ in range(ROUNDS):
        _run(catalog, values, sql.RUNS, sql.STATS, sql.KEPT, sql.LEAVE_KEPT)
        now = catalog.execute("SELECT count(*) FILTER (head), count(*) FILTER (foot) FROM candidates").fetchall()
        if now == left:
            return
        left = now


_TYPES: Mapping[str, pa.DataType] = {
    "id": pa.int64(),
    "words": pa.list_(pa.string()),
    **dict.fromkeys(("text", "line"), pa.string()),
    **dict.fromkeys(("is_known", "is_long", *PLACES), pa.bool_()),
}


def _put(catalog: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Make a temporary table of columns."""
    table = pa.table({key: pa.array(cells, _TYPES[key]) for key, cells in columns.items()})
    catalog.register("given", table)
    catalog.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
    catalog.unregister("given")
