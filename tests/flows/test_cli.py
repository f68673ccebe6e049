"""The command as a person at a terminal meets it, over a small warehouse that was landed by hand."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result

from flows.cli import COMMANDS, cli
from flows.commands import sql
from warehouse import catalog, claims, landing, results, tables
from warehouse.landing import Landing, RunEnd
from warehouse.ledger import Ledger
from warehouse.records import Receipt

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
GOOD, BAD = "a" * 32, "b" * 32
FILE = "file:///desk/inbox/one%20file.txt"
EVIL = "Storm \x1b[31mhits\x1b[0m \u202eharbour"

Run = Callable[..., Result]


def _article(**values: Any) -> dict[str, Any]:
    return {
        "article_id": GOOD,
        "document_id": GOOD,
        "file_id": "f" * 32,
        "file_uri": FILE,
        "position": 0,
        "source": "gazette",
        "headline": EVIL,
        "body": "The storm came at dawn.",
        "paragraph_count": 1,
        "word_count": 5,
        "char_count": 23,
        "format": "plain_text",
        "transform_version": "1",
        "lines_version": 0,
        "quality_flags": [],
        **values,
    }


def _rows() -> dict[str, list[dict[str, Any]]]:
    place = {"file_id": "f" * 32, "file_uri": FILE, "source": "gazette"}
    counts = {"documents": 2, "articles": 1, "repeats": 0, "quarantined": 1, "skipped": 0}
    return {
        "files": [
            {
                **place,
                **counts,
                "received_at": NOW.replace(tzinfo=None),
                "status": "partly_quarantined",
                "size_bytes": 99,
            }
        ],
        "documents": [{**place, "document_id": GOOD, "position": 0, "format": "plain_text", "raw": b"raw"}],
        "articles": [_article()],
        "quarantine": [
            {
                **place,
                "document_id": BAD,
                "position": 1,
                "stage": "clean",
                "reason": "clean.no_story_text",
                "detail": "no letter is left \x1b]0;owned\x07",
                "severity": "critical",
                "raw": b"====\x1b[2J\n",
            }
        ],
    }


def land(root: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    ledger = Ledger(root)
    run = claims.begin_run(ledger, "manual", now=NOW, version="1")
    arrived = {name: tables.BY_NAME[name].from_rows(listed) for name, listed in rows.items()}
    receipt = Receipt(FILE, "f" * 32, 99, 0, "[]")
    claims.claim(ledger, run.run_id, [FILE], now=NOW, lease=timedelta(hours=1))
    with landing.committer(ledger):
        landing.land(ledger, Landing(run.run_id, arrived, [receipt], end=RunEnd()), now=NOW)
    run.close()
    catalog.publish(root, ledger.read_snapshot())
    ledger.close()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one article, and one document in quarantine."""
    root = tmp_path_factory.mktemp("desk") / "data"
    land(root, _rows())
    return root


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPYDESK_DATA", raising=False)
    monkeypatch.delenv("COPYDESK_CONFIG", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, [str(one) for one in arguments])


