"""Locks are held by processes, not by files."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

from warehouse.locks import acquire, is_held, locked, try_acquire


def _hold(path: str, held: Any) -> None:
    lock = acquire(Path(path))
    held.send("held")
    held.recv()
    lock.release()


def test_a_lock_is_held_by_one_at_a_time_even_within_a_process(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "one"

    with locked(path):
        assert try_acquire(path) is None
        assert is_held(path)

    assert not is_held(path)


def test_asking_whether_a_lock_is_held_neither_takes_nor_makes_it(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_two_who_ask_at_once_do_not_take_each_other_for_the_holder(tmp_path: Path) -> None:
    import fcntl

    path = tmp_path / "one"
    path.touch()

    with path.open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)  # as `is_held` does for a moment

        assert not is_held(path)


def test_releasing_twice_does_not_take_the_lock_from_the_next_holder(tmp_path: Path) -> None:
    first = acquire(tmp_path / "one")
    first.release()
    second = acquire(tmp_path / "one")

    first.release()

    assert is_held(tmp_path / "one")
    second.release()


def test_the_kernel_gives_back_the_lock_of_a_killed_process(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_hold, args=(str(tmp_path / "one"), there))
    process.start()
    try:
        assert here.recv() == "held"
        assert is_held(tmp_path / "one")
    finally:
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()

    assert not is_held(tmp_path / "one")
