"""docs/using-the-tables.md: every command and snippet is run as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from fake_lake import FakeLake, article

from warehouse.ledger import Ledger, add_lake_files, advance

DOCUMENT = Path(__file__).parents[2] / "docs" / "using-the-tables.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^\$ (.*)$", TEXT, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a published warehouse of one article in `data`."""
    lake = FakeLake(tmp_path / "data")
    ledger = Ledger(lake.root)
    lake.add("articles", article("a", headline="A flood"))
    lake.add("removals", {"article_id": "a", "ordinal": 0, "step": "rights", "reason": "r", "run_id": "run-1"})
    with ledger.writing() as connection:
        add_lake_files(connection, lake.files)
        advance(connection, 1, "run-1", datetime(2024, 3, 10, tzinfo=UTC))
    ledger.close()
    lake.publish(1)
    return tmp_path


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_runs(folder: Path, snippet: str) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], cwd=folder, capture_output=True, text=True, check=False
    )

    assert run.stderr == ""
    assert run.returncode == 0


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("copydesk sql ")])
def test_a_command_runs(folder: Path, command: str) -> None:
    words = shlex.split(command)[1:]

    run = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert "--output" in words or run.stdout != ""


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("duckdb ")])
def test_duckdbs_own_command_runs(folder: Path, command: str) -> None:
    """Where there is no such command the same statement is asked of the library, by a plain read-only open."""
    _, option, file, statement = shlex.split(command)
    assert option == "-readonly"

    if shutil.which("duckdb"):
        run = subprocess.run(
            ["duckdb", option, file, statement], cwd=folder, capture_output=True, text=True, check=True
        )
        assert "A flood" in run.stdout
    else:
        with duckdb.connect(str(folder / file), read_only=True) as connection:
            assert connection.execute(statement).fetchall() == [("A flood", "unknown")]


def test_every_way_in_has_its_snippet() -> None:
    assert len(SNIPPETS) == 3
    assert {command.split()[0] for command in COMMANDS} == {"copydesk", "duckdb"}
