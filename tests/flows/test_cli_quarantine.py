"""`copydesk quarantine`, over a small warehouse that was landed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from small_desk import assert_tame

Run = Callable[..., Result]


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
