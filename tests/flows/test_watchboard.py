"""The watchboard: the lists as they are now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.errors import CopydeskError, WrongSetting
from flows.watchboard import Watchboard
from transforms.watch.lists import Watched


class Board:
    """A folder of lists, the board over it, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[CopydeskError] = []
        self.board = Watchboard(folder, tell=self.told.append)

    def write(self, name: str, text: str) -> None:
        """Put a list there as an editor does: by renaming, so that it is another file."""
        self.folder.mkdir(exist_ok=True)
        aside = self.folder / f".{name}"
        aside.write_text(text, encoding="utf-8")
        aside.replace(self.folder / f"{name}.toml")

    def lists_of(self, body: str) -> list[str]:
        return [match.watchlist.id for match in self.board.matcher().match(Watched(None, body, "gazette", "en"))]


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path / "watchlists")


def test_lists_that_come_change_and_go_count_at_once(board: Board) -> None:
    assert board.lists_of("a strike in the port") == []

    board.write("strikes", 'any = ["strike"]')
    assert board.lists_of("a strike in the port") == ["strikes"]

    board.write("ports", 'any = ["port"]')
    board.write("strikes", 'any = ["walkout"]')
    assert board.lists_of("a strike in the port") == ["ports"]

    (board.folder / "ports.toml").unlink()
    assert board.lists_of("a strike in the port") == []
    assert board.told == []


def test_as_long_as_no_file_changes_nothing_is_read_anew(board: Board) -> None:
    board.write("strikes", 'any = ["strike"]')

    assert board.board.matcher() is board.board.matcher()


def test_a_list_that_breaks_goes_on_as_it_was_and_is_told_once(board: Board) -> None:
    board.write("strikes", 'any = ["strike"]')
    assert board.lists_of("strike") == ["strikes"]

    board.write("strikes", 'any = ["strike"')
    board.write("new", 'anny = ["strike"]')

    assert board.lists_of("strike") == board.lists_of("strike") == ["strikes"]
    assert [error.what for error in board.told] == ["unknown key `anny` in a watchlist", "a settings file is not TOML"]
    assert "the other lists go on without it" in board.told[0].what_to_do
    assert "its earlier form goes on" in board.told[1].what_to_do

    board.write("strikes", 'any = ["walkout"]')
    assert board.lists_of("strike") == []


def test_a_folder_that_is_out_of_reach_ends_no_list(board: Board) -> None:
    board.write("strikes", 'any = ["strike"]')
    assert board.lists_of("strike") == ["strikes"]

    os.rename(board.folder, board.folder.with_name("away"))
    assert board.lists_of("strike") == board.lists_of("strike") == ["strikes"]
    assert [error.what for error in board.told] == ["the watchlists are out of reach"]

    os.rename(board.folder.with_name("away"), board.folder)
    (board.folder / "strikes.toml").unlink()
    assert board.lists_of("strike") == []


def test_a_list_that_is_broken_from_the_beginning_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "strikes.toml").write_text("any = 1")

    with pytest.raises(WrongSetting, match="key `any`"):
        Watchboard(tmp_path)
