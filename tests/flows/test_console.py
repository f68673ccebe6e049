from __future__ import annotations

import io

import pytest

from flows import console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Putin’s “visit” — été", "Putin’s “visit” — été"),
        ("red \x1b[31mhead\x1b[0m", "red \\x1b[31mhead\\x1b[0m"),
        ("title\x1b]0;owned\x07", "title\\x1b]0;owned\\x07"),
        ("one\ntwo\tthree\r\nfour", "one two three  four"),
        ("csi \x9b31m", "csi \\x9b31m"),
        ("bidi \u202egnp.exe", "bidi \\u202egnp.exe"),
        ("isolate \u2066x\u2069", "isolate \\u2066x\\u2069"),
        ("broken \udcff name", "broken \\udcff name"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("non\u00a0breaking", "non\u00a0breaking"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_and_the_rest_left_as_it_is(text: str, shown: str) -> None:
    assert console.printable(text) == shown


def test_text_is_cut_by_columns_and_says_so() -> None:
    assert console.cut("abcdefgh", 5) == "abcd…"
    assert console.cut("日本語の記事", 7) == "日本語…"
    assert console.cut("short", 5) == "short"


def test_columns_are_aligned_and_numbers_stand_to_the_right() -> None:
    lines = console.aligned([("files", 7), ("articles", 12345)], headings=("table", "rows"))

    assert lines == ["  table     rows", "  files          7", "  articles  12,345"]


def test_the_last_column_is_cut_to_the_width() -> None:
    lines = console.aligned([("a", "x" * 500)])

    assert [len(line) for line in lines] == [console.PLAIN_WIDTH]


def test_no_rows_are_no_lines() -> None:
    assert console.aligned([]) == []


def test_two_texts_stand_side_by_side() -> None:
    lines = console.beside(["one two three four"], ["ONE"], columns=23)

    assert lines == ["one two    │ ONE", "three four │"]


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (14_200, "14.2 kB"), (3_100_000_000, "3.1 GB")])
def test_sizes_are_for_people(size: int, text: str) -> None:
    assert console.bytes_text(size) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.034, "34 ms"), (2.44, "2.4 s"), (185.2, "3 min 05 s")])
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert console.seconds_text(seconds) == text


def test_progress_on_a_terminal_rewrites_one_line_and_takes_it_away() -> None:
    stream = Terminal()

    with console.Progress(stream) as progress:
        progress("reading \x1b[2Jone")
        progress("reading two")

    assert stream.getvalue() == "\r\x1b[Kreading \\x1b[2Jone\r\x1b[Kreading two\r\x1b[K"


def test_progress_in_a_log_is_sparse_plain_lines() -> None:
    stream = io.StringIO()

    with console.Progress(stream) as progress:
        for number in range(100):
            progress(f"file {number}")

    assert stream.getvalue() == "file 0\n"
