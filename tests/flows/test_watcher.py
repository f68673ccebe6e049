"""What the watcher hands over, and when."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from flows.watcher import GATHERED_AT_MOST, QUIET_SECONDS, Arrivals, watch

NOW = 100.0
LATER = NOW + QUIET_SECONDS


@pytest.fixture
def arrivals(tmp_path: Path) -> Arrivals:
    """Arrivals of a folder that was searched once."""
    made = Arrivals([str(tmp_path)])
    made.take(NOW)
    return made


def written(path: Path, text: str = "text") -> str:
    """Write a file in one go: its content and its times are of one moment."""
    path.write_text(text)
    facts = path.stat()
    assert facts.st_ctime_ns == facts.st_mtime_ns
    return str(path)


def renamed(path: Path, text: str = "text") -> str:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text)
    os.utime(part, (1, 1))
    part.rename(path)
    return str(path)


def test_at_first_the_folders_are_to_be_searched(tmp_path: Path) -> None:
    arrivals = Arrivals([str(tmp_path)])

    assert arrivals.take(NOW) == [str(tmp_path)]
    assert arrivals.take(NOW) == []


def test_a_file_that_was_renamed_in_is_whole_at_once(arrivals: Arrivals, tmp_path: Path) -> None:
    path = renamed(tmp_path / "a.txt")

    arrivals.add(path, NOW)

    assert arrivals.take(NOW) == [path]
    assert arrivals.take(LATER) == []


def test_a_file_that_is_written_in_place_is_whole_after_a_quiet_moment(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")

    arrivals.add(path, NOW)

    assert arrivals.take(NOW) == []
    assert arrivals.take(LATER) == [path]


def test_a_file_that_grows_starts_its_quiet_moment_anew(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.add(path, NOW)
    written(tmp_path / "a.txt", "a longer text")

    assert arrivals.take(LATER) == []
    assert arrivals.take(LATER + QUIET_SECONDS) == [path]


@pytest.mark.parametrize("name", ["a.txt.tmp", "a.part", ".a.txt", "metadata.csv", "A.TMP"])
def test_what_is_unfinished_hidden_or_a_table_of_places_is_left_alone(
    arrivals: Arrivals, tmp_path: Path, name: str
) -> None:
    arrivals.add(renamed(tmp_path / name), NOW)

    assert arrivals.take(LATER) == []


def test_a_sidecar_goes_with_its_file(arrivals: Arrivals, tmp_path: Path) -> None:
    article = renamed(tmp_path / "a.txt")

    arrivals.add(renamed(tmp_path / "a.json", "{}"), NOW)
    arrivals.add(article, NOW)

    assert arrivals.take(NOW) == [article]


def test_of_a_folder_that_is_moved_in_its_files_arrive(arrivals: Arrivals, tmp_path: Path) -> None:
    folder = tmp_path / "2024" / "05"
    folder.mkdir(parents=True)
    path = renamed(folder / "a.txt")

    arrivals.add(str(tmp_path / "2024"), NOW)

    assert arrivals.take(NOW) == [path]


def test_a_file_that_is_gone_again_is_forgotten(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.add(path, NOW)
    Path(path).unlink()

    assert arrivals.take(LATER) == []
    assert not arrivals.pending


def test_of_very_many_arrivals_no_list_is_kept(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.pending.update({str(number): arrivals.pending.get(path, (0, 0, 0.0)) for number in range(10_001)})  # type: ignore[misc]

    arrivals.add(path, NOW)

    assert len(arrivals.pending) <= GATHERED_AT_MOST
    assert arrivals.take(NOW) == [str(tmp_path)]


def watching(folder: Path, on_arrival: Callable[[Sequence[str], asyncio.Event], Awaitable[None]]) -> None:
    """Watch `folder` until `on_arrival` sets the event."""

    async def run() -> None:
        stop = asyncio.Event()
        await asyncio.wait_for(watch([folder], lambda paths: on_arrival(paths, stop), stop), 20)

    asyncio.run(run())


def test_files_that_arrive_during_a_run_go_together_into_the_next(tmp_path: Path) -> None:
    calls: list[Sequence[str]] = []

    async def on_arrival(paths: Sequence[str], stop: asyncio.Event) -> None:
        calls.append(paths)
        if len(calls) == 1:
            await asyncio.to_thread(lambda: [renamed(tmp_path / f"{number}.txt") for number in range(20)])
            await asyncio.sleep(0.3)  # the run that is under way
        if sum(len(call) for call in calls[1:]) == 20:
            stop.set()

    watching(tmp_path, on_arrival)

    assert calls[0] == [str(tmp_path)]
    assert [len(call) for call in calls[1:]] == [20]


def test_a_file_below_a_new_folder_is_seen(tmp_path: Path) -> None:
    seen: list[str] = []

    async def on_arrival(paths: Sequence[str], stop: asyncio.Event) -> None:
        if paths == [str(tmp_path)]:
            (tmp_path / "new" / "deep").mkdir(parents=True)
            written(tmp_path / "new" / "deep" / "a.txt")
            return
        seen.extend(paths)
        stop.set()

    watching(tmp_path, on_arrival)

    assert seen == [str(tmp_path / "new" / "deep" / "a.txt")]
