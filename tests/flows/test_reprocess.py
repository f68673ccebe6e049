"""Repeated lines the whole way: counted, listed in a numbered table, taken out by ingests and by reprocessing."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import troubles
from newsroom import Newsroom

from flows import reprocess, settings, stages, upkeep
from flows.desk import Progress, at_hand, say_nothing
from flows.lines import LineCount, count_lines
from flows.reprocess import MEANT_BY_LINES, STALE, Reprocessed
from flows.workers import Workers
from warehouse import query
from warehouse.stale import Wanted

HEAD = "The Elms Courier has told the valley its news since the bridge was built."
FOOT = "The Courier is a member of the Valley Press Group; its desk is on the market square."
BACKGROUND = "The harbour was closed in February when dockers walked out over pay, and talks have stalled since."
ARTICLES = 56
EARLY = 50
STRIKES = 12
PLACES = ("Upper Tarn", "Port Elms", "Saltmere", "Nether Wold", "Quarry Hill", "Eastbrook", "Fennel Bay", "Stone Cross")
MATTERS = ("tunnel", "school", "market", "library", "reservoir", "tramway", "hospital", "orchard", "museum", "mill")

PATH = "{source}/*"
STRICT = {"min_articles": 500}

Open = Callable[..., Newsroom]


def _story(number: int) -> list[str]:
    """Return headline and paragraphs of an article that has little in common with the others."""
    place, matter = PLACES[number % 8], MATTERS[number // 8]
    lines = [
        f"Council of {place} looks at the {matter} again",
        f"The council of {place} spoke about the {matter} for {number + 3} hours on Monday, and {number + 40} came.",
        f"A vote on what the {matter} may cost was put off to the {number % 27 + 1}th of the month, the clerk said.",
        f"The {matter} has been in the books of {place} for {number + 9} years, and nobody has laid a stone of it.",
    ]
    if number % 5 == 0:
        lines[1] += " The dockers of the harbour, who walked out over pay in February, stood at the door."
        lines.insert(2 + number % 3, BACKGROUND)
    return lines


COPY = ("herald/001.txt", "\n\n".join(_story(1)) + "\n")
"""Another source prints one of the articles, without the head and the foot."""


def _article(number: int, *, foot: str = FOOT) -> str:
    return "\n\n".join((HEAD, *_story(number), foot)) + "\n"


def _drop(newsroom: Newsroom, numbers: Iterable[int]) -> None:
    for number in numbers:
        newsroom.drop(f"courier/{number:03}.txt", _article(number))


def _count(newsroom: Newsroom) -> LineCount:
    with newsroom.desk() as desk:
        return count_lines(newsroom.settings, desk.ledger, now=desk.now())


def _reprocess(newsroom: Newsroom, wanted: Wanted = STALE, progress: Progress = say_nothing) -> Reprocessed:
    with newsroom.desk() as desk:
        desk.progress = progress
        return asyncio.run(reprocess.reprocess(desk, wanted))


def _nightly(newsroom: Newsroom) -> dict[str, int]:
    """Run the scheduled flow's function at a desk of the newsroom."""
    file = newsroom.data.parent / "copydesk.toml"
    file.write_text(f'workers = 1\npath = "{PATH}"\n')
    place = {"data": str(newsroom.data), "config": str(file)}
    newsroom.settings = settings.load({"data": place["data"]}, config=place["config"])

    async def run() -> dict[str, int]:
        with newsroom.desk() as desk:
            async with at_hand(desk):
                told: dict[str, int] = await upkeep.lines.fn(**place)
                return told

    return asyncio.run(run())


def _stale(newsroom: Newsroom) -> int:
    return reprocess.count(newsroom.settings, STALE).articles


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory, workers: Workers) -> Newsroom:
    """A newsroom whose source prints a head and a foot that no rule knows; nobody changes it."""
    newsroom = Newsroom(tmp_path_factory.mktemp("courier"), workers, path=PATH)
    _drop(newsroom, range(ARTICLES))
    newsroom.drop(*COPY)
    newsroom.ingest()
    return newsroom


@pytest.fixture
def courier(ingested: Newsroom, open_newsroom: Open) -> Newsroom:
    """A copy of that newsroom's warehouse, whose inbox is empty."""
    newsroom = open_newsroom("courier", path=PATH)
    shutil.copytree(ingested.data, newsroom.data)
    query.connect(newsroom.data).close()
    return newsroom


