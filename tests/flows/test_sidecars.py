"""Sidecars: they say what they can, and a broken one is a problem and never an accident."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows import sidecars
from flows.inbox import to_json
from flows.sidecars import PlaceError, Sidecars
from transforms.read.columns import SYNONYMS
from transforms.rows import Placement


def _placement(path: Path) -> Placement:
    return Sidecars().placement(os.fsencode(path))


def _said(path: Path) -> dict[str, object]:
    return {found.field: found.value for found in _placement(path).found}


def test_a_file_without_anything_beside_it_has_no_placement(tmp_path: Path) -> None:
    assert _placement(tmp_path / "a.txt") == Placement()


def test_a_json_file_of_the_same_name_speaks_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\ufeff{"datePublished": "2024-05-01", "title": "Storm", "unknown": 1}')

    said = _said(tmp_path / "a.txt")

    assert (said["published_on"], said["headline"]) == (date(2024, 5, 1), "Storm")
    assert "unknown" not in said


def test_only_text_files_have_a_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"title": "Storm"}')

    assert _placement(tmp_path / "a.html") == _placement(tmp_path / "a.json") == Placement()


def test_a_row_of_metadata_csv_speaks_for_the_file_it_names(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,title,section\na.txt,Storm,\nb.txt,Calm,News\n")

    assert _said(tmp_path / "a.txt") == {"headline": "Storm"}
    assert _said(tmp_path / "b.txt") == {"headline": "Calm", "section": "News"}
    assert _said(tmp_path / "c.txt") == {}


def test_a_row_that_is_too_short_or_too_long_says_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,title,section\na.txt\nb.txt,Calm,News,more,and more\n")

    assert _said(tmp_path / "a.txt") == {}
    assert _said(tmp_path / "b.txt") == {"headline": "Calm", "section": "News"}


def test_metadata_csv_is_read_once_for_a_batch(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,title\na.txt,Storm\nb.txt,Calm\n")
    beside = Sidecars()
    beside.placement(os.fsencode(tmp_path / "a.txt"))

    (tmp_path / "metadata.csv").unlink()

    assert beside.placement(os.fsencode(tmp_path / "b.txt")).found != ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is no JSON (line 1"),
        (b"", "is no JSON (line 1"),
        (b"[1]", "holds list, not an object"),
        (b"null", "holds NoneType, not an object"),
        (b'{"title": "caf\xe9"}', "is no UTF-8 (byte 14)"),
        (b'{"title": "\\ud800"}', "holds what is no text or number"),
        (b'{"copyright_year": 1' + b"0" * 5000 + b"}", "holds what is no text or number"),
        (b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "is nested too deep"),
    ],
)
def test_a_json_sidecar_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(PlaceError) as caught:
        _placement(tmp_path / "a.txt")

    assert str(caught.value).startswith("a.json ")
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"title\nStorm\n", "has no column `file`"),
        (b"", "has no column `file`"),
        (b'file,title\na.txt,"Storm\n', "is no CSV"),
        (b"file,title\na.txt,caf\xe9\n", "is no UTF-8"),
    ],
)
def test_a_metadata_csv_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "metadata.csv").write_bytes(content)

    with pytest.raises(PlaceError) as caught:
        _placement(tmp_path / "a.txt")

    assert str(caught.value).startswith("metadata.csv ")
    assert why in str(caught.value)


def test_a_sidecar_without_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sidecars, "MAX_BYTES", 100)
    (tmp_path / "a.json").write_text(json.dumps({"title": "x" * 100}))

    with pytest.raises(PlaceError, match="larger than 100 bytes"):
        _placement(tmp_path / "a.txt")


def test_a_folder_or_pipe_with_the_name_of_a_sidecar_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    os.mkfifo(tmp_path / "metadata.csv")

    assert _placement(tmp_path / "a.txt") == Placement()


_KEYS = st.sampled_from([*SYNONYMS, *SYNONYMS.values(), "urgency", "copyright_year", "language", "url"]) | st.text()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
@example({"copyright_year": 10**30})
@example({"copyright_year": float("inf")})
@example({"published": 10**30, "urgency": float("nan")})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_whatever_a_sidecar_says_the_ledger_can_keep_it(tmp_path: Path, said: dict[str, object]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(said))

    try:
        placement = _placement(tmp_path / "a.txt")
    except PlaceError:
        return

    to_json(placement).encode()
