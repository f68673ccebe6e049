"""When a file that something happened to is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.arrivals import GATHERED_AT_MOST, Arrivals

NOW = 100.0
QUIET_SECONDS = 0.5
SIDECAR_SECONDS = 5.0
LATER = NOW + QUIET_SECONDS


@pytest.fixture
def arrivals(tmp_path: Path) -> Arrivals:
    """Arrivals of a folder that was searched once."""
    made = Arrivals([str(tmp_path)], quiet_seconds=QUIET_SECONDS, sidecar_seconds=SIDECAR_SECONDS)
    made.take()
    return made


def whole(arrivals: Arrivals, now: float) -> list[str]:
    """Return what travels at a moment."""
    arrivals.settle(now)
    return arrivals.take() if arrivals.waiting() else []


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
    arrivals = Arrivals([str(tmp_path)], quiet_seconds=QUIET_SECONDS, sidecar_seconds=SIDECAR_SECONDS)

    assert whole(arrivals, NOW) == [str(tmp_path)]
    assert whole(arrivals, NOW) == []


def test_a_file_that_was_renamed_in_is_whole_at_once(arrivals: Arrivals, tmp_path: Path) -> None:
    path = renamed(tmp_path / "a.txt")

    arrivals.add(path, NOW)

    assert whole(arrivals, NOW) == [path]
    assert whole(arrivals, LATER) == []


@pytest.mark.parametrize("gone", ["a.txt.part", "a.txt.tmp", ".a.txt.x7Ke2", "a.part"])
def test_so_is_one_that_was_renamed_within_a_tick_of_the_clock(arrivals: Arrivals, tmp_path: Path, gone: str) -> None:
    path = written(tmp_path / "a.txt")

    arrivals.add(path, NOW, gone=[str(tmp_path / gone)])

    assert whole(arrivals, NOW) == [path]


@pytest.mark.parametrize("gone", ["b.txt.part", "sub/a.txt.part", "a.old"])
def test_another_name_that_vanishes_says_nothing_of_it(arrivals: Arrivals, tmp_path: Path, gone: str) -> None:
    arrivals.add(written(tmp_path / "a.txt"), NOW, gone=[str(tmp_path / gone)])

    assert whole(arrivals, NOW) == []


def test_a_file_that_is_written_in_place_is_whole_after_a_quiet_moment(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")

    arrivals.add(path, NOW)

    assert whole(arrivals, NOW) == []
    assert arrivals.next_look() == LATER
    assert whole(arrivals, LATER) == [path]


def test_a_file_that_grows_starts_its_quiet_moment_anew(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.add(path, NOW)
    whole(arrivals, NOW)
    written(tmp_path / "a.txt", "a longer text")

    assert whole(arrivals, LATER) == []
    assert whole(arrivals, LATER + QUIET_SECONDS) == [path]


@pytest.mark.parametrize("name", ["a.txt.tmp", "a.part", ".a.txt", "metadata.csv", "A.TMP"])
def test_what_is_unfinished_hidden_or_a_table_of_places_is_left_alone(
    arrivals: Arrivals, tmp_path: Path, name: str
) -> None:
    arrivals.add(renamed(tmp_path / name), NOW)

    assert whole(arrivals, LATER) == []


def test_a_sidecar_goes_with_its_file(arrivals: Arrivals, tmp_path: Path) -> None:
    article = renamed(tmp_path / "a.txt")

    arrivals.add(renamed(tmp_path / "a.json", "{}"), NOW)
    arrivals.add(article, NOW)

    assert whole(arrivals, NOW) == [article]


def test_a_sidecar_that_comes_first_waits_for_its_file(arrivals: Arrivals, tmp_path: Path) -> None:
    arrivals.add(renamed(tmp_path / "a.json", '{"source": "courier", "author": ["Ada Byrne"]}'), NOW)
    before = whole(arrivals, LATER)
    article = renamed(tmp_path / "a.txt")
    arrivals.add(article, LATER)

    assert before == []
    assert whole(arrivals, LATER) == [article]
    assert whole(arrivals, NOW + SIDECAR_SECONDS) == []
    assert not arrivals.pending


def test_a_sidecar_whose_file_never_comes_is_taken_by_itself(arrivals: Arrivals, tmp_path: Path) -> None:
    path = renamed(tmp_path / "a.json", '{"source": "courier"}')

    arrivals.add(path, NOW)

    assert whole(arrivals, NOW) == []
    assert whole(arrivals, NOW + SIDECAR_SECONDS) == [path]


@pytest.mark.parametrize(
    "text",
    ['{"headline": "Tides", "body": "It rose."}', '[{"body": "It rose."}]', '{"items": []}', '{"a": 1}\n{"b": 2}'],
)
def test_json_that_is_a_story_or_many_waits_for_nobody(arrivals: Arrivals, tmp_path: Path, text: str) -> None:
    path = renamed(tmp_path / "a.json", text)

    arrivals.add(path, NOW)

    assert whole(arrivals, NOW) == [path]


def test_of_a_folder_that_is_moved_in_its_files_arrive(arrivals: Arrivals, tmp_path: Path) -> None:
    folder = tmp_path / "2024" / "05"
    folder.mkdir(parents=True)
    path = renamed(folder / "a.txt")

    arrivals.add(str(tmp_path / "2024"), NOW)

    assert whole(arrivals, NOW) == [path]


def test_a_file_that_is_gone_again_is_forgotten(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.add(path, NOW)
    Path(path).unlink()

    assert whole(arrivals, LATER) == []
    assert not arrivals.pending


def test_of_very_many_arrivals_no_list_is_kept(arrivals: Arrivals, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    arrivals.whole.update({str(number): 1 for number in range(GATHERED_AT_MOST + 1)})

    arrivals.add(path, NOW)

    assert not arrivals.whole
    assert whole(arrivals, NOW) == [str(tmp_path)]