@pytest.mark.slow
def test_head_and_foot_go_and_background_stays_whatever_the_order(courier: Newsroom, open_newsroom: Open) -> None:
    late = open_newsroom("late", path=PATH, batch_files=30)
    _drop(late, reversed(range(EARLY)))
    late.drop(*COPY)
    late.ingest()
    copies = "SELECT kind FROM duplicates"
    before = courier.ask(copies)

    assert _nightly(courier) == {"version": 1, "added": 2, "dropped": 0, "articles": ARTICLES}
    assert (_count(late).version, _reprocess(late).articles) == (1, EARLY)
    _drop(late, reversed(range(EARLY, ARTICLES)))
    late.ingest(only_new=True)

    texts = courier.ask("SELECT headline, body FROM articles WHERE source = 'courier' ORDER BY file_uri")
    assert texts == [(_story(number)[0], "\n\n".join(_story(number)[1:])) for number in range(ARTICLES)]
    assert courier.value(f"SELECT count(*) FROM articles WHERE contains(body, '{BACKGROUND}')") == STRIKES
    assert _without_places(courier) == _without_places(late)
    assert before != courier.ask(copies) == [("same_text",)], "copies follow the new bodies"
    versions = "SELECT source, lines_version, count(*) FROM articles GROUP BY ALL ORDER BY 1"
    assert courier.ask(versions) == [("courier", 1, ARTICLES), ("herald", 0, 1)]
    run = courier.ask("SELECT trigger, status, files, articles FROM runs ORDER BY started_at DESC LIMIT 1")
    assert run == [("reprocess", "done", 0, ARTICLES)]
    assert (_count(courier).is_new, _stale(courier)) == (False, 0)
    _assert_a_version_that_drops_them_brings_them_back(courier, open_newsroom("courier", path=PATH, lines=STRICT))
    assert courier.findings() == late.findings() == ()


def _assert_a_version_that_drops_them_brings_them_back(courier: Newsroom, strict: Newsroom) -> None:
    counted = _count(strict)

    assert (counted.version, counted.added, counted.dropped) == (2, 0, 2)
    assert _stale(strict) == ARTICLES
    assert _reprocess(strict, MEANT_BY_LINES._replace(at_most=9)).articles == 9
    restored = f"SELECT count(*) FROM articles WHERE contains(body, '{FOOT}') AND lines_version = 2"
    assert courier.value(restored) == 9
    assert courier.ask("SELECT lines_version, lines, added, dropped FROM line_versions ORDER BY 1") == [
        (1, 2, 2, 0),
        (2, 0, 0, 2),
    ]


def _without_places(newsroom: Newsroom) -> list[list[tuple[Any, ...]]]:
    """Return what the articles became, apart from the folder in which the newsroom lies."""
    tables = {"articles": "run_id, landed_at, file_uri, story_id", "removals": "run_id", "evidence": "run_id"}
    return [newsroom.ask(f"SELECT * EXCLUDE ({left}) FROM {table} ORDER BY ALL") for table, left in tables.items()]


@pytest.mark.slow
def test_a_run_that_breaks_off_has_landed_whole_batches_and_the_next_goes_on(
    courier: Newsroom, open_newsroom: Open
) -> None:
    small = open_newsroom("courier", path=PATH, batch_files=10)
    _count(small)
    twenty = STALE._replace(at_most=20)

    def stop(hop: str, done: int, of: int) -> None:
        if (hop, done) == ("validate", 10):
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        _reprocess(small, twenty, stop)

    assert courier.value("SELECT count(*) FROM articles WHERE lines_version = 1") == 10
    assert _stale(small) == ARTICLES - 10
    assert courier.value("SELECT status FROM runs WHERE trigger = 'reprocess'") == "failed"
    assert _reprocess(small, twenty).articles == 20
    assert _stale(small) == ARTICLES - 30
    assert courier.findings() == ()


def _remake(newsroom: Newsroom, progress: Progress = say_nothing) -> Reprocessed:
    return _reprocess(newsroom, Wanted(), progress)


def test_what_lay_beside_a_file_counts_when_it_is_gone(open_newsroom: Open) -> None:
    newsroom = open_newsroom("gone", path=PATH)
    newsroom.drop("courier/001.txt", _article(1))
    sidecar = newsroom.drop(
        "courier/001.json", '{"date": "2024-05-01T10:00:00+02:00", "authors": ["Mara Tolland", "Rui Vane, Jr"]}'
    )
    newsroom.ingest()
    before = newsroom.rows("articles"), newsroom.rows("evidence")
    sidecar.unlink()
    (newsroom.inbox / "courier/001.txt").unlink()

    assert _remake(newsroom).articles == 1

    assert (newsroom.rows("articles"), newsroom.rows("evidence")) == before
    assert newsroom.ask("SELECT source, published_on, authors FROM articles") == [
        ("courier", date(2024, 5, 1), ["Mara Tolland", "Rui Vane, Jr"])
    ]


