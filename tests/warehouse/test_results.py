"""Results: every format, with the values that break careless ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse import results
from warehouse.answers import ask

AWKWARD = """
SELECT NULL AS nothing, '' AS empty, 'a,"b"
c' AS marks, '日本語 é 𝄞' AS script, [1, NULL] AS list, {'name': 'Ann, Lee', 'roles': ['x']} AS struct,
TIMESTAMP '2024-03-10 09:30:00' AS instant, DATE '2024-03-10' AS day, 1.50::DECIMAL(9, 2) AS price, true AS yes,
'\\x41\\xFF'::BLOB AS raw, 170141183460469231731687303715884105727::HUGEINT AS huge, 'nan'::DOUBLE AS nan,
TIMESTAMPTZ '2024-03-10 09:30:00+00' AS zoned, INTERVAL 3 DAY AS span
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def written(connection: duckdb.DuckDBPyConnection, sql: str, format_: results.Format, *, width: int = 120) -> str:
    answer = ask(connection, sql)
    assert answer is not None
    out = io.StringIO()
    results.write_result(answer, format_, out, width=width)
    return out.getvalue()


def test_json_lines_hold_every_value(connection: duckdb.DuckDBPyConnection) -> None:
    assert json.loads(written(connection, AWKWARD, "jsonl")) == {
        "nothing": None,
        "empty": "",
        "marks": 'a,"b"\nc',
        "script": "日本語 é 𝄞",
        "list": [1, None],
        "struct": {"name": "Ann, Lee", "roles": ["x"]},
        "instant": "2024-03-10 09:30:00",
        "day": "2024-03-10",
        "price": 1.5,
        "yes": True,
        "raw": "A\\xFF",
        "huge": 170141183460469231731687303715884105727,
        "nan": None,
        "zoned": "2024-03-10 09:30:00+00",
        "span": "3 days",
    }


@pytest.mark.parametrize("count", [0, 1, 2, 2500])
def test_json_is_one_array_of_all_rows(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    text = written(connection, f"SELECT range AS x FROM range({count})", "json")

    assert json.loads(text) == [{"x": number} for number in range(count)]


def test_json_text_is_not_escaped_beyond_need(connection: duckdb.DuckDBPyConnection) -> None:
    assert written(connection, "SELECT 'Übermorgen' AS x", "jsonl") == '{"x":"Übermorgen"}\n'


def test_csv_holds_every_value_and_tells_null_from_empty(connection: duckdb.DuckDBPyConnection) -> None:
    text = written(connection, AWKWARD, "csv")

    header, row = list(csv.reader(io.StringIO(text)))
    assert text.split("\n")[1].startswith(',"",')
    assert dict(zip(header, row, strict=True)) == {
        "nothing": "",
        "empty": "",
        "marks": 'a,"b"\nc',
        "script": "日本語 é 𝄞",
        "list": "[1,null]",
        "struct": '{"name":"Ann, Lee","roles":["x"]}',
        "instant": "2024-03-10 09:30:00",
        "day": "2024-03-10",
        "price": "1.50",
        "yes": "true",
        "raw": "A\\xFF",
        "huge": "170141183460469231731687303715884105727",
        "nan": "nan",
        "zoned": "2024-03-10 09:30:00+00",
        "span": "3 days",
    }


def test_csv_is_read_back_by_duckdb_as_it_was(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sql = "SELECT i AS n, CASE i WHEN 1 THEN NULL WHEN 2 THEN '' ELSE 'x,\"' || chr(10) END AS t FROM range(5) r(i)"
    answer = ask(connection, sql)
    assert answer is not None
    results.write_result(answer, "csv", tmp_path / "out.csv")

    back = connection.execute(f"FROM read_csv('{tmp_path / 'out.csv'}', allow_quoted_nulls = false) ORDER BY n")

    assert back.fetchall() == connection.execute(sql).fetchall()


def test_a_result_without_rows_is_a_header_in_csv_and_nothing_in_json_lines(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert written(connection, "SELECT 1 AS a, 2 AS b WHERE false", "csv") == "a,b\n"
    assert written(connection, "SELECT 1 AS a WHERE false", "jsonl") == ""
    assert written(connection, "SELECT 1 AS a WHERE false", "json") == "[]\n"


def test_parquet_keeps_types(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    answer = ask(connection, "SELECT [1, 2] AS list, TIMESTAMP '2024-03-10' AS instant, NULL::BIGINT AS nothing")
    assert answer is not None

    results.write_result(answer, "parquet", tmp_path / "o'ut.parquet")

    table = pq.read_table(tmp_path / "o'ut.parquet")
    assert [str(field.type) for field in table.schema] == ["list<element: int32>", "timestamp[us]", "int64"]
    assert table["list"].to_pylist() == [[1, 2]]


def test_parquet_is_not_shown_on_a_terminal(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(results.OutputNeeded, match="--output"):
        written(connection, "SELECT 1", "parquet")


@pytest.mark.parametrize("format_", [name for name in results.FORMATS if name != "table"])
def test_a_file_is_written_whole_or_not_at_all(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, format_: results.Format
) -> None:
    target = tmp_path / "out"
    target.write_text("before")
    answer = ask(connection, "SELECT CASE WHEN i = 4000 THEN error('no') ELSE 'fine' END AS x FROM range(5000) r(i)")
    assert answer is not None

    with pytest.raises(duckdb.Error, match="no"):
        results.write_result(answer, format_, target)

    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_rows_keep_their_order(connection: duckdb.DuckDBPyConnection, format_: results.Format) -> None:
    sql = "SELECT i FROM range(100000) r(i) ORDER BY hash(i)"

    lines = written(connection, sql, format_).splitlines()

    numbers = [int(line.strip('{}"i:')) for line in lines if line != "i"]
    assert numbers == [number for (number,) in connection.execute(sql).fetchall()]


def test_a_table_is_aligned_and_numbers_stand_to_the_right(connection: duckdb.DuckDBPyConnection) -> None:
    text = written(connection, "FROM (VALUES ('ap', 7), ('日本', 1234), (NULL, NULL)) AS t(source, articles)", "table")

    assert text.splitlines() == [
        "source  articles",
        "──────  ────────",
        "ap             7",
        "日本        1234",
        "NULL        NULL",
    ]


def test_a_long_table_says_that_it_is_cut(connection: duckdb.DuckDBPyConnection) -> None:
    lines = written(connection, "FROM range(501)", "table").splitlines()

    assert len(lines) == 2 + 500 + 1
    assert "--format csv" in lines[-1]
    assert "--format" not in written(connection, "FROM range(500)", "table")


def test_a_plan_is_shown_as_it_is_drawn(connection: duckdb.DuckDBPyConnection) -> None:
    text = written(connection, "EXPLAIN SELECT 1", "table")

    assert len(text.splitlines()) > 3
    assert "explain_value" not in text


def test_no_format_needs_pytz_for_zoned_instants(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pytz", None)

    for format_ in ("table", "csv", "json", "jsonl"):
        assert "2024-03-10" in written(connection, "SELECT TIMESTAMPTZ '2024-03-10 09:30:00+00' AS x", format_)
