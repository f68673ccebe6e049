"""When arrivals travel: at once while that is affordable, gathered on a busy day."""

from __future__ import annotations

import random

import pytest

from flows.pace import HOUR, Limits, Pace, Waiting

LIMITS = Limits(runs_per_hour=1_200, gather_seconds=2.0, lone_seconds=5.0, files=500, size_bytes=1_000_000)


def one(since: float) -> Waiting:
    return Waiting(files=1, size_bytes=1_000, since=since)


def busy(limits: Limits = LIMITS) -> Pace:
    """A pace at moment 0 whose runs are used up, with arrivals close together."""
    pace = Pace(limits, 0.0)
    while pace.due_in(Waiting(500, 0, 0.0), 0.0) == 0:
        pace.note_arrival(0.0)
        pace.note_run(0.0)
    return pace


def runs_of(arrivals: list[float], limits: Limits, seconds: float) -> list[float]:
    """Return when runs begin, for a desk at which a run takes no time."""
    pace, runs, waiting, now = Pace(limits, 0.0), [], [], 0.0
    todo = sorted(arrivals, reverse=True)
    while now < seconds:
        while todo and todo[-1] <= now:
            waiting.append(todo.pop())
            pace.note_arrival(now)
        pause = pace.due_in(Waiting(len(waiting), 0, waiting[0]), now) if waiting else None
        if pause == 0:
            pace.note_run(now)
            runs.append(now)
            waiting.clear()
            continue
        ahead = [now + pause] if pause is not None else []
        now = max(now + 1e-6, min([*ahead, *todo[-1:]], default=seconds))
    return runs


def test_a_lone_file_goes_at_once() -> None:
    pace = Pace(LIMITS, 0.0)

    pace.note_arrival(0.0)

    assert pace.due_in(one(0.0), 0.0) == 0


def test_a_file_every_two_seconds_goes_at_once_for_five_minutes() -> None:
    arrivals = [2.0 * number for number in range(150)]

    assert runs_of(arrivals, LIMITS, 300.0) == arrivals


def test_on_a_busy_day_files_gather_for_two_seconds() -> None:
    pace = Pace(LIMITS, 0.0)
    for _ in range(120):
        pace.note_run(0.0)
    pace.note_arrival(0.0)
    pace.note_arrival(1.0)

    assert pace.due_in(one(1.0), 1.0) == pytest.approx(2.0)
    assert pace.due_in(one(1.0), 3.0) == 0


def test_and_a_lone_one_still_goes_at_once() -> None:
    pace = Pace(LIMITS, 0.0)
    for _ in range(120):
        pace.note_run(0.0)
    pace.note_arrival(0.0)
    pace.note_arrival(5.0)

    assert pace.due_in(one(5.0), 5.0) == 0


@pytest.mark.parametrize("waiting", [Waiting(500, 0, 1.0), Waiting(1, 1_000_000, 1.0)], ids=["files", "bytes"])
def test_what_is_enough_for_a_batch_waits_for_no_more(waiting: Waiting) -> None:
    pace = Pace(LIMITS, 0.0)
    for _ in range(120):
        pace.note_run(0.0)
    pace.note_arrival(0.0)
    pace.note_arrival(1.0)

    assert pace.due_in(waiting, 1.0) == 0


def test_when_the_runs_are_used_up_the_next_one_waits_for_its_turn() -> None:
    pause = busy().due_in(Waiting(500, 0, 0.0), 0.0)

    assert pause == pytest.approx(HOUR / 1_000)
    assert busy().due_in(one(0.0), pause) == 0


@pytest.mark.parametrize("runs_per_hour", [12, 120, 1_200])
def test_no_hour_has_more_runs_than_it_may(runs_per_hour: int) -> None:
    dice = random.Random(5)
    arrivals = [dice.uniform(0, 2 * HOUR) for _ in range(8_000)]

    runs = runs_of(arrivals, LIMITS._replace(runs_per_hour=runs_per_hour), 2.5 * HOUR)

    most = max(sum(begin <= other < begin + HOUR for other in runs) for begin in runs[:: max(1, len(runs) // 200)])
    assert runs_per_hour / 2 < most <= runs_per_hour
