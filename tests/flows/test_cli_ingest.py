"""`copydesk ingest` in processes of their own; without Prefect, which has tests of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROGRAM = "from flows.cli import main; main()"
STORY = "Harbour reopens after the storm\n\nThe harbour of Port Elms opened again on Friday morning.\n\n" + (
    "Ships that had waited outside for two days came in with the first tide, the harbour master said.\n\n" * 3
)
FIRST_SIGN_SECONDS = 0.5
BUSY = 4
"""How many times slower than an idle machine the one may be that runs the tests."""


def ingest(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, "ingest", "--direct", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_files_and_folders_are_taken_in_and_the_row_is_printed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.txt").write_text(STORY)
    (tmp_path / "empty.txt").write_bytes(b"")

    done = ingest("folder", "empty.txt", "--json", "--data", "D", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["status"], row["files"], row["articles"], row["quarantined"]) == ("done", 2, 1, 1)
    assert row["trigger"] == "manual"
    assert row["flow_run_id"] is None


def test_what_waits_is_replayed_and_what_still_fails_goes_on_waiting(tmp_path: Path) -> None:
    (tmp_path / "dashes.txt").write_text("-" * 300)
    ingest("dashes.txt", "--data", "D", cwd=tmp_path)

    command = [sys.executable, "-c", PROGRAM, "quarantine", "replay", "--json", "--data", "D"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["trigger"], row["status"], row["articles"]) == ("replay", "done", 0)


def test_without_a_path_the_inbox_is_taken_and_then_nothing_is_new(tmp_path: Path) -> None:
    inbox = tmp_path / "data" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "one.txt").write_text(STORY)

    first, second = ingest(cwd=tmp_path), ingest(cwd=tmp_path)

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout == second.stdout == ""
    assert "1  articles landed" in first.stderr
    assert "nothing new" in second.stderr


def test_ctrl_c_ends_with_130_and_the_next_run_takes_the_files(tmp_path: Path) -> None:
    cwd = tmp_path / "in"
    cwd.mkdir()
    for number in range(60):
        (cwd / f"{number}.txt").write_text(STORY.replace("Friday", f"Friday {number}"))
    command = [sys.executable, "-c", PROGRAM, "ingest", "--direct", ".", "--data", "../D"]
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stderr is not None
        assert process.stderr.readline().strip()
        first_sign_seconds = time.monotonic() - start
        while "reading" not in (line := process.stderr.readline()):
            assert line, "the run ended before it read anything"
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()

    again = ingest(".", "--json", "--data", "../D", cwd=cwd)

    assert first_sign_seconds < FIRST_SIGN_SECONDS * BUSY
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["articles"] == 60
