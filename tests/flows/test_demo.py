from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows import demo
from flows.errors import WrongUse


def test_a_line_is_shown_with_what_is_left_of_it_and_why() -> None:
    text = "HomeNewsHead\n\nBody stays.\n\nLeave a Comment\n"
    removals = [
        {"start_char": 0, "end_char": 8, "reason": "breadcrumb"},
        {"start_char": 27, "end_char": 42, "reason": "boilerplate"},
    ]

    assert list(demo.pieces(text, removals)) == [
        ("HomeNewsHead", "Head", ["breadcrumb"]),
        ("Body stays.", "Body stays.", []),
        ("Leave a Comment", "", ["boilerplate"]),
    ]


def test_a_removal_over_several_lines_touches_each_of_them() -> None:
    removals = [{"start_char": 2, "end_char": 7, "reason": "twin"}]

    assert [piece.left for piece in demo.pieces("abcd\nefgh\n", removals)] == ["ab", "gh"]


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "thesis.txt"
    mine.write_text("years of work")

    with pytest.raises(WrongUse):
        demo.prepare_folder(tmp_path)

    assert mine.read_text() == "years of work"


def test_the_demo_empties_its_own_folder_but_keeps_prefects_database(tmp_path: Path) -> None:
    root = tmp_path / "data-demo"
    demo.prepare_folder(root)
    (root / "lake").mkdir()
    (root / "prefect").mkdir()

    demo.prepare_folder(root)

    assert not (root / "lake").exists()
    assert (root / "prefect").exists()
    assert list((root / "inbox").glob("*.txt"))


@pytest.mark.slow
def test_the_demo_shows_what_came_in_what_became_of_it_and_answers(tmp_path: Path) -> None:
    program = "from flows.cli import main; main()"
    command = [sys.executable, "-c", program, "demo", "--direct"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert "came in: " in done.stdout
    assert "as it came │ as it landed" in done.stdout
    assert done.stdout.count("$ copydesk sql") == len(demo.QUERIES)
    assert all(reason in done.stdout for reason in ("repeat ", "copy ", "quarantined "))
    assert (tmp_path / "data-demo" / "reports" / "index.html").exists()
    shown = [line for line in done.stdout.splitlines() if not line.startswith("$") and str(tmp_path) not in line]
    assert max(len(line) for line in shown) <= 101
