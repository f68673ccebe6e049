"""The whole way, inbox to SQL, with real files, real workers, real expectations and a real warehouse."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import troubles
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from newsroom import Newsroom, article, with_hop

from flows import pipeline, reading, runs, stages
from flows.desk import Desk
from flows.inbox import InboxFile
from flows.receipts import LawBroken
from flows.runs import Request, group_files
from flows.worker_process import MEBIBYTE, WorkerLimits
from flows.workers import Workers
from warehouse import claims, paths
from warehouse.locks import acquire
from warehouse.tables import TABLES

STREAMED = ("story_members",)
"""Stories grow as articles come; re-clustering makes them independent of the order (tests of stories measure both)."""
ARTICLE_TABLES = [
    table.name for table in TABLES if table.name not in ("runs", "expectation_results", "resolutions", *STREAMED)
]
STATUSES = "SELECT status, documents, articles, repeats, quarantined FROM files"


def _clean(newsroom: Newsroom) -> bool:
    assert newsroom.findings() == ()
    return True


# -- once and only once


def test_a_file_becomes_an_article_with_a_receipt(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))

    summary = newsroom.ingest()

    assert newsroom.ask(STATUSES) == [("landed", 1, 1, 0, 0)]
    assert newsroom.ask("SELECT headline, language FROM articles") == [("The council of district 1 meets again", "en")]
    assert (summary.files, summary.snapshot, summary.counts["articles"]) == (1, 1, 1)
    assert newsroom.ask("SELECT status, trigger, files, articles FROM runs") == [("done", "manual", 1, 1)]
    assert newsroom.value("SELECT count(*) FROM expectation_results WHERE success") > 5
    assert _clean(newsroom)


def test_ingesting_twice_equals_once(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("b.txt", b"")
    newsroom.ingest()
    before = newsroom.counts()

    summary = newsroom.ingest()

    added = {name: number - before.get(name, 0) for name, number in newsroom.counts().items()}
    assert {name: number for name, number in added.items() if number} == {"runs": 1, "files": 2}
    second = f"{STATUSES} WHERE run_id = '{summary.run_id}'"
    assert newsroom.ask(second) == [("seen_before", 0, 0, 0, 0)] * 2
    assert _clean(newsroom)


def test_the_same_bytes_under_another_name_are_one_repeat(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.ingest()
    other = newsroom.drop("other.txt", article(1))

    newsroom.ingest(other)

    assert newsroom.ask(f"{STATUSES} WHERE file_uri LIKE '%other.txt'") == [("landed", 1, 0, 1, 0)]
    assert newsroom.value("SELECT count(*) FROM articles") == 1
    assert _clean(newsroom)


def test_two_files_with_the_same_bytes_in_one_batch_are_an_article_and_a_repeat(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("b.txt", article(1))

    newsroom.ingest()

    assert newsroom.ask(f"{STATUSES} ORDER BY file_uri") == [("landed", 1, 1, 0, 0), ("landed", 1, 0, 1, 0)]
    assert _clean(newsroom)


def test_two_files_with_the_same_bytes_are_rejected_alike(newsroom: Newsroom) -> None:
    for name in ("a.txt", "b.txt"):
        newsroom.drop(name, "12345 67890\n")

    newsroom.ingest()

    assert newsroom.ask(STATUSES) == [("quarantined", 1, 0, 0, 1)] * 2
    assert newsroom.reasons() == {"a.txt": "clean.no_story_text", "b.txt": "clean.no_story_text"}
    assert _clean(newsroom)


def test_two_runs_over_the_same_folder_land_each_article_once(newsroom: Newsroom) -> None:
    for number in range(6):
        newsroom.drop(f"{number}.txt", article(number))

    async def both() -> list[runs.Summary]:
        return list(await asyncio.gather(newsroom.ingesting(), newsroom.ingesting()))

    summaries = asyncio.run(both())

    assert newsroom.value("SELECT count(*) FROM articles") == 6
    assert sum(summary.files + summary.busy for summary in summaries) == 12
    assert newsroom.value("SELECT count(*) FROM runs WHERE status = 'done'") == 2
    assert _clean(newsroom)


def test_two_runs_that_bring_the_same_texts_miss_neither_repeats_nor_copies(newsroom: Newsroom) -> None:
    """Each reads before the other commits; who commits later asks once more what is new."""
    for folder in ("one", "two"):
        newsroom.drop(f"{folder}/same.txt", article(1))
    newsroom.drop("one/copy.txt", article(2))
    newsroom.drop("two/copy.txt", article(2) + "\n")

    async def both() -> None:
        await asyncio.gather(*(newsroom.ingesting(newsroom.inbox / folder) for folder in ("one", "two")))

    asyncio.run(both())

    assert newsroom.value("SELECT count(*) FROM repeats") == 1
    assert newsroom.value("SELECT count(*) FROM duplicates") == 1
    assert newsroom.value("SELECT count(*) FROM articles") == 3
    assert _clean(newsroom)


# -- sweeps


def test_a_sweep_writes_nothing_when_nothing_has_changed(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("b.txt", b"")
    (newsroom.inbox / "link.txt").symlink_to("nowhere")
    newsroom.drop("c.txt", article(2))
    newsroom.drop("c.json", "{")
    newsroom.ingest(only_new=True)
    before = newsroom.counts()

    summary = newsroom.ingest(only_new=True)

    assert (summary.run_id, summary.snapshot) == (None, None)
    assert newsroom.counts() == before


def test_a_sweep_takes_what_has_changed(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("b.txt", article(2))
    newsroom.ingest(only_new=True)
    newsroom.drop("b.txt", article(3))

    assert newsroom.ingest(only_new=True).files == 1

    assert newsroom.value("SELECT count(*) FROM articles") == 3
    assert _clean(newsroom)


def test_a_sweep_publishes_what_a_killed_run_had_landed_but_not_published(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))

    async def nothing(desk: Desk) -> None:
        return None

    newsroom.ingest(hops=with_hop("publish", nothing))
    assert not paths.catalog(newsroom.data).exists()

    newsroom.ingest(only_new=True)

    assert newsroom.value("SELECT count(*) FROM articles") == 1


# -- sidecars


def test_a_sidecar_gives_the_date_and_evidence_says_so(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("a.json", '{"published_on": "2024-05-01"}')

    newsroom.ingest()

    assert newsroom.value("SELECT published_on FROM articles") == date(2024, 5, 1)
    assert newsroom.value("SELECT method FROM evidence WHERE field = 'published_on'") == "sidecar"


@pytest.mark.parametrize("only_new", [False, True])
def test_a_sidecar_that_comes_later_lands_the_article_anew(newsroom: Newsroom, only_new: bool) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.ingest(only_new=only_new)
    newsroom.drop("a.json", '{"published_on": "2024-05-01"}')

    newsroom.ingest(only_new=only_new)

    assert newsroom.ask("SELECT published_on FROM articles") == [(date(2024, 5, 1),)]
    assert newsroom.value("SELECT method FROM evidence WHERE field = 'published_on'") == "sidecar"
    assert newsroom.counts()["repeats"] == newsroom.counts()["documents"] == 1
    assert newsroom.ingest(only_new=True).run_id is None
    assert _clean(newsroom)


def test_twins_whose_places_change_together_land_anew_once_even_in_two_batches(
    open_newsroom: Callable[..., Newsroom],
) -> None:
    newsroom = open_newsroom("small", batch_files=1)
    for name in ("a", "b"):
        newsroom.drop(f"{name}.txt", article(1))
    newsroom.ingest()
    for name in ("a", "b"):
        newsroom.drop(f"{name}.json", json.dumps({"section": f"Section {name}"}))

    newsroom.ingest()

    assert newsroom.ask("SELECT section FROM articles") == [("Section a",)]
    assert _clean(newsroom)


# -- quarantine heals


def test_a_document_whose_sidecar_was_mended_lands_and_waits_no_longer(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("a.json", "{")
    newsroom.ingest()
    assert newsroom.reasons() == {"a.txt": "inbox.sidecar_unreadable"}
    newsroom.drop("a.json", '{"section": "News"}')

    newsroom.ingest(only_new=True)

    assert newsroom.ask("SELECT section FROM articles") == [("News",)]
    assert newsroom.reasons() == {}
    assert newsroom.value("SELECT resolved_by FROM quarantine") == newsroom.value("SELECT run_id FROM articles")
    assert _clean(newsroom)


def test_a_landed_file_whose_sidecar_was_broken_for_a_while_waits_no_longer(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.ingest(only_new=True)
    newsroom.drop("a.json", "{")
    newsroom.ingest(only_new=True)
    assert newsroom.reasons() == {"a.txt": "inbox.sidecar_unreadable"}
    (newsroom.inbox / "a.json").unlink()

    newsroom.ingest(only_new=True)

    assert newsroom.reasons() == {}
    assert newsroom.counts()["articles"] == newsroom.counts()["resolutions"] == 1
    assert newsroom.ingest(only_new=True).run_id is None
    assert _clean(newsroom)


def test_an_empty_file_that_was_filled_lands_and_waits_no_longer(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", b"")
    newsroom.ingest()
    assert newsroom.reasons() == {"a.txt": "read.empty_file"}
    newsroom.drop("a.txt", article(1))

    newsroom.ingest()

    assert newsroom.reasons() == {}
    assert newsroom.value("SELECT count(*) FROM articles") == 1
    assert _clean(newsroom)


def test_the_same_failure_again_adds_nothing(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", "12345 67890\n")
    newsroom.drop("a.txt.txt", "\x00\x01")
    newsroom.ingest()
    os.utime(newsroom.inbox / "a.txt")

    newsroom.ingest()

    assert newsroom.counts()["quarantine"] == 2
    assert len(newsroom.reasons()) == 2
    assert _clean(newsroom)


# -- what cannot be read


def test_whatever_lies_in_the_inbox_costs_only_itself(newsroom: Newsroom) -> None:
    newsroom.drop("good.txt", article(1))
    newsroom.drop("empty.txt", b"")
    newsroom.drop("binary.txt", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4)
    newsroom.drop("mixed.txt", article(2).encode() + b"\xff\xfe \xc3\xa9\xe9\xe9\xe9 \x81")
    newsroom.drop("dir.txt/inner.txt", article(3))
    (newsroom.inbox / "link.txt").symlink_to("nowhere")
    os.mkfifo(newsroom.inbox / "pipe.txt")
    (newsroom.inbox / "memory.txt").symlink_to("/proc/self/mem")
    (newsroom.inbox / os.fsdecode(b"caf\xe9.txt")).write_text(article(4))

    newsroom.ingest()

    reasons = newsroom.reasons()
    assert {name: reasons[name] for name in sorted(reasons) if name != "memory.txt"} == {
        "binary.txt": "read.binary_file",
        "dir.txt": "inbox.not_a_file",
        "empty.txt": "read.empty_file",
        "link.txt": "inbox.dangling_link",
        "mixed.txt": "read.not_utf8",
        "pipe.txt": "inbox.not_a_file",
    }
    assert reasons.get("memory.txt", "inbox.not_readable").startswith("inbox.")
    landed = newsroom.ask("SELECT file_uri FROM articles ORDER BY 1")
    assert [uri.rsplit("inbox/", 1)[1] for (uri,) in landed] == ["caf%E9.txt", "dir.txt/inner.txt", "good.txt"]
    assert newsroom.value("SELECT bool_and(length(detail) > 20) FROM quarantine")
    assert _clean(newsroom)


def test_a_file_without_read_permission_is_quarantined_and_lands_when_it_has_some(newsroom: Newsroom) -> None:
    closed = newsroom.drop("a.txt", article(1))
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        pytest.skip("this user may read everything")
    newsroom.ingest()
    assert newsroom.reasons() == {"a.txt": "inbox.not_readable"}
    closed.chmod(0o600)

    newsroom.ingest()

    assert newsroom.reasons() == {}


def test_a_file_that_changes_while_it_is_read_is_held_and_taken_when_it_is_whole(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.drop("a.txt", article(1))
    monkeypatch.setattr(reading, "read_file", troubles.read_and_append)
    newsroom.ingest()
    assert newsroom.ask(STATUSES) == [("held", 0, 0, 0, 0)]
    monkeypatch.undo()

    newsroom.ingest(only_new=True)

    assert newsroom.value("SELECT ends_with(body, 'and more of it') FROM articles")
    assert _clean(newsroom)


def test_a_file_that_vanishes_between_listing_and_reading_is_reported(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.drop("a.txt", article(1))
    monkeypatch.setattr(reading, "read_file", troubles.read_too_late)

    newsroom.ingest()

    assert newsroom.reasons() == {"a.txt": "inbox.file_vanished"}
    assert _clean(newsroom)


# -- the same rows


def _rows(newsroom: Newsroom) -> dict[str, list[tuple[Any, ...]]]:
    def strip(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(v.rsplit("/inbox/", 1)[-1] if isinstance(v, str) else v for v in row)

    return {name: [strip(row) for row in newsroom.rows(name)] for name in ARTICLE_TABLES}


def _fill(newsroom: Newsroom) -> list[Path]:
    texts = [article(number) for number in range(5)]
    copies = [text + "\n \n" for text in texts[:2]]
    return [newsroom.drop(f"{index}.txt", text) for index, text in enumerate([*texts, *copies, "123", "456"])]


def test_one_worker_and_two_make_the_same_rows(tmp_path: Path, workers: Workers) -> None:
    one, two = Newsroom(tmp_path / "one", workers), Newsroom(tmp_path / "two", workers=2)
    for newsroom in (one, two):
        _fill(newsroom)
        newsroom.ingest()

    assert _rows(one) == _rows(two)


def test_neither_order_nor_batches_change_the_rows(open_newsroom: Callable[..., Newsroom]) -> None:
    whole, single = open_newsroom("whole"), open_newsroom("single", batch_files=1)
    _fill(whole)
    whole.ingest()
    for path in reversed(_fill(single)):
        single.ingest(path)

    assert _rows(whole) == _rows(single)
    assert whole.value("SELECT count(*) FROM duplicates") == 2
    assert _clean(single)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([article(1), article(2), "123", "", "\x00"])),
        min_size=1,
        max_size=5,
    )
)
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
def test_every_document_is_an_article_a_repeat_or_quarantined(
    tmp_path_factory: pytest.TempPathFactory, workers: Workers, drops: list[tuple[str, str]]
) -> None:
    newsroom = Newsroom(tmp_path_factory.mktemp("law"), workers)
    for name, text in drops:
        newsroom.drop(f"{name}.txt", text)
        newsroom.ingest(only_new=True)

    told = newsroom.ask("SELECT sum(documents), sum(articles) + sum(repeats) + sum(quarantined) FROM files")
    assert told[0][0] == told[0][1] >= 1
    assert newsroom.value("SELECT count(*) FROM articles") == len({text for _, text in drops if len(text) > 9})
    assert _clean(newsroom)


# -- what breaks


def test_a_stage_that_drops_a_document_breaks_the_law_and_nothing_lands(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    newsroom.drop("b.txt", article(2))
    newsroom.drop("c.txt", article(2))

    async def validate(desk: Desk, prepared: stages.Prepared) -> stages.Validated:
        validated = await stages.validate(desk, prepared)
        return validated._replace(tables={name: table.slice(0, 1) for name, table in validated.tables.items()})

    with pytest.raises(LawBroken, match=r"b\.txt: 1 documents were read, but 0 accounted for"):
        newsroom.ingest(hops=with_hop("validate", validate))

    assert newsroom.counts() == {"runs": 1}
    status, error = newsroom.ask("SELECT status, error FROM runs")[0]
    assert status == "failed"
    assert error.startswith("LawBroken: file:///")


def test_a_failed_run_has_landed_the_batches_before_and_the_next_takes_the_rest(
    open_newsroom: Callable[..., Newsroom],
) -> None:
    newsroom = open_newsroom("small", batch_files=1)
    for number in range(3):
        newsroom.drop(f"{number}.txt", article(number))

    async def prepare(desk: Desk, batch: stages.Batch) -> stages.Prepared:
        if batch.number == 1:
            raise OSError("disk full")
        return await stages.prepare(desk, batch)

    with pytest.raises(OSError, match="disk full"):
        newsroom.ingest(hops=with_hop("prepare", prepare))
    assert newsroom.value("SELECT count(*) FROM articles") == 1

    assert newsroom.ingest(only_new=True).files == 2

    assert newsroom.ask("SELECT status, files FROM runs ORDER BY started_at") == [("failed", 1), ("done", 2)]
    assert newsroom.value("SELECT count(*) FROM articles") == 3
    assert _clean(newsroom)


def test_a_run_that_lost_its_lease_lands_nothing_and_says_so(newsroom: Newsroom) -> None:
    path = newsroom.drop("a.txt", article(1))

    async def validate(desk: Desk, prepared: stages.Prepared) -> stages.Validated:
        with desk.ledger.writing() as connection:
            claims.release(connection, prepared.batch.run_id, [path.as_uri()])
        return await stages.validate(desk, prepared)

    with pytest.raises(claims.LeaseLost):
        newsroom.ingest(hops=with_hop("validate", validate))

    assert newsroom.counts() == {"runs": 1}
    assert newsroom.ingest().counts["articles"] == 1
    assert _clean(newsroom)


def test_a_run_that_is_cancelled_while_it_waits_to_commit_leaves_no_lock_behind(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    lock = acquire(paths.lock(newsroom.data, paths.COMMITTER_LOCK))

    async def cancelled() -> None:
        waiting = asyncio.Event()

        async def validate(desk: Desk, prepared: stages.Prepared) -> stages.Validated:
            validated = await stages.validate(desk, prepared)
            waiting.set()
            return validated

        run = asyncio.create_task(newsroom.ingesting(hops=with_hop("validate", validate)))
        await waiting.wait()
        await asyncio.sleep(0)
        run.cancel()
        await asyncio.sleep(0)
        lock.release()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(cancelled())

    assert newsroom.ask("SELECT status FROM runs") == [("failed",)]
    assert newsroom.ingest().counts["articles"] == 1
    assert _clean(newsroom)


def test_a_long_run_keeps_its_lease(open_newsroom: Callable[..., Newsroom]) -> None:
    newsroom = open_newsroom("hasty", lease_seconds=0.4)
    newsroom.drop("a.txt", article(1))
    renewed = 0

    async def validate(desk: Desk, prepared: stages.Prepared) -> stages.Validated:
        nonlocal renewed
        leases = set()
        while len(leases) < 4:
            leases |= set(
                await desk.ask(lambda it: it.exec_driver_sql("SELECT lease_until FROM claims").scalars().all())
            )
            await asyncio.sleep(0.01)
        renewed = len(leases)
        return await stages.validate(desk, prepared)

    newsroom.ingest(hops=with_hop("validate", validate))

    assert renewed == 4
    assert newsroom.value("SELECT count(*) FROM articles") == 1


def test_many_small_files_are_compacted_by_the_run_that_makes_them_too_many(
    open_newsroom: Callable[..., Newsroom],
) -> None:
    newsroom = open_newsroom("small", batch_files=1, compact_above=2)
    for number in range(3):
        newsroom.drop(f"{number}.txt", article(number))

    newsroom.ingest()

    assert newsroom.value("SELECT count(*) FROM articles") == 3
    assert len(list((newsroom.data / "lake" / "articles").glob("*"))) == 4
    assert newsroom.value("SELECT snapshot FROM copydesk.catalog") == 4
    assert _clean(newsroom)


def test_a_service_compacts_beside_until_that_is_not_enough(open_newsroom: Callable[..., Newsroom]) -> None:
    newsroom = open_newsroom("beside", batch_files=1, compact_above=4)
    begun: list[Awaitable[None]] = []
    small = "SELECT count(*) FROM lake_files WHERE table_name = 'articles' AND end_snapshot IS NULL"

    async def take(desk: Desk, numbers: range) -> int:
        """Return how many files of articles there are after articles have landed one by one."""
        paths = [newsroom.drop(f"{number}.txt", article(number)) for number in numbers]
        await pipeline.ingest(desk, Request(paths), pipeline.AS_THEY_ARE)
        return await desk.ask(lambda it: int(it.exec_driver_sql(small).scalar_one()))

    async def run() -> list[int]:
        with newsroom.desk() as desk:
            desk.beside = begun.append
            counts = [await take(desk, range(5))]
            await begun.pop()
            counts.append(await take(desk, range(5, 9)))
            counts.append(await take(desk, range(9, 10)))
            await begun.pop()
            return counts

    assert asyncio.run(run()) == [5, 5, 1]
    assert begun == []
    assert newsroom.value("SELECT count(*) FROM articles") == 10
    assert _clean(newsroom)


# -- transforms that misbehave


@pytest.fixture(scope="module")
def strict_workers() -> Any:
    """Workers that lose patience soon."""
    limits = WorkerLimits(seconds_per_item=3.0, memory_bytes=640 * MEBIBYTE)
    with Workers(1, limits) as pool:
        yield pool


@pytest.mark.slow
def test_a_transform_that_raises_hangs_eats_memory_or_dies_costs_one_document_each(
    tmp_path: Path, strict_workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom = Newsroom(tmp_path, strict_workers)
    for number in range(4):
        newsroom.drop(f"{number}.txt", article(number))
    for trouble in ("RAISE", "HANG", "EAT", "DIE"):
        newsroom.drop(f"{trouble}.txt", article(9) + f"{trouble} is the word.\n")
    monkeypatch.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)

    newsroom.ingest()

    assert newsroom.reasons() == {
        "RAISE.txt": "clean.crashed",
        "HANG.txt": "prepare.timed_out",
        "EAT.txt": "prepare.out_of_memory",
        "DIE.txt": "prepare.worker_died",
    }
    detail = newsroom.value("SELECT detail FROM quarantine WHERE reason = 'clean.crashed'")
    assert "ZeroDivisionError: a step divides by zero" in detail
    assert newsroom.value("SELECT bool_and(raw IS NOT NULL) FROM quarantine")
    assert newsroom.value("SELECT count(*) FROM articles") == 4
    assert _clean(newsroom)


def test_a_strict_run_ends_at_an_unexpected_exception(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.drop("a.txt", article(1) + "RAISE\n")
    monkeypatch.setattr(stages, "prepare_documents", troubles.prepare_with_trouble)

    with pytest.raises(ZeroDivisionError, match="a step divides by zero"):
        newsroom.ingest(strict=True)

    assert newsroom.counts() == {"runs": 1}


# -- batches


def _files(*sizes: int) -> list[InboxFile]:
    return [InboxFile(b"/%d" % number, b"/", size, 1) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ((), []),
        ((1, 1, 1), [[1, 1], [1]]),
        ((6, 6, 6), [[6], [6], [6]]),
        ((99, 1, 1), [[99], [1, 1]]),
        ((5, 5, 0), [[5, 5], [0]]),
    ],
)
def test_batches_are_bounded_in_files_and_bytes(sizes: tuple[int, ...], groups: list[list[int]]) -> None:
    made = group_files(_files(*sizes), files_at_most=2, size_bytes=10)

    assert [[file.size_bytes for file in group] for group in made] == groups


def test_a_run_without_files_is_recorded_unless_it_is_a_sweep(newsroom: Newsroom) -> None:
    assert newsroom.ingest(only_new=True).run_id is None
    assert newsroom.counts() == {}

    newsroom.ingest()

    assert newsroom.ask("SELECT status, files FROM runs") == [("done", 0)]


def test_progress_is_told_hop_by_hop(newsroom: Newsroom) -> None:
    newsroom.drop("a.txt", article(1))
    told: list[tuple[str, int, int]] = []

    async def run() -> None:
        with newsroom.desk() as desk:
            desk.progress = lambda *step: told.append(step)
            await pipeline.ingest(desk, Request([newsroom.inbox]), pipeline.AS_THEY_ARE)

    asyncio.run(run())

    assert told == [("prepare", 0, 1), ("validate", 0, 1), ("deduplicate", 0, 1)]
