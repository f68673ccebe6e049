"""Results of a query as people and programs take them: an aligned table, CSV, JSON, JSON lines, Parquet.

DuckDB itself turns the values into text, so that lists, structs and instants read here as they do in DuckDB.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TextIO, get_args

import duckdb

from warehouse.answers import Answer
from warehouse.sql_text import identifier, string
from warehouse.text_table import to_lines

Format = Literal["table", "csv", "json", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
TABLE_ROWS_MAX = 500
"""Rows that the format `table` shows: it holds them all to align them, and nobody reads more."""
_BATCH_ROWS = 1000


class OutputNeeded(ValueError):
    """The format is binary and has to go to a file."""


def write_result(answer: Answer, format_: Format, out: TextIO | Path, *, width: int = 120) -> None:
    """Write the rows of `answer` to `out`; Parquet goes to a path only, and raises OutputNeeded otherwise.

    A file at a path is written whole or not at all.
    `width` is that of the terminal in columns; only the format `table` looks at it.
    """
    if isinstance(out, Path):
        _write_file(answer, format_, out, width)
    elif format_ == "parquet":
        raise OutputNeeded("parquet cannot be shown, because it is a binary format; name a file with --output FILE")
    else:
        _write_text(answer, format_, out, width)


def _write_file(answer: Answer, format_: Format, out: Path, width: int) -> None:
    fresh = unfinished(out)
    try:
        if format_ == "parquet":
            answer.connection.execute(
                f"COPY (SELECT * FROM {answer.source}) TO {string(str(fresh))} (FORMAT parquet, COMPRESSION zstd)"
            )
        else:
            with fresh.open("w", encoding="utf-8", newline="") as file:
                _write_text(answer, format_, file, width)
        os.replace(fresh, out)
    finally:
        fresh.unlink(missing_ok=True)


def unfinished(out: Path) -> Path:
    """Return the name under which this process writes the file at `out` until it is whole."""
    return out.with_name(f".{out.name}.{os.getpid()}.fresh")


def _write_text(answer: Answer, format_: Format, out: TextIO, width: int) -> None:
    match format_:
        case "csv":
            lines = _csv(answer)
        case "json":
            lines = _json_array(answer)
        case "jsonl":
            lines = _json_rows(answer)
        case _:
            lines = _table(answer, width)
    for line in lines:
        out.write(line + "\n")


def _table(answer: Answer, width: int) -> Iterator[str]:
    if [column.name for column in answer.columns] == ["explain_key", "explain_value"]:
        yield from (row[1].rstrip() for row in answer.select("*").fetchall())
        return
    rows = answer.select(_as_text(answer), limit=TABLE_ROWS_MAX + 1).fetchall()
    yield from to_lines(
        [column.name for column in answer.columns],
        rows[:TABLE_ROWS_MAX],
        numbers=[column.is_number for column in answer.columns],
        width=width,
    )
    if len(rows) > TABLE_ROWS_MAX:
        yield f"… more than {TABLE_ROWS_MAX} rows: --format csv or jsonl gives them all"


def _csv(answer: Answer) -> Iterator[str]:
    yield ",".join(_csv_cell(column.name) for column in answer.columns)
    for row in _rows(answer.select(_as_text(answer))):
        yield ",".join(_csv_cell(cell) for cell in row)


def _csv_cell(text: str | None) -> str:
    """Return a cell as RFC 4180 has it; NULL is empty, and an empty string is quoted to be told from it."""
    if text is None:
        return ""
    if text == "" or any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _json_array(answer: Answer) -> Iterator[str]:
    previous = None
    for line in _json_rows(answer):
        yield "[" if previous is None else f" {previous},"
        previous = line
    if previous is None:
        yield "[]"
    else:
        yield f" {previous}"
        yield "]"


def _json_rows(answer: Answer) -> Iterator[str]:
    """Yield each row as a JSON object; numbers that JSON does not have (NaN, infinity) become null."""
    members = ", ".join(
        f"{name} := CASE WHEN isfinite({name}) THEN {name} END" if column.is_float else f"{name} := {name}"
        for column, name in ((column, identifier(column.name)) for column in answer.columns)
    )
    for (line,) in _rows(answer.select(f"CAST(to_json(struct_pack({members})) AS VARCHAR)")):
        yield str(line)


def _as_text(answer: Answer) -> str:
    """Return the select list that gives every column as text: lists and structs as JSON, the rest as DuckDB casts."""
    return ", ".join(
        f"CAST({'to_json' if column.is_nested else ''}({identifier(column.name)}) AS VARCHAR)"
        for column in answer.columns
    )


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[str | None]]:
    while batch := cursor.fetchmany(_BATCH_ROWS):
        yield from batch
