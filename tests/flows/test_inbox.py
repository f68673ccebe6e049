"""The inbox: whatever lies there is found once, and what cannot be taken is said of itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.errors import WrongUse
from flows.given_paths import check_paths
from flows.inbox import InboxFile, Problem, arrive, find_files, inbox_folders, to_json
from flows.sidecars import Sidecars
from transforms.rows import Arrival, Found, Placement
from transforms.settings import SourceRule, TransformSettings

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def _names(*paths: Path) -> list[str]:
    return [file.relative_path for file in find_files(paths)]


def _problem(path: Path) -> str | None:
    (file,) = find_files([path])
    return file.problem and file.problem.reason


def _write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text")


def test_folders_are_searched_to_the_bottom_in_order_of_names(tmp_path: Path) -> None:
    _write(tmp_path, "b.txt", "a/2.txt", "a/1.txt", "c/d/e.txt")

    assert _names(tmp_path) == ["a/1.txt", "a/2.txt", "b.txt", "c/d/e.txt"]


def test_a_file_is_found_once_however_often_it_is_named(tmp_path: Path) -> None:
    _write(tmp_path, "a.txt")

    assert len(list(find_files([tmp_path, tmp_path / "a.txt", tmp_path / "." / "a.txt"]))) == 1


def test_unfinished_hidden_and_placement_files_are_left_alone(tmp_path: Path) -> None:
    _write(tmp_path, "a.txt", "a.txt.tmp", "b.PART", ".hidden", ".git/c.txt", "metadata.csv")

    assert _names(tmp_path) == ["a.txt"]


def test_a_sidecar_is_no_file_of_its_own_but_another_json_is(tmp_path: Path) -> None:
    _write(tmp_path, "a.txt", "a.json", "B.TXT", "B.json", "c.text", "c.json", "alone.json", "d.html", "d.json")

    assert _names(tmp_path) == ["B.TXT", "a.txt", "alone.json", "c.text", "d.html", "d.json"]


def test_what_was_named_counts_even_when_its_name_is_hidden(tmp_path: Path) -> None:
    _write(tmp_path, ".hidden")

    assert _names(tmp_path / ".hidden") == [".hidden"]


def test_the_facts_of_a_file_are_those_of_the_file_system(tmp_path: Path) -> None:
    _write(tmp_path, "a.txt")
    os.utime(tmp_path / "a.txt", ns=(0, 1_700_000_000_123_456_789))

    (file,) = find_files([tmp_path])

    assert (file.size_bytes, file.modified_ns) == (4, 1_700_000_000_123_456_789)
    assert file.modified_at == datetime(2023, 11, 14, 22, 13, 20, 123457, tzinfo=UTC)
    assert file.problem is None


def test_a_file_has_its_place_in_the_inbox_also_when_it_was_named_itself(tmp_path: Path) -> None:
    _write(tmp_path, "inbox/gazette/a.txt", "inboxes/b.txt")
    inbox = tmp_path / "inbox"

    found = [
        file.relative_path
        for path in (inbox, inbox / "gazette", inbox / "gazette" / "a.txt", tmp_path / "inboxes" / "b.txt")
        for file in find_files([path], [inbox])
    ]

    assert found == ["gazette/a.txt"] * 3 + ["b.txt"]


def test_any_bytes_may_stand_in_a_name(tmp_path: Path) -> None:
    name = b"caf\xe9 #1?%.txt"
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("text")

    (file,) = find_files([tmp_path])

    assert file.path.endswith(name)
    assert file.file_uri.endswith("/caf%E9%20%231%3F%25.txt")
    assert file.name == "caf\ufffd #1?%.txt"
    file.relative_path.encode()


def test_a_folder_with_the_name_of_an_article_is_reported_and_what_is_in_it_taken(tmp_path: Path) -> None:
    _write(tmp_path, "x.txt/inner.txt")

    found = {file.relative_path: file.problem and file.problem.reason for file in find_files([tmp_path])}

    assert found == {"x.txt": "inbox.not_a_file", "x.txt/inner.txt": None}


def test_a_link_to_nothing_says_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("nowhere")

    (file,) = find_files([tmp_path])

    assert file.problem is not None
    assert file.problem.reason == "inbox.dangling_link"
    assert "leads to nowhere" in file.problem.detail
    assert file.modified_at is None


def test_a_link_to_a_file_is_taken_as_that_file(tmp_path: Path) -> None:
    _write(tmp_path, "there/a.txt")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "link.txt").symlink_to(tmp_path / "there" / "a.txt")

    (file,) = find_files([tmp_path / "inbox"])

    assert (file.size_bytes, file.problem) == (4, None)


def test_links_in_a_circle_are_not_readable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")

    assert _problem(tmp_path / "a.txt") == "inbox.not_readable"


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


@pytest.mark.parametrize("make", [_fifo, _socket])
def test_pipes_and_sockets_are_no_files(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.txt")

    assert _problem(tmp_path) == "inbox.not_a_file"


def test_a_folder_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    _write(tmp_path, "a/closed/b.txt", "c.txt")
    (tmp_path / "a" / "closed").chmod(0)
    if os.access(tmp_path / "a" / "closed", os.R_OK):
        pytest.skip("this user may read everything")

    found = {file.relative_path: file.problem and file.problem.reason for file in find_files([tmp_path])}

    assert found == {"a/closed": "inbox.not_readable", "c.txt": None}


def test_a_path_that_is_not_there_is_wrong_use_before_anything_lands(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    check_paths([tmp_path, tmp_path / "link"])

    with pytest.raises(WrongUse, match=r"none\.txt"):
        check_paths([tmp_path, tmp_path / "none.txt"])


def test_inboxes_are_made_when_they_are_not_there(tmp_path: Path) -> None:
    assert inbox_folders([tmp_path / "a" / "b"]) == [tmp_path / "a" / "b"]

    assert (tmp_path / "a" / "b").is_dir()


# -- arrivals


def _arrive(path: Path, root: Path, settings: TransformSettings) -> Arrival | Problem:
    file = InboxFile(os.fsencode(path), os.fsencode(root), 4, 4)
    return arrive(file, settings, Sidecars(), now=NOW)


def test_an_arrival_knows_what_path_and_sidecar_say(tmp_path: Path) -> None:
    _write(tmp_path, "gazette/2024-05-01/77.txt")
    (tmp_path / "gazette/2024-05-01/77.json").write_text('{"headline": "Storm"}')
    settings = TransformSettings(path="{source}/{published_on}/{alt_id}.txt")

    arrival = _arrive(tmp_path / "gazette/2024-05-01/77.txt", tmp_path, settings)

    assert isinstance(arrival, Arrival)
    said = {found.field: (found.value, found.method) for found in arrival.placement.found}
    assert said["headline"] == ("Storm", "sidecar")
    assert said["alt_id"] == ("77", "path")
    assert arrival.source == "gazette"
    assert arrival.received_at == NOW


def test_a_rule_names_the_source_before_the_place(tmp_path: Path) -> None:
    settings = TransformSettings(path="{source}/*.txt", sources=(SourceRule("the-gazette", paths=("gaz*/**",)),))

    arrival = _arrive(tmp_path / "gazette" / "a.txt", tmp_path, settings)

    assert isinstance(arrival, Arrival)
    assert arrival.source == "the-gazette"


def test_an_unreadable_sidecar_is_a_problem_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")

    problem = _arrive(tmp_path / "a.txt", tmp_path, TransformSettings())

    assert isinstance(problem, Problem)
    assert problem.reason == "inbox.sidecar_unreadable"
    assert "a.json" in problem.detail


def test_a_placement_is_the_same_in_any_order_and_another_when_an_unreadable_value_changes() -> None:
    one, two = Found("headline", "A", "sidecar", 1.0), Found("section", "B", "path", 1.0)
    bad, worse = Found("published_on", "x", "sidecar", 0.0), Found("published_on", "y", "sidecar", 0.0)

    assert to_json(Placement((one, two))) == to_json(Placement((two, one)))
    assert len({to_json(Placement((one,), unreadable)) for unreadable in ((), (bad,), (worse,))}) == 3
