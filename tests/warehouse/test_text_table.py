"""Tables for a terminal: never wider than it, never driven by what an article says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warehouse.text_table import to_lines


def test_wide_text_is_cut_where_the_line_would_break() -> None:
    lines = list(to_lines(["id", "body"], [["1", "word " * 50]], numbers=[True, False], width=30))

    assert lines[2] == " 1  " + ("word " * 6)[:25] + "…"
    assert max(map(len, lines)) == 30


def test_narrow_columns_leave_their_room_to_wide_ones() -> None:
    lines = list(to_lines(["a", "b"], [["x", "y" * 40]], numbers=[False, False], width=30))

    assert lines[2] == "x  " + "y" * 26 + "…"


def test_control_characters_of_a_text_do_not_reach_the_terminal() -> None:
    lines = list(to_lines(["x\x1b[2J"], [["red \x1b[31m\nnext\tline\u202e"]], numbers=[False], width=80))

    assert lines[0] == "x\N{REPLACEMENT CHARACTER}[2J"
    assert lines[2] == "red \N{REPLACEMENT CHARACTER}[31m next line\N{REPLACEMENT CHARACTER}"


def test_a_table_without_rows_is_its_header() -> None:
    assert list(to_lines(["a", "bb"], [], numbers=[False, False], width=80)) == ["a  bb", "─  ──"]


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    lines = list(to_lines(["x", "y"], [["日本", "1"], ["e\u0301", "2"]], numbers=[False, False], width=80))

    assert lines[2:] == ["日本  1", "e\u0301     2"]


@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=60)), min_size=3, max_size=3), max_size=4),
    st.integers(min_value=28, max_value=90),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str | None]], width: int) -> None:
    lines = list(to_lines(["one", "two", "three"], rows, numbers=[False, True, False], width=width))

    assert len(lines) == 2 + len(rows)
    assert all(len(line) <= width + line.count("\u0301") or not line.isascii() for line in lines)
    assert all(line.isprintable() for line in lines)
