"""Answers: where a statement ends, and what kinds of columns it gives."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.answers import Column, ask


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'é;' AS x; -- do;ne",
        "SELECT 'é;' AS x /* ; */ ; /* x */ ;",
        "SELECT $$é;$$ AS x;\n\n",
        "-- before;\nSELECT 'é;' AS x -- after;",
        "SELECT 1; SELECT 'é;' AS x;",
    ],
)
def test_a_statement_ends_at_its_semicolon_and_at_no_other(sql: str) -> None:
    with duckdb.connect(":memory:") as connection:
        answer = ask(connection, sql)

        assert answer is not None
        assert answer.select("*").fetchall() == [("é;",)]


def test_an_answer_can_be_read_again() -> None:
    with duckdb.connect(":memory:") as connection:
        answer = ask(connection, "CALL pragma_version()")

        assert answer is not None
        assert answer.select("library_version").fetchall() == answer.select("library_version").fetchall() != []


@pytest.mark.parametrize(
    ("type_", "nested", "number", "float_"),
    [
        ("VARCHAR", False, False, False),
        ("BIGINT", False, True, False),
        ("DOUBLE", False, True, True),
        ("DECIMAL(9,2)", False, True, False),
        ("BIGINT[]", True, False, False),
        ("INTEGER[3]", True, False, False),
        ('STRUCT("a" DOUBLE)', True, False, False),
        ("MAP(VARCHAR, INTEGER)", True, False, False),
        ("TIMESTAMP", False, False, False),
    ],
)
def test_a_column_knows_its_kind(type_: str, nested: bool, number: bool, float_: bool) -> None:
    column = Column("x", type_)

    assert (column.is_nested, column.is_number, column.is_float) == (nested, number, float_)


def test_a_mistake_in_the_statement_is_duckdbs_to_explain() -> None:
    with duckdb.connect(":memory:") as connection, pytest.raises(duckdb.ParserException, match="SELEC"):
        ask(connection, "SELEC 1")
