"""A sidecar that comes before its file: it waits a moment, and is no file of its own for good."""

from __future__ import annotations

from collections.abc import Callable

from newsroom import Newsroom, article

SIDECAR = '{"section": "News"}'


def test_a_scan_leaves_a_young_sidecar_to_its_file(newsroom: Newsroom) -> None:
    newsroom.drop("a.json", SIDECAR)
    before = newsroom.ingest(only_new=True)
    newsroom.drop("a.txt", article(1))

    newsroom.ingest(only_new=True)

    assert before.run_id is None
    assert newsroom.reasons() == {}
    assert newsroom.ask("SELECT section FROM articles") == [("News",)]


def test_one_that_was_taken_by_itself_is_dealt_with_when_its_file_comes(open_newsroom: Callable[..., Newsroom]) -> None:
    newsroom = open_newsroom("hasty", arrivals={"sidecar_seconds": 0})
    newsroom.drop("a.json", SIDECAR)
    newsroom.ingest(only_new=True)
    before = newsroom.reasons()
    newsroom.drop("a.txt", article(1))

    newsroom.ingest(only_new=True)

    assert list(before) == ["a.json"]
    assert newsroom.reasons() == {}
    assert newsroom.findings() == ()
