"""A command and a service speak with each other: what one hands over, and what the other tells of it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows import hand_over, nameplates
from flows.accounts import Account
from flows.errors import CopydeskError, RunFailed, WrongUse
from flows.reception import Caller, Handed, Reception

BOUND_SECONDS = 20
ACCOUNT = Account({"run_id": "r1", "status": "done", "articles": 1}, copies=1, waiting={"a.b": ["file:///x"]})
Take = Callable[[Handed, Caller], Awaitable[Account | CopydeskError]]


@contextmanager
def serving(data: Path, take: Take) -> Iterator[dict[str, Any]]:
    """Hold the seat of `data` and receive callers in a thread, for a block; gives what the nameplate says."""
    plate = hand_over.plate_of(data)
    plate.parent.mkdir(parents=True, exist_ok=True)
    seat = nameplates.lock(plate)
    assert seat is not None
    is_open, facts = threading.Event(), {"pid": os.getpid()}
    ended: list[Callable[[], None]] = []

    async def receive() -> None:
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with Reception(take) as reception:
            facts.update(port=reception.port, word=reception.word)  # type: ignore[call-overload]
            nameplates.write(seat, facts, private=True)
            ended.append(lambda: loop.call_soon_threadsafe(end.set))
            is_open.set()
            await asyncio.wait_for(end.wait(), BOUND_SECONDS)

    thread = threading.Thread(target=asyncio.run, args=(receive(),))
    thread.start()
    assert is_open.wait(BOUND_SECONDS)
    try:
        yield facts
    finally:
        ended[0]()
        thread.join(BOUND_SECONDS)
        seat.close()


def ignore(hop: str, done: int, files: int) -> None:
    """Take progress and tell nobody."""


def test_paths_and_progress_and_the_account_come_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[Handed] = []
    told: list[tuple[str, int, int]] = []

    async def take(handed: Handed, caller: Caller) -> Account:
        handed_over.append(handed)
        caller.tell("prepare", 1, 2)
        return ACCOUNT

    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, take):
        account = hand_over.hand_over(
            tmp_path, ["a.txt", "b\udcff.txt"], "manual", lambda *progress: told.append(progress)
        )

    assert account == ACCOUNT
    assert handed_over == [Handed([str(tmp_path / "a.txt"), str(tmp_path / "b\udcff.txt")], "manual")]
    assert told[0] == ("handed", 0, 0)
    assert ("prepare", 1, 2) in told


def test_moments_in_the_row_of_a_run_are_told_as_json_has_them(tmp_path: Path) -> None:
    async def take(*_: object) -> Account:
        return Account({"started_at": datetime(2024, 5, 1, 12), "status": "done"})

    with serving(tmp_path, take):
        account = hand_over.hand_over(tmp_path, [], "manual", ignore)

    assert account is not None
    assert account.row["started_at"] == "2024-05-01T12:00:00Z"


@pytest.mark.parametrize("kind", [RunFailed, WrongUse])
def test_an_error_in_the_service_is_raised_as_what_it_was(tmp_path: Path, kind: type[CopydeskError]) -> None:
    async def take(*_: object) -> CopydeskError:
        return kind("what", "where", "why", "what to do")

    with serving(tmp_path, take), pytest.raises(kind) as raised:
        hand_over.hand_over(tmp_path, [], "manual", ignore)

    assert raised.value.args == ("what", "where", "why", "what to do")


def test_without_a_service_nothing_is_handed_over(tmp_path: Path) -> None:
    assert hand_over.hand_over(tmp_path, [], "manual", ignore) is None


def test_a_nameplate_that_is_left_over_is_nobodys(tmp_path: Path) -> None:
    plate = hand_over.plate_of(tmp_path)
    plate.parent.mkdir(parents=True)
    plate.write_text(json.dumps({"pid": 1, "port": 1, "word": "x"}))

    assert hand_over.hand_over(tmp_path, [], "manual", ignore) is None


def test_while_the_service_starts_the_command_waits_and_says_so(tmp_path: Path) -> None:
    plate = hand_over.plate_of(tmp_path)
    plate.parent.mkdir(parents=True)
    seat = nameplates.lock(plate)
    assert seat is not None
    nameplates.write(seat, {"pid": 1})
    told: list[str] = []

    def tell(hop: str, *_: int) -> None:
        told.append(hop)
        seat.close()  # it ends before it has started

    assert hand_over.hand_over(tmp_path, [], "manual", tell) is None
    assert told == ["awaited"]


def test_a_service_that_dies_is_told_in_four_parts_that_say_the_files_are_safe(tmp_path: Path) -> None:
    plate = hand_over.plate_of(tmp_path)
    plate.parent.mkdir(parents=True)
    seat = nameplates.lock(plate)
    assert seat is not None
    with socket.create_server((hand_over.LOOPBACK, 0)) as server:
        nameplates.write(seat, {"pid": 77, "port": server.getsockname()[1], "word": "x"})

        def die() -> None:
            connection, _ = server.accept()
            connection.recv(10)
            connection.close()

        thread = threading.Thread(target=die)
        thread.start()
        with pytest.raises(RunFailed) as raised:
            hand_over.hand_over(tmp_path, ["/srv/a.txt"], "manual", ignore)
        thread.join(BOUND_SECONDS)
    seat.close()

    assert "process 77" in raised.value.why
    assert "the files are where they were" in raised.value.what_to_do


def test_who_does_not_know_the_word_gets_no_answer_and_nothing_is_taken(tmp_path: Path) -> None:
    taken: list[Handed] = []

    async def take(handed: Handed, _: Caller) -> Account:
        taken.append(handed)
        return ACCOUNT

    requests: Sequence[bytes] = [
        b'{"word": "guessed", "paths": ["/etc/passwd"], "trigger": "manual"}\n',
        b"[]\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b'{"word": 5}\n',
    ]
    with serving(tmp_path, take) as facts:
        for request in requests:
            with socket.create_connection((hand_over.LOOPBACK, facts["port"]), BOUND_SECONDS) as connection:
                connection.sendall(request)
                assert connection.recv(100) == b""

    assert taken == []
    assert hand_over.plate_of(tmp_path).stat().st_mode & 0o077 == 0


def test_the_service_notices_that_the_command_has_left(tmp_path: Path) -> None:
    noticed = threading.Event()

    async def take(_: Handed, caller: Caller) -> Account:
        async with asyncio.timeout(BOUND_SECONDS):
            while not caller.has_left:
                await asyncio.sleep(0.01)
        noticed.set()
        return ACCOUNT

    with serving(tmp_path, take) as facts:
        with socket.create_connection((hand_over.LOOPBACK, facts["port"]), BOUND_SECONDS) as connection:
            request = {"word": facts["word"], "paths": [], "trigger": "manual"}
            connection.sendall(json.dumps(request).encode() + b"\n")
            connection.recv(10)
        assert noticed.wait(BOUND_SECONDS)
