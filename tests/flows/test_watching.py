"""Watchlists from the file that lands to the row, the alert and the command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from newsroom import Newsroom, article

from flows import alerts, events, pipeline
from flows.backfill import LOCK, backfill
from flows.errors import RunFailed
from flows.pipeline import AS_THEY_ARE
from flows.runs import Request
from flows.workers import Workers
from warehouse import paths
from warehouse.locks import locked

Run = Callable[..., Result]
COUNCILS = 'name = "Councils"\nany = ["council of district"]\nnone = ["jury"]'


@pytest.fixture
def newsroom(tmp_path: Path, open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    """A newsroom that watches for councils, and whose folder is the working folder of commands."""
    (tmp_path / "copydesk.toml").touch()
    write(tmp_path, "councils", COUNCILS)
    return open_newsroom(".", config=tmp_path / "copydesk.toml")


def write(folder: Path, name: str, text: str) -> None:
    (folder / "watchlists").mkdir(exist_ok=True)
    (folder / "watchlists" / f"{name}.toml").write_text(text, encoding="utf-8")


def hits(newsroom: Newsroom) -> list[tuple[object, ...]]:
    return newsroom.ask("SELECT watchlist, headline FROM watchlist_hits ORDER BY ALL")


def test_matches_land_with_their_article_and_the_audit_is_clean(newsroom: Newsroom) -> None:
    newsroom.drop("1.txt", article(1))
    newsroom.drop("2.txt", article(2, words="jury"))
    summary = newsroom.ingest()

    assert summary.snapshot == 1
    assert hits(newsroom) == [("councils", "The council of district 1 meets again")]
    assert newsroom.findings() == ()


def test_a_list_that_changes_counts_from_the_next_batch_at_the_same_desk(newsroom: Newsroom, tmp_path: Path) -> None:
    with newsroom.desk() as desk:
        for number, name in enumerate(("councils", "mayors")):
            newsroom.drop(f"{number}.txt", article(number))
            write(tmp_path, name, 'any = ["met on Monday"]')
            asyncio.run(pipeline.ingest(desk, Request([newsroom.inbox], only_new=True), AS_THEY_ARE))

    assert newsroom.ask("SELECT watchlist, count(*) FROM matches GROUP BY ALL ORDER BY ALL") == [
        ("councils", 2),
        ("mayors", 1),
    ]


def test_an_article_that_lands_anew_is_matched_anew(newsroom: Newsroom) -> None:
    newsroom.drop("1.txt", article(1))
    newsroom.ingest()
    newsroom.drop("1.json", '{"source": "gazette"}')
    newsroom.ingest()

    assert newsroom.ask("SELECT source FROM watchlist_hits") == [("gazette",)]
    assert newsroom.value("SELECT count(*) FROM matches") == 1
    assert newsroom.value("SELECT count(*) FROM lake.matches") == 2
    assert newsroom.findings() == ()


def test_under_embargo_nothing_rings_and_nothing_is_shown(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    rung = record_events(monkeypatch)
    for number, embargo in enumerate(("2090-01-01T00:00:00Z", "2020-01-01T00:00:00Z")):
        newsroom.drop(f"{number}.txt", article(number))
        newsroom.drop(f"{number}.json", json.dumps({"embargoed_until": embargo}))
    newsroom.ingest()

    assert newsroom.value("SELECT count(*) FROM matches") == 2
    assert hits(newsroom) == [("councils", "The council of district 1 meets again")]
    ((event, resource, facts, name),) = rung
    assert (event, resource, name) == (alerts.MATCHED, "copydesk.watchlist.councils", "Councils")
    assert facts["headlines"] == [facts["headline"]] == ["The council of district 1 meets again"]
    assert (facts["watchlist"], facts["articles"], len(facts["article_ids"])) == ("councils", 1, 1)


def test_what_was_under_embargo_rings_once_at_the_first_sweep_after_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = record_events(monkeypatch)
    newsroom.drop("1.txt", article(1))
    newsroom.drop("1.json", json.dumps({"embargoed_until": "2020-01-01T00:00:00Z"}))
    told = []
    for year in (2019, 2019, 2020, 2021):
        monkeypatch.setattr(newsroom, "now", partial(datetime, year, 6, 1, tzinfo=UTC))
        newsroom.ingest(only_new=True, trigger="schedule")
        told.append(len(rung))

    assert told == [0, 0, 1, 1]
    ((_, _, facts, name),) = rung
    assert name == "Councils"
    assert (facts["articles"], facts["headline"]) == (1, "The council of district 1 meets again")
    assert (facts["run_id"], facts["snapshot"]) == (None, 1)


def record_events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, object], str | None]]:
    """Return the list that alerts go to instead of Prefect's server, which is not here."""
    rung: list[tuple[str, str, dict[str, object], str | None]] = []

    def emit(event: str, resource: str, payload: dict[str, object], *, name: str | None = None) -> None:
        if event == alerts.MATCHED:
            rung.append((event, resource, payload, name))

    monkeypatch.setattr(events, "emit", emit)
    return rung


