"""`copydesk lines` and `copydesk reprocess`, over a press whose articles were landed by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from press import Press, article

Run = Callable[..., Result]

FOOT = "The Courier is a member of the Valley Press Group \x1b[31m; its desk is on the square."


@pytest.fixture(scope="module")
def uncounted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a source whose foot recurs, which nobody has counted and nobody changes."""
    one = Press(tmp_path_factory.mktemp("press") / "data")
    articles = [dict(article(number, FOOT)) for number in range(60)]
    documents = [{"document_id": row["article_id"], "source": row["source"], "raw": b"x"} for row in articles]
    one.print(articles=articles, documents=documents)
    one.ledger.close()
    return one.root


@pytest.fixture
def press(uncounted: Path, tmp_path: Path) -> Path:
    """A data folder of its own like that."""
    return Path(shutil.copytree(uncounted, tmp_path / "data"))


def test_a_count_says_what_is_new_and_what_is_stale_now(run: Run, press: Path) -> None:
    first = run("lines", "count", "--json", "--data", press)
    again = run("lines", "count", "--data", press)

    assert json.loads(first.stdout) == {
        "version": 1,
        "is_new": True,
        "sources": 1,
        "changed": ["courier"],
        "added": 1,
        "dropped": 0,
        "meant": 60,
    }
    assert "stays at version 1" in again.stderr
    assert "60 articles are stale: `copydesk reprocess --stale" in again.stderr


def test_lines_and_versions_are_listed_and_a_dry_run_says_how_many_are_stale(run: Run, press: Path) -> None:
    run("lines", "count", "--data", press)

    lines = run("lines", "list", "--data", press)
    versions = run("lines", "versions", "--data", press)
    rows = json.loads(run("lines", "list", "--source", "courier", "--json", "--data", press).stdout)

    assert "courier        1  foot        60  100%" in lines.stdout
    assert "\x1b" not in lines.stdout
    assert rows[0]["text"] == FOOT
    assert versions.stdout.split()[-5:] == ["courier", "60", "1", "1", "0"]
    assert json.loads(run("lines", "list", "--source", "herald", "--json", "--data", press).stdout) == []
    stale = run("reprocess", "--stale", "--dry-run", "--json", "--data", press)
    every = run("reprocess", "--all", "--source", "herald", "--dry-run", "--data", press)
    assert json.loads(stale.stdout) == {"articles": 60, "from_files": 0}
    assert "0 articles would be made anew" in every.stderr


def test_before_a_count_there_is_nothing_to_list(run: Run, uncounted: Path) -> None:
    for verb in ("list", "versions"):
        result = run("lines", verb, "--data", uncounted)

        assert (result.exit_code, result.stdout) == (0, "")
        assert "`copydesk lines count` counts" in result.stderr


@pytest.mark.parametrize("options", [(), ("--stale", "--all"), ("--source", "courier")])
def test_which_articles_has_to_be_said(run: Run, uncounted: Path, options: tuple[str, ...]) -> None:
    result = run("reprocess", *options, "--data", uncounted)

    assert result.exit_code == 2
    assert "add one of them" in result.stderr


@pytest.mark.parametrize("command", [("lines", "count"), ("lines", "list"), ("reprocess", "--stale")])
def test_without_a_warehouse_they_say_so(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*command, "--data", tmp_path / "nothing")

    assert result.exit_code == 1
    assert "there is no warehouse yet" in result.stderr
