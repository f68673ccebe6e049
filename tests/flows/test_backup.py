"""docs/how-to/backup.md, followed: a backup while files land, the original lost, and work goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from newsroom import Newsroom, article, with_hop

from flows import stages

Run = Callable[..., Result]


def test_a_backup_taken_while_files_land_is_restored_and_work_goes_on(newsroom: Newsroom, run: Run) -> None:
    newsroom.settings = newsroom.settings.model_copy(update={"batch_files": 2})
    for number in range(6):
        newsroom.drop(f"{number}.txt", article(number))
    newsroom.drop("empty.txt", "====\n")
    backup = newsroom.data.parent / "backup"
    landed = 0

    async def land(*arguments: Any, **options: bool) -> stages.Landed:
        nonlocal landed
        landed += 1
        if landed == 3:
            raise KeyboardInterrupt("the machine goes down")
        done = await stages.land(*arguments, **options)
        if landed == 2:
            assert run("backup", backup, "--data", newsroom.data).exit_code == 0
        return done

    with pytest.raises(KeyboardInterrupt):
        newsroom.ingest(hops=with_hop("land", land))
    shutil.rmtree(newsroom.data)

    shutil.copytree(backup, newsroom.data)
    assert run("audit", "--data", newsroom.data).exit_code == 0
    assert newsroom_count(run, newsroom) == "4"
    newsroom.ingest(only_new=True)

    assert newsroom.counts()["articles"] == 6
    assert newsroom.counts()["documents"] == 6
    assert newsroom.reasons() == {"empty.txt": "clean.no_story_text"}
    assert newsroom.value("SELECT count(*) FROM repeats") == 0
    assert newsroom.findings() == ()
    assert run("sql", "SELECT count(*) FROM articles", "--data", backup, "--format", "csv").stdout.split()[-1] == "4"


def newsroom_count(run: Run, newsroom: Newsroom) -> str:
    told = run("sql", "SELECT count(*) FROM articles", "--data", newsroom.data, "--format", "csv")
    assert told.exit_code == 0, told.output
    return told.stdout.split()[-1]


def test_a_backup_over_something_is_refused(run: Run, warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")

    result = run("backup", tmp_path / "mine", "--data", warehouse)

    assert result.exit_code == 2
    assert "writes over nothing" in result.stderr


def test_a_backup_of_nothing_is_told(run: Run, tmp_path: Path) -> None:
    assert "there is no warehouse yet" in run("backup", tmp_path / "copy", "--data", tmp_path / "none").stderr
