"""What the watcher sees, and when it hands it over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from flows.settings import ArrivalSettings
from flows.watcher import watch

POLLING = ArrivalSettings(watch="polling", poll_seconds=0.05)


def written(path: Path, text: str = "text") -> str:
    """Write a file in place."""
    path.write_text(text)
    return str(path)


def renamed(path: Path, text: str = "text") -> str:
    """Write a file under another name and rename it, in one tick of the kernel's clock or not."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text)
    part.rename(path)
    return str(path)


def watching(
    folder: Path,
    on_arrival: Callable[[Sequence[str], asyncio.Event], Awaitable[None]],
    settings: ArrivalSettings | None = None,
) -> None:
    """Watch `folder` until `on_arrival` sets the event."""

    async def run() -> None:
        stop = asyncio.Event()
        await asyncio.wait_for(
            watch([folder], lambda paths: on_arrival(paths, stop), stop, settings or ArrivalSettings()), 20
        )

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


@pytest.mark.parametrize("settings", [ArrivalSettings(), POLLING], ids=["events", "polling"])
def test_a_folder_that_vanishes_and_comes_back_is_searched_and_watched_again(
    tmp_path: Path, settings: ArrivalSettings
) -> None:
    inbox, other = tmp_path / "inbox", tmp_path / "away"
    inbox.mkdir()
    calls: list[Sequence[str]] = []

    async def on_arrival(paths: Sequence[str], stop: asyncio.Event) -> None:
        calls.append(paths)
        if len(calls) == 1:
            inbox.rename(other)
            await asyncio.sleep(0)
            inbox.mkdir()
            renamed(inbox / "while-away.txt")
        elif str(inbox) in paths:
            renamed(inbox / "again.txt")
        elif any(path.endswith("again.txt") for path in paths):
            stop.set()

    watching(inbox, on_arrival, settings)

    assert calls[0] == [str(inbox)]
    assert [str(inbox)] in calls[1:]
    assert calls[-1] == [str(inbox / "again.txt")]


def test_a_folder_that_is_not_there_yet_is_watched_when_it_comes(tmp_path: Path) -> None:
    inbox = tmp_path / "mount" / "inbox"
    calls: list[Sequence[str]] = []

    async def on_arrival(paths: Sequence[str], stop: asyncio.Event) -> None:
        calls.append(paths)
        if len(calls) == 1:
            inbox.mkdir(parents=True)
        elif paths == [str(inbox)]:
            renamed(inbox / "a.txt")
        else:
            stop.set()

    watching(inbox, on_arrival)

    assert calls[-1] == [str(inbox / "a.txt")]


def test_polling_sees_files_where_the_system_reports_none(tmp_path: Path) -> None:
    calls: list[Sequence[str]] = []

    async def on_arrival(paths: Sequence[str], stop: asyncio.Event) -> None:
        calls.append(paths)
        if len(calls) == 1:
            renamed(tmp_path / "a.txt")
        else:
            stop.set()

    watching(tmp_path, on_arrival, POLLING)

    assert calls[1:] == [[str(tmp_path / "a.txt")]]