def test_documents_whose_bytes_were_not_kept_are_read_from_their_files(open_newsroom: Open) -> None:
    newsroom = open_newsroom("hashed", path=PATH, keep_raw="hash")
    _drop(newsroom, range(3))
    rows = ({"headline": _story(number)[0], "body": " ".join(_story(number)[1:])} for number in (11, 12))
    newsroom.drop("herald/many.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    newsroom.ingest()
    before = newsroom.rows("articles")
    (newsroom.inbox / "courier/001.txt").unlink()
    newsroom.drop("courier/002.txt", _article(7))

    found = reprocess.count(newsroom.settings, Wanted())
    made = _remake(newsroom)

    assert (found.articles, found.from_files) == (5, 5)
    assert (made.articles, made.lost) == (3, 2)
    assert newsroom.rows("articles") == before
    assert newsroom.findings() == ()


def test_an_article_that_fails_today_stays_as_it_is(open_newsroom: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom = open_newsroom("failing")
    newsroom.drop("good.txt", _article(1))
    newsroom.drop("bad.txt", _article(2, foot="RAISE the flag over the square."))
    newsroom.ingest()
    before = newsroom.rows("articles")
    monkeypatch.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)

    made = _remake(newsroom)

    assert (made.articles, made.reasons) == (1, {"clean.crashed": 1})
    assert newsroom.rows("articles") == before
    assert newsroom.value("SELECT count(*) FROM quarantine") == 0
    assert newsroom.findings() == ()


def test_an_arrival_that_is_faster_wins(open_newsroom: Open) -> None:
    newsroom = open_newsroom("raced")
    newsroom.drop("a.txt", _article(1))
    newsroom.ingest()

    def arrive(hop: str, done: int, of: int) -> None:
        if hop == "validate":
            newsroom.drop("a.json", '{"date": "2024-05-01"}')
            arrival = threading.Thread(target=newsroom.ingest)
            arrival.start()
            arrival.join(60)

    made = _remake(newsroom, arrive)

    assert (made.articles, made.overtaken) == (0, 1)
    assert newsroom.value("SELECT published_on FROM articles") == date(2024, 5, 1)
    assert newsroom.findings() == ()


def test_source_and_time_choose_and_nothing_stale_begins_no_run(open_newsroom: Open) -> None:
    newsroom = open_newsroom("chosen", path=PATH)
    newsroom.drop("courier/1.txt", _article(1))
    newsroom.drop("herald/2.txt", _article(2))
    newsroom.ingest()
    landed_at = newsroom.value("SELECT max(landed_at) FROM articles")

    def count(**asked: Any) -> int:
        return reprocess.count(newsroom.settings, Wanted(**asked)).articles

    assert count() == 2
    assert count(source="herald") == 1
    assert count(since=landed_at) == 2
    assert count(since=landed_at.replace(year=2999)) == 0
    assert count(at_most=1) == 1
    assert count(outdated=True, transform_version="another") == 2
    assert _reprocess(newsroom) == Reprocessed()
    assert newsroom.counts()["runs"] == 1


def test_who_waits_for_the_desk_has_a_turn_after_one_batch(open_newsroom: Open) -> None:
    newsroom = open_newsroom("patient", batch_files=1)
    _drop(newsroom, range(3))
    made_anew = f"SELECT count(*) FROM articles WHERE run_id <> '{newsroom.ingest().run_id}'"
    seen: list[int] = []

    async def run() -> None:
        with newsroom.desk() as desk, ThreadPoolExecutor(1) as arrivals:
            waiting: list[asyncio.Task[None]] = []

            async def arrive() -> None:
                async with desk.turns:
                    seen.append(await asyncio.get_running_loop().run_in_executor(arrivals, newsroom.value, made_anew))

            def on_progress(hop: str, done: int, of: int) -> None:
                if not waiting:
                    waiting.append(asyncio.create_task(arrive()))

            desk.progress = on_progress
            await reprocess.reprocess(desk, Wanted())
            await waiting[0]

    asyncio.run(run())

    assert seen == [1]
    assert newsroom.value(made_anew) == 3
