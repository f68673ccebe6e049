from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from functools import partial
from itertools import chain
from pathlib import Path

import chores
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import RunFailed
from flows.worker_process import MEBIBYTE, WorkerLimits, WorkerLost
from flows.workers import Casualty, Workers

LIMITS = WorkerLimits(memory_bytes=256 * MEBIBYTE, preload=())
PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, LIMITS) as pool:
        yield pool


@pytest.fixture(scope="module")
def hasty_workers() -> Iterator[Workers]:
    with Workers(2, WorkerLimits(seconds_per_item=1.0, preload=())) as pool:
        yield pool


def halve(numbers: Sequence[int | str]) -> Sequence[Sequence[int | str]]:
    middle = len(numbers) // 2
    return (numbers[:middle], numbers[middle:]) if middle else ()


def await_true(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def interrupt_when(condition) -> None:
    await_true(condition)
    raise KeyboardInterrupt


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# -- what every executor does


def test_results_come_back_in_the_order_of_the_items(workers: Workers):
    assert workers.map_items(chores.double, range(50)) == [2 * number for number in range(50)]
    assert list(workers.map(chores.double, range(5))) == [0, 2, 4, 6, 8]


def test_an_exception_of_the_function_is_raised_with_its_traceback_as_a_note(workers: Workers):
    with pytest.raises(ValueError, match="not like this: x") as caught:
        workers.map_items(chores.refuse, ["x"])

    assert "in refuse" in caught.value.__notes__[0]


def test_an_exception_that_cannot_be_pickled_comes_back_as_its_text(workers: Workers):
    with pytest.raises(RuntimeError, match="Particular: here: because"):
        workers.submit(chores.refuse_in_particular).result()


def test_a_result_that_cannot_be_pickled_is_an_error_and_costs_no_worker(workers: Workers):
    workers.submit(chores.double, 1).result()
    before = set(workers.pids())

    with pytest.raises(TypeError, match="pickle"):
        workers.submit(chores.lock).result()

    assert before <= set(workers.pids())


def test_a_function_that_cannot_be_pickled_is_refused_at_once(workers: Workers):
    with pytest.raises((AttributeError, pickle.PicklingError)):
        workers.submit(lambda: 1)


def test_two_workers_work_at_the_same_time(workers: Workers, tmp_path: Path):
    first, second = workers.map_items(chores.meet, [str(tmp_path)] * 2)

    assert first != second


def test_threads_and_event_loops_share_the_workers(workers: Workers):
    async def count(start: int) -> list[int | Casualty[int]]:
        assert await asyncio.get_running_loop().run_in_executor(workers, chores.double, start) == 2 * start
        return await workers.gather_items(chores.double, range(start, start + 20))

    results: dict[int, list[int | Casualty[int]]] = {}
    threads = [
        threading.Thread(target=lambda start=start: results.update({start: asyncio.run(count(start))}))
        for start in range(0, 100, 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(chain.from_iterable(results.values())) == [2 * number for number in range(100)]


# -- what happens to items that no worker survives


@pytest.mark.parametrize("trouble", ["sleep", "regex", "hold the interpreter"])
def test_an_item_that_hangs_costs_only_itself(hasty_workers: Workers, trouble: str):
    results = hasty_workers.map_items(chores.doubled_with_trouble, [[1, trouble, 2], [3]], halve=halve)

    assert results == [[2], Casualty([trouble], "timed_out", "it took longer than 1 s"), [4], [6]]


def test_a_long_call_that_shows_life_keeps_its_time(hasty_workers: Workers):
    assert hasty_workers.map_items(chores.work_on, [6]) == [6]


@pytest.mark.parametrize(
    ("trouble", "reason", "detail"),
    [
        ("eat", "out_of_memory", "the limit is 256 MiB"),
        ("gulp", "out_of_memory", "an allocation failed; the limit is 256 MiB"),
        ("exit", "worker_died", "the worker ended with status 3"),
        ("leave", "worker_died", "the worker ended with status 4"),
        ("kill", "worker_died", "the worker was ended by SIGKILL"),
        ("crash", "worker_died", "the worker was ended by SIGSEGV"),
        ("hang up", "worker_died", "the worker"),
    ],
)
def test_an_item_that_no_worker_survives_costs_only_itself(workers: Workers, trouble: str, reason: str, detail: str):
    chunks = [[1, 2, 3], [4, 5, trouble, 6, 7], [8]]

    results = workers.map_items(chores.doubled_with_trouble, chunks, halve=halve)

    casualties = [result for result in results if isinstance(result, Casualty)]
    assert [(casualty.item, casualty.reason) for casualty in casualties] == [([trouble], reason)]
    assert detail in casualties[0].detail
    numbers = [number for result in results if not isinstance(result, Casualty) for number in result]
    assert numbers == [2, 4, 6, 8, 10, 12, 14, 16]
    assert results.index(casualties[0]) == 3, "it stands between the parts before and after it"


def test_submit_tries_once_and_says_what_was_lost(workers: Workers):
    with pytest.raises(WorkerLost) as caught:
        workers.submit(chores.make_trouble, "exit").result()

    assert caught.value.reason == "worker_died"
    assert caught.value.detail == "the worker ended with status 3"


def test_an_item_without_halves_gets_a_second_try_in_a_fresh_worker(workers: Workers, tmp_path: Path):
    assert workers.map_items(chores.only_once, [str(tmp_path / "marker")]) == ["done"]


def test_an_exception_among_casualties_is_raised(workers: Workers):
    with pytest.raises(ValueError, match="blown up"):
        workers.map_items(chores.doubled_with_trouble, [[1, "exit"], ["blow up"]], halve=halve)


@given(lengths=st.lists(st.integers(1, 70), min_size=1, max_size=3), poisoned=st.sets(st.integers(0, 69), max_size=2))
@settings(max_examples=5, deadline=None)
def test_no_item_is_lost_or_counted_twice(workers: Workers, lengths: list[int], poisoned: set[int]):
    chunks = [["exit" if number in poisoned else number for number in range(length)] for length in lengths]

    results = workers.map_items(chores.doubled_with_trouble, chunks, halve=halve)

    seen = [
        item
        for result in results
        for item in (result.item if isinstance(result, Casualty) else [number // 2 for number in result])
    ]
    assert seen == list(chain.from_iterable(chunks))


# -- how processes come and go


def test_a_worker_is_replaced_after_its_share_of_items():
    with Workers(1, WorkerLimits(items=3, preload=())) as pool:
        pids = pool.map_items(chores.pid, range(7))

    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_a_worker_that_has_grown_is_replaced_before_the_limit():
    limits = WorkerLimits(memory_bytes=200 * MEBIBYTE, preload=())
    with Workers(1, limits) as pool:
        pids = pool.map_items(chores.leak, [60] * 6)

    assert not any(isinstance(pid, Casualty) for pid in pids)
    assert len(set(pids)) > 1


def test_a_worker_that_died_while_idle_costs_no_item():
    with Workers(1, LIMITS) as pool:
        pid = pool.submit(chores.pid).result()
        os.kill(pid, signal.SIGKILL)
        await_true(lambda: has_ended(pid))

        assert pool.submit(chores.pid).result() != pid


def test_warming_up_starts_all_processes_with_what_they_import():
    with Workers(2, WorkerLimits(preload=("csv", "wave"))) as pool:
        wait(pool.warm_up())
        pids = set(pool.pids())
        modules = pool.submit(chores.loaded_modules).result()

        assert len(pids) == 2
        assert set(pool.pids()) == pids
        assert {"csv", "wave"} <= modules
        assert not modules & {"pyarrow", "pandas", "prefect", "pytest", "great_expectations"}


def test_a_worker_that_cannot_start_fails_the_run_and_blames_no_item():
    with (
        Workers(1, WorkerLimits(preload=("no_such_module",))) as pool,
        pytest.raises(RunFailed, match="no_such_module"),
    ):
        pool.map_items(chores.double, [1])


def test_shutting_down_waits_for_accepted_calls_and_leaves_no_process():
    pool = Workers(2, LIMITS)
    futures = [pool.submit(chores.double, number) for number in range(20)]
    pool.shutdown()

    assert [future.result(0) for future in futures] == [2 * number for number in range(20)]
    assert pool.pids() == []
    with pytest.raises(RuntimeError, match="shutdown"):
        pool.submit(chores.double, 1)


def test_an_error_in_the_context_ends_running_calls_at_once():
    pool = Workers(1, WorkerLimits(preload=()))
    running = pool.submit(chores.make_trouble, "sleep")

    with pytest.raises(KeyboardInterrupt), pool:
        interrupt_when(running.running)

    assert isinstance(running.exception(0), WorkerLost)
    assert pool.pids() == []


def test_ending_the_pool_blames_no_item():
    pool = Workers(1, WorkerLimits(preload=()))

    async def end_at_work() -> None:
        results = asyncio.ensure_future(pool.gather_items(chores.make_trouble, ["sleep"]))
        await asyncio.to_thread(lambda: await_true(pool.pids))
        await asyncio.to_thread(pool.kill)
        await results

    with pytest.raises((WorkerLost, RuntimeError)):
        asyncio.run(end_at_work())


# -- how workers and the outer world leave each other alone


def run_script(script: str, **options) -> subprocess.Popen[str]:
    program = f"import sys; sys.path[:] = {sys.path!r}\n{textwrap.dedent(script)}"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, **options)


def test_what_a_worker_prints_does_not_reach_the_standard_output():
    script = """
        import chores
        from flows.workers import WorkerLimits, Workers
        with Workers(1, WorkerLimits(preload=())) as pool:
            pool.submit(chores.write_to_stdout, "worker").result()
        print("parent")
    """
    with run_script(script, stderr=subprocess.PIPE) as process:
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert output == "parent\n"
    assert "worker" in errors


def test_a_worker_has_nothing_to_read_and_may_close_its_standard_input(workers: Workers):
    assert workers.submit(chores.close_stdin).result() == ""


@pytest.mark.parametrize("trouble", ["sleep", "regex", "hold the interpreter", None])
def test_a_killed_parent_leaves_no_worker_behind(trouble: str | None):
    script = f"""
        import chores, time
        from concurrent.futures import wait
        from flows.workers import WorkerLimits, Workers
        pool = Workers(2, WorkerLimits(preload=()))
        wait(pool.warm_up())
        busy = [pool.submit(chores.make_trouble, {trouble!r}) for _ in range(2)] if {trouble!r} else []
        while not all(future.running() for future in busy):
            time.sleep(0.01)
        print(*pool.pids(), flush=True)
        time.sleep(1000)
    """
    with run_script(script) as process:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        process.kill()

    assert len(pids) == 2
    await_true(lambda: all(has_ended(pid) for pid in pids))


def test_ctrl_c_reaches_the_parent_only():
    script = """
        import chores
        from concurrent.futures import wait
        from flows.workers import WorkerLimits, Workers
        with Workers(2, WorkerLimits(preload=())) as pool:
            wait(pool.warm_up())
            before = pool.pids()
            try:
                print("ready", flush=True)
                while True:
                    pool.submit(chores.double, 1).result()
            except KeyboardInterrupt:
                print(pool.submit(chores.double, 21).result(), pool.pids() == before, flush=True)
    """
    with run_script(script, stderr=subprocess.PIPE, process_group=0) as process:
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE_SECONDS)

    assert output == "42 True\n"
    assert "Traceback" not in errors


def test_where_the_kernel_ends_no_orphans_the_worker_sees_that_its_parent_has_gone():
    script = """
        import os, subprocess, sys
        from flows.worker_main import end_with
        inner = f"import sys; sys.path[:] = {sys.path!r}\\n"
        inner += f"from flows.worker_main import end_with; end_with({os.getpid()}, system='darwin')\\n"
        inner += "import time; print('following', flush=True); time.sleep(1000)"
        child = subprocess.Popen([sys.executable, "-c", inner], stdout=subprocess.PIPE)
        child.stdout.readline()
        print(child.pid, flush=True)
        os._exit(0)
    """
    with run_script(script) as process:
        pid = int(process.stdout.readline())

    await_true(lambda: has_ended(pid))


def test_each_call_is_made_once(workers: Workers, tmp_path: Path):
    made = tmp_path / "made"

    workers.map_items(partial(chores.note, str(made)), range(40))

    assert sorted(int(line) for line in made.read_text().split()) == list(range(40))