def shell(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    program = "from flows.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


def assert_tame(text: str) -> None:
    assert not set(text) & set("\x1b\x07\u202e"), text


# -- help


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert [name for name in COMMANDS if name not in result.output] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example_and_takes_data_and_config(run: Run, name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0, result.output
    assert f"  copydesk {name}" in result.output
    if name != "quarantine":
        assert "--data DIR" in result.output
        assert "--config FILE" in result.output


@pytest.mark.parametrize("name", ["list", "show", "replay"])
def test_each_way_into_the_quarantine_takes_data_and_config(run: Run, name: str) -> None:
    result = run("quarantine", name, "--help")

    assert "--data DIR" in result.output
    assert "--config FILE" in result.output


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("ingset").exit_code == 2


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").output.startswith("copydesk ")


# -- sql


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
    program = "from flows.cli import main; main()"
    query = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "sql", query, "--data", str(warehouse)], stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_until_busy(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    finally:
        process.kill()

    assert process.returncode == 130
    assert "Traceback" not in said


# -- status


def test_status_counts_what_is_there(run: Run, warehouse: Path) -> None:
    result = run("status", "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert "snapshot 1" in result.stdout
    assert "clean.no_story_text" in result.stdout
    assert "last run: 2024-05-01" in result.stdout


def test_status_says_the_same_to_programs(run: Run, warehouse: Path) -> None:
    told = json.loads(run("status", "--json", "--data", warehouse).stdout)

    assert told["rows"]["articles"] == 1
    assert told["open_quarantine"] == {"clean.no_story_text": 1}
    assert told["last_run"]["status"] == "done"
    assert told["lake_files"] > 0


@pytest.mark.parametrize("named", [FILE, "/desk/inbox/one file.txt", "f" * 32])
def test_a_file_has_receipts_by_path_address_and_id(run: Run, warehouse: Path, named: str) -> None:
    told = json.loads(run("status", named, "--json", "--data", warehouse).stdout)

    assert told["files"][0]["status"] == "partly_quarantined"
    assert told["articles"][0]["article_id"] == GOOD
    assert told["quarantine"][0]["reason"] == "clean.no_story_text"


def test_the_receipts_are_safe_to_print(run: Run, warehouse: Path) -> None:
    result = run("status", FILE, "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert "\\x1b[31mhits" in result.stdout
    assert_tame(result.stdout)


def test_a_file_that_nobody_has_seen_is_told(run: Run, warehouse: Path) -> None:
    result = run("status", "other.txt", "--data", warehouse)

    assert result.exit_code == 1
    assert "copydesk ingest other.txt" in result.stderr


# -- quarantine


def test_the_quarantine_is_listed_with_reason_and_file(run: Run, warehouse: Path) -> None:
    result = run("quarantine", "list", "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert "clean.no_story_text" in result.stdout
    assert "one file.txt" in result.stdout
    assert_tame(result.stdout)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--reason", "clean."), 1),
        (("--reason", "articles."), 0),
        (("--source", "gazette"), 1),
        (("--source", "other"), 0),
        (("--since", "2024-05-01"), 1),
        (("--since", "7d"), 0),
    ],
)
def test_the_quarantine_is_listed_by_reason_source_and_time(
    run: Run, warehouse: Path, options: tuple[str, str], count: int
) -> None:
    assert len(json.loads(run("quarantine", "list", "--json", *options, "--data", warehouse).stdout)) == count


def test_a_time_that_is_none_is_wrong_use(run: Run, warehouse: Path) -> None:
    assert run("quarantine", "list", "--since", "yesterdayish", "--data", warehouse).exit_code == 2


def test_one_quarantined_document_is_shown_by_the_first_digits_of_its_id(run: Run, warehouse: Path) -> None:
    row = json.loads(run("quarantine", "list", "--json", "--data", warehouse).stdout)[0]

    result = run("quarantine", "show", row["quarantine_id"][:8], "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert "====" in result.stdout
    assert_tame(result.stdout)


def test_the_bytes_of_a_quarantined_document_can_be_had_as_they_are(run: Run, warehouse: Path) -> None:
    row = json.loads(run("quarantine", "list", "--json", "--data", warehouse).stdout)[0]

    assert (
        run("quarantine", "show", row["quarantine_id"], "--raw", "--data", warehouse).stdout_bytes == b"====\x1b[2J\n"
    )


def test_an_id_that_nobody_has_is_wrong_use(run: Run, warehouse: Path) -> None:
    assert run("quarantine", "show", "0123", "--data", warehouse).exit_code == 2


# -- doctor, report, audit


def test_the_doctor_looks_at_everything(run: Run, warehouse: Path) -> None:
    result = run("doctor", "--json", "--data", warehouse)

    findings = {finding["about"]: finding for finding in json.loads(result.stdout)}
    assert findings["data folder"]["verdict"] == "ok"
    assert findings["settings"]["verdict"] == "ok"
    assert {"Python", "SQLite", "DuckDB", "disk", "file system", "catalog", "ledger"} <= findings.keys()


def test_the_doctor_finds_a_misspelt_setting(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copydesk.toml").write_text("worker = 3\n")

    result = run("doctor")

    assert result.exit_code == 1
    assert "FAIL  settings" in result.stdout


def test_the_report_is_built_and_its_address_printed(run: Run, tmp_path: Path) -> None:
    land(tmp_path / "data", _rows())

    result = run("report")

    assert result.exit_code == 0, result.output
    assert Path(result.stdout.strip()).read_text(encoding="utf-8").startswith("<!")


def test_the_audit_of_a_whole_warehouse_finds_nothing(run: Run, warehouse: Path) -> None:
    result = run("audit", "--json", "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["is_clean"]


# -- export and compact


@pytest.mark.parametrize(("target", "format_"), [("copy.duckdb", None), ("folder", None), ("folder", "csv")])
def test_an_export_is_made_once_and_again_only_by_force(
    run: Run, warehouse: Path, tmp_path: Path, target: str, format_: str | None
) -> None:
    arguments = ("export", target, "--data", warehouse, *(("--format", format_) if format_ else ()))

    first, second, third = run(*arguments), run(*arguments), run(*arguments, "--force")

    assert [first.exit_code, second.exit_code, third.exit_code] == [0, 2, 0], first.output + third.output
    assert first.stdout.strip() == target
    assert (tmp_path / target).exists()
    assert "--force" in second.stderr


def test_compaction_says_what_it_did_and_changes_no_row(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "data"
    land(root, _rows())
    other = {**_article(article_id="c" * 32, document_id="c" * 32, position=2)}
    land(root, {"articles": [other]})

    first, second = run("compact"), run("compact")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "2 of articles" in first.stderr
    assert "nothing to merge" in second.stderr
    assert json.loads(run("status", "--json").stdout)["rows"]["articles"] == 2


# -- ingest, as far as it is told before anything lands


def test_a_path_that_does_not_exist_is_wrong_use_and_leaves_no_trace(run: Run, tmp_path: Path) -> None:
    result = run("ingest", "nowhere.txt", "--data", tmp_path / "data")

    assert result.exit_code == 2
    assert "nowhere.txt" in result.stderr
    assert not (tmp_path / "data").exists()


def test_formats_are_those_that_the_warehouse_writes() -> None:
    assert sql.FORMATS == results.FORMATS


def _wait_until_busy(pid: int) -> None:
    """Wait until a process has used a second of processor time: by then it computes."""
    process = psutil.Process(pid)
    while sum(process.cpu_times()[:2]) < 1.0:
        os.sched_yield()
