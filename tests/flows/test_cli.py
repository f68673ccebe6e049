"""The command as a person at a terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from small_desk import article, land, rows

from flows.cli import COMMANDS

Run = Callable[..., Result]


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")

    assert result.exit_code == 0
    assert [name for name in COMMANDS if name not in result.output] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example_and_takes_data_and_config(run: Run, name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0, result.output
    assert f"  copydesk {name}" in result.output
    if name not in ("quarantine", "watchlist", "lines"):  # groups: their commands take them
        assert "--data DIR" in result.output
        assert "--config FILE" in result.output


@pytest.mark.parametrize(
    ("group", "name"),
    [
        *(("quarantine", name) for name in ("list", "show", "replay")),
        *(("lines", name) for name in ("count", "list", "versions")),
    ],
)
def test_each_command_of_a_group_takes_data_and_config(run: Run, group: str, name: str) -> None:
    result = run(group, name, "--help")

    assert "--data DIR" in result.output
    assert "--config FILE" in result.output


def test_an_unknown_command_is_wrong_use(run: Run) -> None:
    assert run("ingset").exit_code == 2


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").output.startswith("copydesk ")


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
    land(tmp_path / "data", rows())

    result = run("report")

    assert result.exit_code == 0, result.output
    assert Path(result.stdout.strip()).read_text(encoding="utf-8").startswith("<!")


def test_the_audit_of_a_whole_warehouse_finds_nothing(run: Run, warehouse: Path) -> None:
    result = run("audit", "--json", "--data", warehouse)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["is_clean"]


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
    land(root, rows())
    other = {**article(article_id="c" * 32, document_id="c" * 32, position=2)}
    land(root, {"articles": [other]})

    first, second = run("compact"), run("compact")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "2 of articles" in first.stderr
    assert "nothing to merge" in second.stderr
    assert json.loads(run("status", "--json").stdout)["rows"]["articles"] == 2


def test_a_path_that_does_not_exist_is_wrong_use_and_leaves_no_trace(run: Run, tmp_path: Path) -> None:
    result = run("ingest", "nowhere.txt", "--data", tmp_path / "data")

    assert result.exit_code == 2
    assert "nowhere.txt" in result.stderr
    assert not (tmp_path / "data").exists()
