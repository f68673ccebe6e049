"""What is listed of a folder: files to be taken, without what is unfinished, hidden or beside another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.file_names import is_left_alone, listed, path_of, sidecar_of, uri_of


@pytest.mark.parametrize("name", [b".hidden.txt", b"half.txt.part", b"half.TMP", b"metadata.csv"])
def test_unfinished_and_hidden_files_and_tables_of_places_are_left_alone(name: bytes) -> None:
    assert is_left_alone(name)


@pytest.mark.parametrize("name", [b"one.txt", b"part.txt", b"tmp", b"metadata.csv.txt", b"caf\xe9.txt"])
def test_other_names_are_taken_whatever_their_bytes(name: bytes) -> None:
    assert not is_left_alone(name)


@pytest.mark.parametrize("name", [b"one.txt", b"with % and #.txt", b"caf\xe9 ?.txt", "Zürich 東京.txt".encode()])
def test_an_address_leads_back_to_its_path_whatever_its_bytes(name: bytes) -> None:
    uri = uri_of(b"/in/" + name)

    assert uri.startswith("file:///in/")
    assert uri.isascii()
    assert path_of(uri) == b"/in/" + name


def test_only_texts_have_sidecars() -> None:
    assert sidecar_of(b"/in/one.TXT") == b"/in/one.json"
    assert sidecar_of(b"/in/one.html") is None


def test_a_folder_is_listed_with_what_lies_below_it_and_without_sidecars(tmp_path: Path) -> None:
    for name in ("a.txt", "a.json", "b.json", "deep/c.txt", "deep/c.txt.part", ".git/d.txt", "deep/metadata.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "dangling.txt").symlink_to("nowhere")

    found = {os.fsdecode(path): facts.st_size for path, facts in listed(os.fsencode(tmp_path))}

    assert found == {str(tmp_path / name): len(name) for name in ("a.txt", "b.json", "deep/c.txt")}
