"""An answer: what a SQL statement of a user gives, before anybody has decided how to write it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.sql_text import identifiers, string

_NESTED_PREFIXES = ("STRUCT(", "MAP(", "UNION(")
_NUMBERS = {
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    *("FLOAT", "DOUBLE"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer; names are distinct: DuckDB calls a second `a` `a_1`."""

    name: str
    type: str

    @property
    def is_nested(self) -> bool:
        """Whether the values are lists, structs or maps."""
        return self.type.endswith("]") or self.type.startswith(_NESTED_PREFIXES)

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.type in _NUMBERS or self.type.startswith("DECIMAL(")

    @property
    def is_float(self) -> bool:
        """Whether NaN and infinity may be among the values."""
        return self.type in ("FLOAT", "DOUBLE")


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that can be read as long as the connection is open."""

    connection: duckdb.DuckDBPyConnection
    source: str
    """What stands after FROM to get the rows."""
    columns: tuple[Column, ...]

    def select(self, expressions: str, *, limit: int | None = None) -> duckdb.DuckDBPyConnection:
        """Return a cursor over `expressions` of each row; the row itself is called `answer`."""
        end = "" if limit is None else f" LIMIT {limit}"
        return self.connection.execute(f"SELECT {expressions} FROM {self.source}{end}")


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> Answer | None:
    """Return the answer to `sql`, or None when its last statement gives no rows; the statements before it are run.

    A SELECT is not run before its rows are read; anything else is. Raises duckdb.Error.
    """
    statements = connection.extract_statements(sql)
    if not statements:
        return None
    for statement in statements[:-1]:
        connection.execute(statement)
    last = statements[-1]
    text = _without_end(last.query)
    if last.type == duckdb.StatementType.SELECT and text:
        # A line of its own: the statement may end in a comment.
        source = f"(\n{text}\n) AS answer"
        columns = _columns(connection.execute(f"SELECT * FROM {source} LIMIT 0"))
        connection.fetchall()  # a result that is not read to its end keeps the connection busy
        return Answer(connection, source, columns)
    connection.execute(last)
    if duckdb.ExpectedResultType.QUERY_RESULT not in last.expected_result_type:
        return None
    return _written_down(connection)


def _without_end(statement: str) -> str:
    """Return one statement up to its semicolon; comments may stand behind it."""
    content = statement.encode()  # tokenize counts bytes
    for offset, kind in duckdb.tokenize(statement):
        if kind == duckdb.token_type.operator and content[offset : offset + 1] == b";":
            return content[:offset].decode().strip()
    return statement.strip()


def _written_down(connection: duckdb.DuckDBPyConnection) -> Answer | None:
    """Return the rows that a statement gave which cannot stand in a FROM: EXPLAIN, CALL, PIVOT."""
    columns = _columns(connection)
    rows = connection.fetchall()
    if [column.name for column in columns] in (["Count"], ["Success"]):
        return None
    values = ", ".join(
        "(" + ", ".join("NULL" if cell is None else string(str(cell)) for cell in row) + ")" for row in rows
    )
    casts = ", ".join(
        f"CAST({name} AS {column.type}) AS {name}"
        for column, name in zip(columns, (identifiers([column.name]) for column in columns), strict=True)
    )
    empty = "(" + ", ".join("NULL" for _ in columns) + ")"
    names = identifiers(column.name for column in columns)
    where = "" if rows else " WHERE false"
    source = f"(SELECT {casts} FROM (VALUES {values or empty}) AS given({names}){where}) AS answer"
    return Answer(connection, source, columns)


def _columns(cursor: duckdb.DuckDBPyConnection) -> tuple[Column, ...]:
    described: Sequence[Sequence[object]] = cursor.description or ()
    return tuple(Column(str(name), str(type_)) for name, type_, *_ in described)
