"""A search leaves files alone that are still being written."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from flows.inbox import InboxFile, find_files
from flows.unfinished import without_unfinished

WRITTEN = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def file(folder: Path, name: str, *, written: datetime = WRITTEN) -> InboxFile:
    path = folder / name
    path.write_text("a beginning")
    os.utime(path, (written.timestamp(), written.timestamp()))
    [found] = find_files([path])
    return found


def names(files: list[InboxFile]) -> list[str]:
    return [one.name for one in files]


def append(path: bytes) -> None:
    with open(path, "ab") as growing:
        growing.write(b" and an end")


def test_a_file_that_grows_meanwhile_is_left_and_one_that_does_not_is_taken(tmp_path: Path) -> None:
    growing, whole = file(tmp_path, "growing.txt"), file(tmp_path, "whole.txt")

    def pause(seconds: float) -> None:
        assert seconds == 0.5
        append(growing.path)

    taken = without_unfinished([growing, whole], named=(), quiet_seconds=0.5, now=WRITTEN, pause=pause)

    assert names(taken) == ["whole.txt"]


def test_a_file_that_vanishes_meanwhile_is_left(tmp_path: Path) -> None:
    going = file(tmp_path, "going.txt")

    taken = without_unfinished([going], named=(), quiet_seconds=0.5, now=WRITTEN, pause=lambda _: os.unlink(going.path))

    assert taken == []


def test_files_that_were_written_long_ago_or_are_named_are_not_waited_for(tmp_path: Path) -> None:
    old = file(tmp_path, "old.txt", written=datetime(2024, 4, 30, tzinfo=UTC))
    named = file(tmp_path, "named.txt")

    def pause(seconds: float) -> None:
        raise AssertionError("nothing has to be waited for")

    taken = without_unfinished([named, old], named={named.path}, quiet_seconds=0.5, now=WRITTEN, pause=pause)

    assert names(taken) == ["named.txt", "old.txt"]