def test_of_a_batch_each_list_rings_once(newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rung = record_events(monkeypatch)
    write(tmp_path, "clerks", 'any = ["clerk"]')
    for number in range(3):
        newsroom.drop(f"{number}.txt", article(number))
    newsroom.ingest()

    assert [(facts["watchlist"], facts["articles"]) for _, _, facts, _ in rung] == [("clerks", 3), ("councils", 3)]


def test_a_broken_list_stops_a_command_before_anything_lands(newsroom: Newsroom, tmp_path: Path, run: Run) -> None:
    write(tmp_path, "broken", 'anny = ["x"]')
    newsroom.drop("1.txt", article(1))

    done = run("ingest", "--direct", newsroom.inbox, "--data", newsroom.data)

    assert done.exit_code == 2
    assert "write `any`" in done.output
    assert not paths.catalog(newsroom.data).exists()


# -- the command


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Newsroom:
    """Three articles that landed while the councils were watched for; nobody changes them."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "copydesk.toml").touch()
    write(folder, "councils", COUNCILS)
    newsroom = Newsroom(folder, workers, config=folder / "copydesk.toml")
    for number in range(1, 4):
        newsroom.drop(f"{number}.txt", article(number))
    newsroom.ingest()
    return newsroom


def test_a_list_is_tried_over_the_archive(archive: Newsroom, tmp_path: Path, run: Run) -> None:
    (tmp_path / "idea.toml").write_text('any = ["district 2", "district 3"]')

    shown = run("watchlist", "test", "idea.toml", "--limit", 1, "--data", archive.data)
    told = json.loads(run("watchlist", "test", "idea.toml", "--json", "--data", archive.data).stdout)

    assert shown.exit_code == 0
    assert "headline: The council of [district " in shown.stdout
    assert "2 of 3 articles belong to it; the newest 1 are shown" in shown.stderr
    assert (told["searched"], told["matched"], len(told["articles"])) == (3, 2, 2)
    span = told["articles"][0]["spans"][0]
    assert (span["field"], span["before"], span["after"]) == ("headline", "The council of ", " meets again")
    assert archive.value("SELECT count(DISTINCT watchlist) FROM matches") == 1


def test_a_list_is_tried_by_its_name_over_what_was_told_since(archive: Newsroom, run: Run) -> None:
    place = ("--data", archive.data, "--config", archive.settings.config)

    found = [
        json.loads(run("watchlist", "test", "councils", "--json", "--since", since, *place).stdout)
        for since in ("1d", "2990-01-01")
    ]

    assert [(one["searched"], one["matched"]) for one in found] == [(3, 3), (0, 0)]
    assert run("watchlist", "test", "councils", "--since", "soon", *place).exit_code == 2


def test_the_list_of_lists_counts_versions_apart(archive: Newsroom, tmp_path: Path, run: Run) -> None:
    write(tmp_path, "councils", 'name = "Councils"\nany = ["clerk"]')

    shown = run("watchlist", "list", "--data", archive.data)
    rows = json.loads(run("watchlist", "list", "--json", "--data", archive.data).stdout)

    assert shown.exit_code == 0
    assert "Councils (no longer in force)" in shown.stdout
    assert [(row["watchlist"], row["articles"], row["in_force"]) for row in rows] == [
        ("councils", 0, True),
        ("councils", 3, False),
    ]


def test_lists_are_listed_before_anything_has_landed(newsroom: Newsroom, run: Run) -> None:
    done = run("watchlist", "list", "--data", newsroom.data / "nowhere")

    assert (done.exit_code, done.stdout.splitlines()[1].split()[0]) == (0, "councils")


def test_check_tells_all_that_is_broken(newsroom: Newsroom, tmp_path: Path, run: Run) -> None:
    assert run("watchlist", "check").exit_code == 0
    write(tmp_path, "broken", 'anny = ["x"]')
    write(tmp_path, "other", "find = '('")

    done = run("watchlist", "check")

    assert done.exit_code == 2
    assert "councils" in done.stdout
    assert done.stderr.count("what:") == 2
    assert run("watchlist", "check", "councils").exit_code == 0


def test_a_backfill_lands_what_is_missing_and_its_rows_go_with_their_article(
    newsroom: Newsroom, tmp_path: Path, run: Run
) -> None:
    for number in range(2):
        newsroom.drop(f"{number}.txt", article(number))
    newsroom.ingest()
    write(tmp_path, "clerks", 'any = ["clerk"]')
    by_list = "SELECT watchlist, count(*) FROM matches GROUP BY ALL ORDER BY ALL"

    first = run("watchlist", "backfill", "--data", newsroom.data)
    again = run("watchlist", "backfill", "clerks", "--data", newsroom.data)

    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert "2 matches landed" in first.stderr
    assert "0 matches landed" in again.stderr
    assert newsroom.ask(by_list) == [("clerks", 2), ("councils", 2)]
    assert newsroom.findings() == ()

    newsroom.drop("1.json", '{"source": "gazette"}')
    newsroom.ingest()
    assert newsroom.ask(by_list) == [("clerks", 2), ("councils", 2)]
    assert newsroom.value("SELECT count(*) FROM lake.matches") == 6
    assert newsroom.findings() == ()


def test_two_backfills_at_once_are_refused(archive: Newsroom) -> None:
    with locked(paths.lock(archive.data, LOCK)), pytest.raises(RunFailed, match="another backfill"):
        backfill(archive.data, [], progress=lambda done: None)
