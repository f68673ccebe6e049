"""How the report writes numbers, ages and names."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flows.report_tables import TEXT_SHOWN_CHARS, age, duration, file_name, percent, shortened

NOW = datetime(2024, 3, 10, 12, 0)


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0 %"), (1, "100 %"), (0.5, "50 %"), (0.875, "87.5 %"), (0.0001, "< 0.1 %"), (0.9999, "> 99.9 %")],
)
def test_only_an_exact_share_reads_as_none_or_all(share: float, written: str) -> None:
    assert percent(share) == written


@pytest.mark.parametrize(
    ("ago", "written"),
    [
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=23), "23 h"),
        (timedelta(days=40), "40 d"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(ago: timedelta, written: str) -> None:
    assert age(NOW - ago, NOW) == written


@pytest.mark.parametrize(("seconds", "written"), [(None, "–"), (0.254, "0.25 s"), (61.5, "1 min 1 s")])
def test_a_duration_is_told_in_seconds_or_minutes(seconds: float | None, written: str) -> None:
    assert duration(seconds) == written


def test_a_long_text_is_cut_to_one_line() -> None:
    cut = shortened("Traceback:\n  line\n" + "x" * 1000)

    assert cut.startswith("Traceback: line x")
    assert len(cut) == TEXT_SHOWN_CHARS
    assert cut.endswith("…")


@pytest.mark.parametrize(
    ("file_uri", "name"),
    [
        ("file:///in/a%20b.txt", "a b.txt"),
        ("file:///in/%3Cb%3E.txt", "&lt;b&gt;.txt"),
        ("file:///in/%FF.txt", "\ufffd.txt"),
        ("file:///", "file:///"),
    ],
)
def test_a_file_is_called_by_the_last_part_of_its_address(file_uri: str, name: str) -> None:
    assert f">{name}</span>" in file_name(file_uri)
