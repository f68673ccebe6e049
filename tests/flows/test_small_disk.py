"""A disk that is full or read-only: the run fails with a word, readers see whole snapshots, nothing is quarantined for
it, and the next run takes the rest. With a real small disk, where the system lets a user mount one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "support" / "small_disk.py"
OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]


def may_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(probe, capture_output=True, timeout=30).returncode == 0


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What happened at the desk with the small disk, by what was tried."""
    folder = tmp_path_factory.mktemp("small")
    if not may_mount(folder):
        pytest.skip("this system lets nobody mount a small disk")
    path = os.pathsep.join([str(SCRIPT.parent), str(SCRIPT.parents[2])])
    done = subprocess.run(
        [*OWN_MOUNTS, sys.executable, str(SCRIPT), str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return {facts["about"]: facts for facts in map(json.loads, done.stdout.splitlines())}


@pytest.mark.slow
def test_on_a_full_disk_the_run_fails_with_what_to_do(told: dict[str, dict[str, Any]]) -> None:
    _, where, why, to_do = told["full"]["error"]

    assert "/disk/" in where or "/data" in where
    assert "No space left on device" in why or "disk is full" in why
    assert "make room" in to_do
    assert told["full"]["unfinished"] == 0, "what cannot be finished takes no room from others"


def test_readers_of_a_full_disk_see_a_whole_snapshot_and_nothing_is_quarantined_for_it(
    told: dict[str, dict[str, Any]],
) -> None:
    articles, documents, receipts = told["full"]["seen"]

    assert articles == documents == receipts >= 8
    assert told["full"]["waiting"] == {}


def test_with_room_again_everything_lands(told: dict[str, dict[str, Any]]) -> None:
    assert told["free again"]["error"] is None
    assert told["free again"]["seen"] == [316, 316, 316]
    assert told["free again"]["waiting"] == {}


def test_a_read_only_disk_ends_the_run_and_the_file_waits(told: dict[str, dict[str, Any]]) -> None:
    assert "let this user write there" in told["read-only"]["error"][3]
    assert told["read-only"]["seen"] == [316, 316, 316]
    assert told["writable again"]["error"] is None
    assert told["writable again"]["seen"] == [317, 317, 317]
    assert told["audit"]["findings"] == []
