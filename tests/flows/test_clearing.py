"""What becomes of the files of an inbox after their articles have landed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom, article

from flows import clearing, stages
from flows.errors import WrongSetting
from flows.settings import load

Open = Callable[..., Newsroom]


class Killed(BaseException):
    """Stands in for the end of the process between the commit and what follows it."""


@pytest.fixture
def archiving(open_newsroom: Open) -> Newsroom:
    """A newsroom that archives."""
    return open_newsroom("archiving", after_landing="archive")


@pytest.fixture
def deleting(open_newsroom: Open) -> Newsroom:
    """A newsroom that deletes."""
    return open_newsroom("deleting", after_landing="delete", keep_raw_max=2_000)


def names(folder: Path) -> list[str]:
    """Return the files below a folder, hidden ones too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_stay_where_they_are_unless_told_otherwise(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))

    newsroom.ingest(only_new=True)

    assert names(newsroom.inbox) == ["a.txt"]


def test_what_has_landed_is_archived_under_its_path_with_its_sidecar(archiving: Newsroom) -> None:
    archiving.drop("courier/may/a.txt", article(1))
    archiving.drop("courier/may/a.json", '{"section": "News"}')
    archiving.drop("b.txt", article(2))

    archiving.ingest(only_new=True)

    assert names(archiving.data / "archive") == ["b.txt", "courier/may/a.json", "courier/may/a.txt"]
    assert names(archiving.inbox) == []
    assert archiving.counts()["articles"] == 2
    assert archiving.ingest(only_new=True).run_id is None


def test_what_is_quarantined_in_whole_or_in_part_stays(archiving: Newsroom) -> None:
    archiving.drop("empty.txt", "")
    archiving.drop("some.jsonl", '{"headline": "Tides", "body": "%s"}\n{"headline": "Nobody"}\n' % ("It rose. " * 40))
    archiving.drop("a.txt", article(1))

    archiving.ingest(only_new=True)
    archiving.ingest(only_new=True)
    archiving.ingest()

    assert names(archiving.inbox) == ["empty.txt", "some.jsonl"]


def test_a_file_is_found_again_where_it_was_or_in_the_archive(archiving: Newsroom) -> None:
    there, path = archiving.drop("there.txt", "there"), archiving.inbox / "deep" / "a.txt"
    archived = archiving.data / "archive" / "deep" / "a.txt"
    archived.parent.mkdir(parents=True)
    archived.write_text("archived")

    found = [
        clearing.find_again(archiving.settings, os.fsencode(one)) for one in (there, path, path.with_name("b.txt"))
    ]

    assert found == [os.fsencode(one) for one in (there, archived, path.with_name("b.txt"))]


def test_a_name_that_is_taken_is_never_written_over_and_the_same_bytes_are_not_kept_twice(tmp_path: Path) -> None:
    for text in ("one", "two", "three", "two"):
        (tmp_path / "new").write_text(text)
        clearing.put(os.fsencode(tmp_path / "new"), os.fsencode(tmp_path / "archive" / "a.txt"))

    archive = tmp_path / "archive"
    assert {name: (archive / name).read_text() for name in names(archive)} == {
        "a.txt": "one",
        "a~2.txt": "two",
        "a~3.txt": "three",
    }
    assert names(tmp_path) == ["archive/a.txt", "archive/a~2.txt", "archive/a~3.txt"]


def test_files_outside_the_inbox_and_links_stay(archiving: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "given.txt").write_text(article(1))
    (archiving.inbox / "link.txt").symlink_to(tmp_path / "given.txt")

    archiving.ingest(tmp_path / "given.txt", archiving.inbox)

    assert (tmp_path / "given.txt").exists()
    assert names(archiving.inbox) == ["link.txt"]


def test_a_name_of_any_bytes_is_archived(archiving: Newsroom) -> None:
    path = os.path.join(os.fsencode(archiving.inbox), b"caf\xe9.txt")
    with open(path, "wb") as file:
        file.write(article(1).encode())

    archiving.ingest(only_new=True)

    assert os.listdir(os.fsencode(archiving.data / "archive")) == [b"caf\xe9.txt"]


def test_a_file_that_has_changed_since_it_was_read_stays_and_is_taken_again(archiving: Newsroom) -> None:
    path = archiving.drop("a.txt", article(1))

    async def land_and_change(*arguments: Any, **options: Any) -> stages.Landed:
        landed = await stages.land(*arguments, **options)
        path.write_text(article(2) + "And one more line.\n")
        return landed

    archiving.ingest(only_new=True, hops=stages_with(land_and_change))

    assert names(archiving.inbox) == ["a.txt"]
    archiving.ingest(only_new=True)
    assert archiving.counts()["articles"] == 2
    assert names(archiving.inbox) == []


def test_what_a_kill_after_the_commit_left_is_archived_by_the_next_scan(archiving: Newsroom) -> None:
    archiving.drop("a.txt", article(1))

    async def publish_and_die(*arguments: Any) -> None:
        await stages.publish(*arguments)
        raise Killed

    with pytest.raises(Killed):
        archiving.ingest(only_new=True, hops=stages_with(publish_and_die))
    assert names(archiving.inbox) == ["a.txt"]
    archiving.ingest(only_new=True)

    assert names(archiving.inbox) == []
    assert names(archiving.data / "archive") == ["a.txt"]


@pytest.mark.parametrize("moved", [False, True], ids=["before", "after the sidecar"])
def test_so_is_what_a_kill_amid_the_moving_left(archiving: Newsroom, moved: bool) -> None:
    archiving.drop("deep/.a.txt.landed", article(1))
    if not moved:
        archiving.drop("deep/a.json", '{"section": "News"}')

    archiving.ingest(only_new=True)

    assert names(archiving.inbox) == []
    assert names(archiving.data / "archive") == (["deep/a.txt"] if moved else ["deep/a.json", "deep/a.txt"])


def test_what_the_warehouse_holds_is_deleted_and_nothing_else(deleting: Newsroom) -> None:
    deleting.drop("a.txt", article(1))
    deleting.drop("long.txt", article(2) * 5)

    deleting.ingest(only_new=True)

    assert deleting.counts()["articles"] == 2
    assert names(deleting.inbox) == ["long.txt"]
    assert not (deleting.data / "archive").exists()


def test_a_file_that_cannot_be_archived_stays_and_the_run_is_done(
    archiving: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (archiving.data / "archive").parent.mkdir(parents=True)
    (archiving.data / "archive").write_text("no folder")
    archiving.drop("a.txt", article(1))

    summary = archiving.ingest(only_new=True)

    assert summary.counts["articles"] == 1
    assert "1 files have landed and could not be cleared from the inbox" in capsys.readouterr().err
    (archiving.data / "archive").unlink()
    archiving.ingest(only_new=True)
    assert names(archiving.data / "archive") == ["a.txt"]


def test_an_archive_in_the_inbox_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="it lies in the inbox"):
        load({"data": tmp_path, "archive": tmp_path / "inbox" / "old"})


def test_where_links_are_refused_a_taken_name_is_respected_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    for name, text in {"new.txt": "new", "a.txt": "old"}.items():
        (tmp_path / name).write_text(text)

    there = clearing.put(os.fsencode(tmp_path / "new.txt"), os.fsencode(tmp_path / "a.txt"))

    assert os.fsdecode(there) == str(tmp_path / "a~2.txt")
    assert names(tmp_path) == ["a.txt", "a~2.txt"]


def stages_with(hop: Any) -> Any:
    """Return the stages with the one that `hop` is named after replaced."""
    from newsroom import with_hop

    return with_hop(hop.__name__.partition("_")[0], hop)
