"""Replay: what waits in quarantine takes the whole way once more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import troubles
from newsroom import Newsroom, article

from flows import replay, stages
from flows.desk import say_nothing
from flows.runs import Summary
from warehouse import claims


def _ids(newsroom: Newsroom) -> list[str]:
    return [quarantine_id for (quarantine_id,) in newsroom.ask("SELECT quarantine_id FROM open_quarantine")]


def _replay(newsroom: Newsroom) -> Summary:
    """Take all that waits the whole way, at the desk of the newsroom."""
    found = replay.find(newsroom.settings, _ids(newsroom))
    return newsroom.ingest(trigger="replay", files=found.files)


@pytest.fixture
def quarantined(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A newsroom with an article, and one in quarantine because a step had a bug that is mended now."""
    newsroom.drop("good.txt", article(1))
    newsroom.drop("bad.txt", article(2) + "RAISE the flag\n")
    with monkeypatch.context() as patched:
        patched.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)
        newsroom.ingest()
    assert newsroom.reasons() == {"bad.txt": "clean.crashed"}
    return newsroom


def _told(newsroom: Newsroom) -> list[tuple[Any, ...]]:
    return newsroom.ask("SELECT split_part(file_uri, '/inbox/', 2), position, file_id = document_id FROM articles")


def test_what_failed_by_a_bug_lands_once_the_bug_is_gone(quarantined: Newsroom) -> None:
    summary = _replay(quarantined)

    assert quarantined.reasons() == {}
    assert quarantined.ask("SELECT resolved_by FROM quarantine") == [(summary.run_id,)]
    assert quarantined.ask(f"SELECT trigger, files, articles FROM runs WHERE run_id = '{summary.run_id}'") == [
        ("replay", 1, 1)
    ]
    assert quarantined.findings() == ()


def test_it_lands_from_the_bytes_that_were_kept_when_its_file_is_gone(quarantined: Newsroom) -> None:
    (quarantined.inbox / "bad.txt").unlink()

    _replay(quarantined)

    assert sorted(_told(quarantined)) == [("bad.txt", 0, True), ("good.txt", 0, True)]
    assert quarantined.findings() == ()


def test_the_file_itself_brings_nothing_more_afterwards(quarantined: Newsroom) -> None:
    _replay(quarantined)

    assert quarantined.ingest(only_new=True).run_id is None
    assert quarantined.ingest().counts["seen_before"] == 2
    assert quarantined.findings() == ()


def test_what_fails_again_goes_on_waiting_and_adds_nothing(
    quarantined: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = _ids(quarantined)
    monkeypatch.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)

    _replay(quarantined)

    assert _ids(quarantined) == waiting
    assert quarantined.counts()["quarantine"] == 1
    assert quarantined.findings() == ()


def test_todays_sidecar_and_place_speak_for_what_is_replayed(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = Newsroom(newsroom.data.parent, newsroom.pool, path="{source}/*.txt")
    placed.drop("gazette/bad.txt", article(2) + "RAISE the flag\n")
    with monkeypatch.context() as patched:
        patched.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)
        placed.ingest()
    placed.drop("gazette/bad.json", '{"published_on": "2024-05-01"}')

    _replay(placed)

    assert placed.ask("SELECT source, published_on FROM articles") == [("gazette", date(2024, 5, 1))]
    assert placed.findings() == ()


def test_a_file_that_could_not_be_opened_is_replayed_from_its_place(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("a.json", "{")
    newsroom.drop("b.txt", b"")
    newsroom.ingest()
    newsroom.drop("a.json", "{}")
    newsroom.drop("b.txt", article(2))

    _replay(newsroom)

    assert newsroom.reasons() == {}
    assert newsroom.value("SELECT count(*) FROM articles") == 2
    assert newsroom.findings() == ()


def test_a_folder_with_the_name_of_an_article_is_not_replayed_as_what_is_in_it(newsroom: Newsroom) -> None:
    newsroom.drop("x.txt/inner.txt", article(1))
    newsroom.ingest()

    (file,) = replay.find(newsroom.settings, _ids(newsroom)).files

    assert file.problem is not None
    assert file.problem.reason == "inbox.not_a_file"


def test_an_entry_of_which_nothing_is_left_is_named(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("a.json", "{")
    newsroom.ingest()
    (newsroom.inbox / "a.txt").unlink()

    found = replay.find(newsroom.settings, _ids(newsroom))

    assert (list(found.files), list(found.lost)) == ([], _ids(newsroom))


def test_what_waits_no_more_is_passed_over(quarantined: Newsroom) -> None:
    ids = _ids(quarantined)
    _replay(quarantined)

    assert replay.find(quarantined.settings, [*ids, "nobody"]) == ([], [])


def test_a_replay_beside_an_ingest_of_the_same_file_leaves_it_to_that(quarantined: Newsroom) -> None:
    files = replay.find(quarantined.settings, _ids(quarantined)).files
    with quarantined.desk() as desk:
        run = claims.begin_run(desk.ledger, "manual", now=desk.now(), version="1")
        lease = 10 * (desk.now() - desk.now().replace(year=2000))
        claims.claim(desk.ledger, run.run_id, [file.file_uri for file in files], now=desk.now(), lease=lease)

        summary = quarantined.ingest(trigger="replay", files=files)

        run.close()
    assert (summary.files, summary.busy) == (0, 1)


@pytest.mark.slow
def test_the_command_opens_a_desk_of_its_own(quarantined: Newsroom) -> None:
    ids = _ids(quarantined)

    done = replay.replay(quarantined.settings, ids, say_nothing)

    assert done.summary.counts["articles"] == 1
    assert done.lost == []
    assert replay.replay(quarantined.settings, ids, say_nothing).summary.run_id is None
