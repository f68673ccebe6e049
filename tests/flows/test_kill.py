"""kill -9 at drawn moments: nothing is lost, doubled or torn."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ROUNDS = 10


@pytest.mark.slow
def test_ten_killed_runs_lose_double_and_tear_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)  # its functions run in processes of their own, which import it by name
    kill = importlib.import_module("kill")

    outcome = kill.torment(tmp_path, ROUNDS, seed=7)

    assert outcome.faults == []
    assert outcome.articles == ROUNDS * kill.FILES_PER_ROUND
    assert outcome.polls > ROUNDS
    assert outcome.killed_at["done"] + outcome.killed_at["start"] <= ROUNDS / 2, "most were to die at work"
