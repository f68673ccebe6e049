"""What recurs: which lines are boilerplate of a source by their counts, and which are not.

Each case is a source of its own; all of them are landed and counted together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from press import DAY, Press, article, paragraphs

from transforms.identity import to_id

FOOT = "The Courier is printed by the Valley Press Group; write to the desk on the market square."
HEAD = "The Courier has told the valley its news since the bridge was built."
CALL = "Call us."
BACKGROUND = "The harbour was closed in February when dockers walked out over pay, and talks have stalled since."
LONG = (
    "Readers who want to know more of how the Courier works are welcome on the first Friday of every month at the "
    "printing house on the square, where the editors tell about their week and answer what they are asked."
)

Rows = list[dict[str, Any]]
Tables = Mapping[str, Rows]


def _articles(source: str, count: int, lines: Callable[[int], tuple[str, ...]], **values: Any) -> Rows:
    """Return articles of which each ends with its `lines`."""
    return [dict(article(number, *lines(number), source=source, **values)) for number in range(count)]


def _every(step: int, *lines: str) -> Callable[[int], tuple[str, ...]]:
    return lambda number: lines if number % step == 0 else ()


def _first(count: int, *lines: str) -> Callable[[int], tuple[str, ...]]:
    return lambda number: lines if number < count else ()


def _head_and_foot(source: str) -> Tables:
    return {"articles": _articles(source, 60, _every(1, FOOT), head=[HEAD])}


def _few_articles(source: str) -> Tables:
    return {"articles": _articles(source, 49, _every(1, FOOT))}


def _copies(source: str) -> Tables:
    articles = _articles(source, 90, _first(30, FOOT))
    original = articles[0]["article_id"]
    copies = [{"article_id": one["article_id"], "duplicate_of": original, "method": "near"} for one in articles[1:30]]
    return {"articles": articles, "duplicates": copies}


def _background(source: str) -> Tables:
    """Agencies close stories with background: it recurs where the story is about the same matter."""
    articles = _articles(source, 200, _every(8, BACKGROUND))
    told = "board of dockers, whose strike over pay closed the harbour in February,"
    for one in articles[::8]:
        one["body"] = one["body"].replace("board", told)
    return {"articles": articles}


def _middle(source: str) -> Tables:
    return {"articles": _articles(source, 60, lambda number: (BACKGROUND, f"Case {number} is heard again in May."))}


def _now_here_now_there(source: str) -> Tables:
    goes_on = ("Case {} goes on.", "Nobody knows how case {} ends.")
    return {
        "articles": _articles(
            source, 60, lambda number: (BACKGROUND, *(one.format(number) for one in goes_on[: (number % 4 == 0) * 2]))
        )
    }


def _two_in_any_order(source: str) -> Tables:
    return {"articles": _articles(source, 60, lambda number: (FOOT, CALL) if number % 2 else (CALL, FOOT))}


def _inside_speech(source: str) -> Tables:
    return {"articles": _articles(source, 60, _every(1, FOOT, "“We shall print again tomorrow,” the editor said."))}


def _long_in_a_tenth(source: str) -> Tables:
    return {"articles": _articles(source, 200, _every(10, LONG))}


def _long_in_a_third(source: str) -> Tables:
    return {"articles": _articles(source, 200, _every(3, LONG))}


def _one_week(source: str) -> Tables:
    articles = _articles(source, 90, _first(30, FOOT))
    for number, one in enumerate(articles):
        one["published_on"] = DAY + timedelta(days=number // 10)
    return {"articles": articles}


def _without_days(source: str) -> Tables:
    return {"articles": _articles(source, 60, _every(1, FOOT), published_on=None)}


def _lately(source: str) -> Tables:
    return {"articles": _articles(source, 611, lambda number: (FOOT,) if number >= 600 else ())}


def _few_stories(source: str) -> Tables:
    articles = _articles(source, 120, _first(30, FOOT))
    return {"articles": articles, "story_members": _members(source, articles[:30], 3)}


def _one_story(source: str) -> Tables:
    """Boilerplate can make one story of everything a source prints, before it is known for what it is."""
    articles = _articles(source, 60, _every(1, FOOT))
    return {"articles": articles, "story_members": _members(source, articles, 1)}


def _members(source: str, articles: Rows, stories: int) -> Rows:
    return [
        {"article_id": one["article_id"], "story_id": f"{source} {number % stories}"}
        for number, one in enumerate(articles)
    ]


def _taken_out(source: str) -> Tables:
    """A foot that was wrapped by hand is the same line; removals have it as it was printed."""
    articles = _articles(source, 60, _every(1))
    wrapped = FOOT.replace("Press Group", "Press\n  Group")
    taken = [("repeated_at_head", HEAD), ("repeated_at_foot", wrapped), ("repeated_at_foot", CALL)]
    removals = [
        _removal(one, ordinal, "repeated_lines", reason, text)
        for one in articles
        for ordinal, (reason, text) in enumerate(taken)
    ]
    return {"articles": articles, "removals": removals}


def _masthead(source: str) -> Tables:
    articles = _articles(source, 80, _every(1))
    return {"articles": articles, "removals": [_headline(one, "The Courier of the Valley") for one in articles]}


def _standing_column(source: str) -> Tables:
    articles = _articles(source, 80, _every(1))
    return {"articles": articles, "removals": [_headline(one, "Letters to the editor") for one in articles[::3]]}


def _headline(one: Mapping[str, Any], text: str) -> dict[str, Any]:
    return _removal(one, 0, "headline", "moved_to_headline", text)


def _removal(one: Mapping[str, Any], ordinal: int, step: str, reason: str, text: str) -> dict[str, Any]:
    return {"article_id": one["article_id"], "ordinal": ordinal, "step": step, "reason": reason, "text": text}


def _seldom(source: str) -> Tables:
    return {"articles": _articles(source, 100, _first(6, FOOT))}


def _only_the_line(source: str) -> Tables:
    articles = _articles(source, 64, _every(1, FOOT))
    for one in articles[:4]:
        one.update(body=FOOT, paragraph_count=1)
    return {"articles": articles}


FOUND = {FOOT: "foot"}
CASES: Mapping[str, tuple[Callable[[str], Tables], Mapping[str, str]]] = {
    "a line at the head or foot of most articles recurs": (_head_and_foot, {HEAD: "head", FOOT: "foot"}),
    "a source with few articles has none": (_few_articles, {}),
    "copies count once": (_copies, {}),
    "a paragraph that is about its articles stays": (_background, {}),
    "a paragraph in the middle stays": (_middle, {}),
    "a line that stands now here, now there stays": (_now_here_now_there, {}),
    "lines outside one another recur in any order": (_two_in_any_order, {FOOT: "foot", CALL: "foot"}),
    "a line inside one that stays is none either": (_inside_speech, {}),
    "a long line in a tenth of the articles stays": (_long_in_a_tenth, {}),
    "a long line in a third of the articles recurs": (_long_in_a_third, {LONG: "foot"}),
    "a line of three days stays": (_one_week, {}),
    "without days none are asked for": (_without_days, FOUND),
    "the share is that of the time in which the line was used": (_lately, FOUND),
    "a line in a few stories stays": (_few_stories, {}),
    "where all is one story, stories say nothing": (_one_story, FOUND),
    "what was taken out counts where it stood": (_taken_out, {HEAD: "head", FOOT: "foot", CALL: "foot"}),
    "a headline of most articles is a masthead": (_masthead, {"The Courier of the Valley": "head"}),
    "the headline of a standing column stays": (_standing_column, {}),
    "a line in few articles stays": (_seldom, {}),
    "an article that is nothing but the line harms nobody": (_only_the_line, FOUND),
}


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """A press at which every case has printed, as a source of its own."""
    one = Press(tmp_path_factory.mktemp("press"))
    printed: dict[str, Rows] = {}
    for about, (make, _) in CASES.items():
        for table, rows in make(about).items():
            printed.setdefault(table, []).extend(rows)
    one.print(**printed)
    yield one
    one.ledger.close()


@pytest.fixture(scope="module")
def counted(press: Press) -> Rows:
    return press.count()


@pytest.mark.parametrize("about", CASES)
def test_lines_are_known_by_their_counts(counted: Rows, about: str) -> None:
    found = {row["text"]: row["place"] for row in counted if row["source"] == about}

    assert found == CASES[about][1]


def test_each_line_comes_with_its_counts(counted: Rows) -> None:
    first = next(iter(CASES))
    (foot,) = (row for row in counted if row["source"] == first and row["place"] == "foot")

    assert (foot["articles"], foot["stories"], foot["days"], foot["share"], foot["edge_share"]) == (60, 60, 60, 1, 1)
    assert (foot["first_seen"], foot["last_seen"]) == (DAY, DAY + timedelta(days=59))
    assert foot["line_hash"] == to_id(FOOT.encode()), "cleaning looks for it by this hash"


def test_it_is_what_it_is_about_that_keeps_the_background(press: Press) -> None:
    about = "a paragraph that is about its articles stays"
    (row,) = (row for row in press.count(max_lift=1.0) if row["source"] == about)

    assert row["text"] == BACKGROUND
    assert row["lift"] > 0.4


def test_a_line_that_is_known_stays_until_it_has_half_of_what_it_needed(press: Press) -> None:
    about = "a line in few articles stays"

    assert [row["text"] for row in press.count(known=[(about, FOOT)]) if row["source"] == about] == [FOOT]


def test_counting_twice_gives_the_same(press: Press, counted: Rows) -> None:
    assert press.count() == counted


def test_paragraphs_are_unlike_in_this_press() -> None:
    assert len({line for number in range(700) for line in paragraphs(number)}) == 2800
