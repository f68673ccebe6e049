"""`copydesk sql`, over a small warehouse that was landed by hand."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from click.testing import Result
from small_desk import EVIL, PROGRAM, assert_tame, shell

from flows.commands import sql
from warehouse import results

Run = Callable[..., Result]


def test_sql_answers_with_a_table(run: Run, warehouse: Path) -> None:
    result = run("sql", "SELECT source, word_count FROM articles", "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert "gazette" in result.stdout
    assert "word_count" in result.stdout


def test_control_characters_of_a_headline_do_not_reach_the_table(run: Run, warehouse: Path) -> None:
    result = run("sql", "SELECT headline FROM articles", "--data", warehouse)

    assert "hits" in result.stdout
    assert_tame(result.stdout)


def test_sql_writes_what_programs_read(run: Run, warehouse: Path) -> None:
    asked = ("sql", "SELECT headline, word_count FROM articles", "--data", warehouse, "--format")

    as_json = json.loads(run(*asked, "json").stdout)
    as_lines = json.loads(run(*asked, "jsonl").stdout)
    as_csv = list(csv.reader(io.StringIO(run(*asked, "csv").stdout)))

    assert as_json == [as_lines] == [{"headline": EVIL, "word_count": 5}]
    assert as_csv == [["headline", "word_count"], [EVIL, "5"]]


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "rows.jsonl"])
def test_the_suffix_of_the_output_decides_the_format(run: Run, warehouse: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name

    assert run("sql", "FROM articles SELECT word_count", "--output", out, "--data", warehouse).exit_code == 0

    back = run("sql", f"SELECT sum(word_count) AS words FROM '{out}'", "--data", warehouse, "--format", "jsonl")
    assert json.loads(back.stdout)["words"] == 5


def test_parquet_without_a_file_is_wrong_use(run: Run, warehouse: Path) -> None:
    result = run("sql", "FROM articles", "--format", "parquet", "--data", warehouse)

    assert result.exit_code == 2
    assert "--output" in result.stderr


def test_a_statement_that_duckdb_refuses_is_told_in_four_parts(run: Run, warehouse: Path) -> None:
    result = run("sql", "SELECT hedline FROM articles", "--data", warehouse)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["what", "where", "why", "what to do"]
    assert "hedline" in result.stderr


def test_nothing_can_be_changed(run: Run, warehouse: Path) -> None:
    result = run("sql", "CREATE TABLE x AS SELECT 1", "--data", warehouse)

    assert result.exit_code == 1
    assert "read-only" in result.stderr


def test_the_past_is_asked_for_by_its_snapshot(run: Run, warehouse: Path) -> None:
    before = run("sql", "SELECT count(*) AS n FROM articles", "--at", 0, "--format", "jsonl", "--data", warehouse)
    later = run("sql", "FROM articles", "--at", 99, "--data", warehouse)

    assert json.loads(before.stdout) == {"n": 0}
    assert later.exit_code == 1
    assert "snapshot 99" in later.stderr


def test_without_a_warehouse_a_newcomer_is_told_what_to_do(run: Run) -> None:
    result = run("sql", "FROM articles")

    assert result.exit_code == 1
    assert "copydesk ingest" in result.stderr


def test_a_statement_may_come_from_stdin(warehouse: Path) -> None:
    result = shell("sql", "-", "--format", "csv", "--data", warehouse, input="SELECT 1 AS one")

    assert result.stdout == "one\n1\n"


def test_a_reader_that_leaves_early_is_no_error(warehouse: Path) -> None:
    program = f"{sys.executable} -c 'from flows.cli import main; main()'"
    query = "SELECT * FROM range(1000000)"
    command = f"{program} sql '{query}' --format csv --data '{warehouse}' | head -1"

    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)

    assert (result.stdout, result.stderr) == ("range\n", "")


def test_ctrl_c_ends_a_query_with_130_and_without_a_traceback(warehouse: Path) -> None:
    query = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "sql", query, "--data", str(warehouse)], stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_until_busy(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()

    assert process.returncode == 130
    assert "Traceback" not in said


def test_formats_are_those_that_the_warehouse_writes() -> None:
    assert sql.FORMATS == results.FORMATS


def _wait_until_busy(pid: int) -> None:
    """Wait until a process has used a second of processor time: by then it computes."""
    process = psutil.Process(pid)
    while sum(process.cpu_times()[:2]) < 1.0:
        os.sched_yield()


@pytest.mark.parametrize("format_", ["table", "csv", "json", "jsonl"])
def test_a_terminal_sees_no_control_character_in_any_format(warehouse: Path, format_: str) -> None:
    ours, theirs = os.openpty()
    command = ["sql", "SELECT headline FROM articles", "--format", format_, "--data", str(warehouse)]

    with os.fdopen(ours, "rb", buffering=0) as terminal:
        subprocess.run([sys.executable, "-c", PROGRAM, *command], stdout=theirs, check=True, timeout=60)
        os.close(theirs)
        shown = terminal.read(100_000).decode()

    assert "hits" in shown
    assert_tame(shown)
