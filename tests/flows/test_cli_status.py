"""`copydesk status`, over a small warehouse that was landed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from small_desk import FILE, GOOD, assert_tame

Run = Callable[..., Result]


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
