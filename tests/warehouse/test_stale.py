"""What is stale: what other rules made, and what a difference of the line table touches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from press import NOW, Press, article

from warehouse import peek, stale
from warehouse.stale import Wanted

FOOT = "The Courier is a member of the Valley Press Group."
GONE = "Call the desk when you know more than we do."
MEANT = Wanted(meant=True)


def _versions() -> dict[str, list[dict[str, Any]]]:
    told = {"articles": 60, "added": 0, "dropped": 0, "thresholds": "{}", "counted_at": NOW.replace(tzinfo=None)}
    lines = [(1, "courier", GONE), (2, "courier", FOOT)]
    return {
        "line_versions": [
            {**told, "lines_version": version, "source": source, "lines": count}
            for version, source, count in ((1, "courier", 1), (1, "herald", 1), (2, "courier", 1), (2, "herald", 0))
        ],
        "repeated_lines": [
            {"lines_version": version, "source": source, "place": "foot", "line_hash": text, "text": text}
            for version, source, text in (*lines, (1, "herald", GONE))
        ],
    }


ARTICLES: dict[str, tuple[dict[str, Any], list[tuple[str, str, str]], bool]] = {
    "has a line that is listed now": ({"body": f"Told.\n\n{FOOT}", "lines_version": 1}, [], True),
    "has a line that is listed now, and was never cleaned of any": ({"body": f"Told.\n\n{FOOT}"}, [], True),
    "has lost a line that is listed no more": (
        {"lines_version": 1},
        [("repeated_lines", "repeated_at_foot", GONE)],
        True,
    ),
    "has lost a line of a source that has none now": (
        {"lines_version": 1, "source": "herald"},
        [("repeated_lines", "repeated_at_foot", GONE)],
        True,
    ),
    "has a masthead for a headline": ({"lines_version": 1}, [("headline", "moved_to_headline", FOOT)], True),
    "has lost a line that is still listed": (
        {"lines_version": 1},
        [("repeated_lines", "repeated_at_foot", FOOT)],
        False,
    ),
    "has none of these lines": ({"lines_version": 1}, [("headline", "moved_to_headline", "Told today")], False),
    "has the line in its middle, and was looked at": ({"body": f"A.\n\n{FOOT}\n\nB.", "lines_version": 2}, [], False),
    "is of a source that was never counted": ({"body": f"Told.\n\n{FOOT}", "source": "gazette"}, [], False),
}


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    one = Press(tmp_path_factory.mktemp("press"))
    articles = [
        {**article(number), "article_id": about, "document_id": about, **values}
        for number, (about, (values, _, _)) in enumerate(ARTICLES.items())
    ]
    removals = [
        {"article_id": about, "ordinal": ordinal, "step": step, "reason": reason, "text": text}
        for about, (_, taken, _) in ARTICLES.items()
        for ordinal, (step, reason, text) in enumerate(taken)
    ]
    documents = [
        {"document_id": about, "raw": None if number == 0 else b"bytes", "source": "x"}
        for number, about in enumerate(ARTICLES)
    ]
    one.print(articles=articles, removals=removals, documents=documents, **_versions())
    yield one
    one.ledger.close()


@pytest.fixture(scope="module")
def found(press: Press) -> set[str]:
    with peek.open_catalog(press.root) as catalog:
        stale.find(catalog, MEANT)
        return {article_id for (article_id,) in catalog.execute("SELECT article_id FROM wanted").fetchall()}


@pytest.mark.parametrize("about", ARTICLES)
def test_an_article_is_stale_where_the_difference_touches_it(found: set[str], about: str) -> None:
    assert (about in found) == ARTICLES[about][2]


def test_the_documents_come_with_their_bytes_or_from_their_files(press: Press) -> None:
    with peek.open_catalog(press.root) as catalog:
        told = stale.find(catalog, MEANT)
        kept = list(stale.kept_documents(catalog, 2))
        by_file = list(stale.documents_in_files(catalog, 2))

    assert told == (5, 1)
    assert [part.num_rows for part in kept] == [2, 2]
    assert by_file[0]["document_id"].to_pylist() == ["has a line that is listed now"]
    assert set(stale.FACTS) < set(kept[0].column_names)


def test_those_that_other_rules_made_are_asked_for_apart(press: Press) -> None:
    with peek.open_catalog(press.root) as catalog:
        assert stale.find(catalog, Wanted(outdated=True, transform_version="1")).articles == 0
        assert stale.find(catalog, Wanted(outdated=True, transform_version="2")).articles == len(ARTICLES)
        assert stale.find(catalog, Wanted(outdated=True, meant=True, transform_version="1")).articles == 5
        assert stale.find(catalog, MEANT._replace(source="herald")).articles == 1
        assert stale.find(catalog, MEANT._replace(at_most=2)).articles == 2
