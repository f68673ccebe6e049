"""Paths that a person gave."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.given_paths import are_few, to_path, to_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three files of ten bytes, one of them deeper."""
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"0123456789")
    return tmp_path


@pytest.mark.parametrize(("files", "size_bytes", "expected"), [(3, 30, True), (2, 30, False), (3, 29, False)])
def test_few_is_said_of_number_and_size(folder: Path, files: int, size_bytes: int, expected: bool) -> None:
    assert are_few([folder], files=files, size_bytes=size_bytes) is expected


def test_what_is_not_there_counts_as_a_file_of_nothing(tmp_path: Path) -> None:
    assert are_few([tmp_path / "none"], files=1, size_bytes=0)
    assert are_few([], files=0, size_bytes=0)


@pytest.mark.parametrize("name", [b"plain.txt", "Zürich 東京.txt".encode(), b"latin-\xfc.txt", b"with % and #.txt"])
def test_names_of_any_bytes_come_through_json(tmp_path: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)

    text = json.loads(json.dumps(to_text(os.fsdecode(path))).encode())

    assert os.fsencode(to_path(text)) == path


def test_an_address_is_a_path() -> None:
    assert to_path("file:///srv/in/a%20b.txt") == "/srv/in/a b.txt"
