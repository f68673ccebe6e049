"""Large files: one commit for each part, one receipt for the whole, and nothing twice when a run dies between."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest
from newsroom import Newsroom, article

from flows import pipeline, spool, stages
from flows.pipeline import AS_THEY_ARE, Hops
from flows.runs import Request, Summary
from flows.stages import Landed

DOCUMENTS = 25
PART_ROWS = 10


def rows(count: int = DOCUMENTS) -> str:
    lines = [{"id": f"a{number}", "title": f"Point {number}", "text": article(number)} for number in range(count)]
    return "\n".join(map(json.dumps, lines)) + "\n"


def ingest(newsroom: Newsroom, hops: Hops = AS_THEY_ARE) -> Summary:
    async def run() -> Summary:
        with newsroom.desk() as desk:
            desk.transform_settings = dataclasses.replace(desk.transform_settings, part_rows=PART_ROWS)
            return await pipeline.ingest(desk, Request([newsroom.inbox]), hops)

    return asyncio.run(run())


def dying_after(commits: int) -> Hops:
    """Return the stages of a run that fails when it has committed so many batches."""
    done: list[Landed] = []

    async def land(*arguments: Any, **options: bool) -> Landed:
        if len(done) == commits:
            raise ConnectionError("the plug was pulled")
        done.append(await stages.land(*arguments, **options))
        return done[-1]

    return AS_THEY_ARE._replace(land=land)


def test_a_large_file_lands_in_parts_and_has_one_receipt(newsroom: Newsroom) -> None:
    newsroom.drop("many.jsonl", rows())
    newsroom.drop("one.txt", article(99))

    summary = ingest(newsroom)

    assert newsroom.value("SELECT count(*) FROM articles") == DOCUMENTS + 1
    assert newsroom.ask("SELECT documents, articles FROM files ORDER BY documents") == [(1, 1), (DOCUMENTS, DOCUMENTS)]
    assert newsroom.ask("SELECT status, files, documents FROM runs") == [("done", 2, DOCUMENTS + 1)]
    assert newsroom.value("SELECT list(DISTINCT position ORDER BY position) FROM documents") == list(range(DOCUMENTS))
    assert summary.batches == 4
    assert newsroom.findings() == ()
    assert not spool.folder_of(newsroom.data, summary.run_id or "").exists()


@pytest.mark.parametrize("commits", [1, 2, 3])
def test_a_run_that_dies_between_parts_is_taken_up_where_it_was(newsroom: Newsroom, commits: int) -> None:
    newsroom.drop("many.jsonl", rows())
    with pytest.raises(ConnectionError):
        ingest(newsroom, dying_after(commits))

    ingest(newsroom)

    assert newsroom.ask("SELECT status, documents, articles, repeats FROM files") == [
        ("landed", DOCUMENTS, DOCUMENTS, 0)
    ]
    assert newsroom.value("SELECT count(DISTINCT article_id) FROM articles") == DOCUMENTS
    assert newsroom.value("SELECT count(*) FROM articles") == DOCUMENTS
    assert newsroom.findings() == ()


def test_a_large_file_that_comes_again_was_seen_before(newsroom: Newsroom) -> None:
    newsroom.drop("many.jsonl", rows())
    ingest(newsroom)

    ingest(newsroom)

    assert newsroom.ask("SELECT status, documents FROM files ORDER BY documents") == [
        ("seen_before", 0),
        ("landed", DOCUMENTS),
    ]
    assert newsroom.value("SELECT count(*) FROM articles") == DOCUMENTS
    assert newsroom.findings() == ()
