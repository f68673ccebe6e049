"""Kills and embargoes, the whole way: what a source takes back is in no analyst view, in whatever order it arrives."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from newsroom import Newsroom, article

from warehouse.withdrawn import killed_by

ITEM = "urn:ap:1"
TEXT = article(1)
OTHER = """Ferry runs again

The ferry between Port Ellis and the islands sailed on Thursday for the first time since the storm tore its ramp away.

Divers had searched the sea bed for chains, and two tugs from the mainland towed the damaged pontoon out of the way.

Farmers who had waited with their cattle boarded first; school children followed at noon, and the mail came last.
"""


@pytest.fixture
def desk(open_newsroom: Callable[..., Newsroom]) -> Callable[..., Newsroom]:
    """Open newsrooms in which the folder of a file is its source."""
    return lambda name: open_newsroom(name, path="{source}/{section}")


def ninjs(text: str | None, at: str, **values: object) -> str:
    body = {} if text is None else {"body_text": text}
    return json.dumps({"uri": ITEM, "versioncreated": f"2024-05-01T{at}:00Z"} | body | values)


def shown(newsroom: Newsroom) -> set[str]:
    """Return the files whose articles `current_articles` shows, and see that all of them are kept."""
    rows = newsroom.ask("SELECT file_uri FROM current_articles")
    assert newsroom.counts().get("quarantine", 0) == 0
    assert newsroom.findings() == ()
    return {uri.rsplit("/", 1)[-1] for (uri,) in rows}


FILES = {
    "ap/first.json": ninjs(TEXT, "08:00", pubstatus="usable"),
    "ap/kill.json": ninjs(None, "10:00", pubstatus="canceled", ednote="Kill: the council did not meet."),
    "daily/copy.txt": f"{TEXT}\nThe Daily adds a last line of its own.\n",
    "ap/other.json": ninjs(OTHER, "09:00", uri="urn:ap:2"),
}


FIRST, KILL, COPY = "ap/first.json", "ap/kill.json", "daily/copy.txt"


@pytest.mark.parametrize("order", [(FIRST, KILL, COPY), (KILL, COPY, FIRST), (COPY, FIRST, KILL)])
def test_a_kill_takes_out_the_item_and_its_copies_in_whatever_order_they_arrive(
    desk: Callable[..., Newsroom], order: tuple[str, ...]
) -> None:
    newsroom = desk("-".join(name[-8] for name in order))
    for name in ("ap/other.json", *order):
        newsroom.ingest(newsroom.drop(name, FILES[name]))

    assert shown(newsroom) == {"other.json"}
    assert newsroom.value("SELECT count(*) FROM articles") == 4
    assert newsroom.ask("SELECT kind, count(*) FROM withdrawn_articles GROUP BY kind ORDER BY kind") == [
        ("copy", 1),
        ("version", 2),
    ]
    [order] = newsroom.ask("SELECT article_id FROM articles WHERE pub_status = 'canceled'")
    assert len(killed_by(newsroom.data, order, most=9)) == 3


CASES = {
    "a bare cancellation, without a time": (
        {"ap/first.json": FILES["ap/first.json"], "ap/kill.json": json.dumps({"uri": ITEM, "pubstatus": "canceled"})},
        set(),
    ),
    "an item of a source that nobody knows, by an id that is unique": (
        {
            "first.json": FILES["ap/first.json"],
            "kill.json": FILES["ap/kill.json"],
            "other.json": FILES["ap/other.json"],
        },
        {"other.json"},
    ),
    "a kill that is taken back by a later version": (
        {
            "ap/first.json": FILES["ap/first.json"],
            "ap/kill.json": FILES["ap/kill.json"],
            "ap/again.json": ninjs(OTHER, "11:00", pubstatus="usable"),
        },
        {"again.json"},
    ),
    "a killed item that a paper had printed before": (
        {
            "daily/copy.txt": FILES["daily/copy.txt"].replace("\n", "\nBy Ann Lee\n2024-04-30\n", 1),
            "ap/first.json": FILES["ap/first.json"],
            "ap/kill.json": FILES["ap/kill.json"],
        },
        set(),
    ),
    "NITF that cancels another document": (
        {
            "ap/first.json": FILES["ap/first.json"],
            "ap/kill.xml": f"""<nitf><head><docdata management-status="canceled" management-doc-idref="{ITEM}">
                <doc-id id-string="urn:ap:kill"/><date.issue norm="20240501T100000Z"/></docdata></head>
                <body><body.content/></body></nitf>""",
        },
        set(),
    ),
    "a note in the form of AP": (
        {
            "ap/first.json": ninjs(TEXT, "08:00", slugline="BC-US--Council-Meeting, 1st Ld"),
            "ap/same-slug-long-ago.json": ninjs(
                OTHER, "08:00", uri="urn:ap:9", slugline="Council-Meeting", versioncreated="2024-03-01T08:00:00Z"
            ),
            "ap/note.json": ninjs(
                "Please kill the story Council-Meeting, V9991. The council did not meet.\n\n"
                "A kill is mandatory.\n\nMake certain the story is not used.",
                "10:00",
                uri="urn:ap:3",
            ),
        },
        {"same-slug-long-ago.json"},
    ),
    "a note in the form of dpa": (
        {
            "dpa/first.json": ninjs(
                TEXT, "08:00", versioncreated="2024-04-30T08:00:00Z", headline="The council of district 1 meets again"
            ),
            "dpa/note.txt": "2024-05-01\n\nCouncil/\n\nKILL KILL KILL\n\n"
            "Please kill item dpa 157 “The council of District 1 meets again”. "
            "The council did not meet. A substitute story will run immediately.\n",
            "dpa/other.json": FILES["ap/other.json"],
        },
        {"other.json"},
    ),
    "talk of a kill": (
        {
            "ap/first.json": ninjs(TEXT, "08:00", slugline="Council-Meeting"),
            "ap/talk.json": ninjs(
                f"{OTHER}\n\nThe agency asked editors to kill the story Council-Meeting, V9991.",
                "10:00",
                uri="urn:ap:3",
            ),
        },
        {"first.json", "talk.json"},
    ),
    "an embargo that lasts, and one that is over": (
        {
            "ap/first.json": ninjs(TEXT, "08:00", embargoed="2990-01-01T00:00:00Z"),
            "ap/other.json": ninjs(OTHER, "09:00", uri="urn:ap:2", embargoed="2024-05-02T00:00:00Z"),
        },
        {"other.json"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_views_show_what_may_be_used(desk: Callable[..., Newsroom], case: str) -> None:
    files, expected = CASES[case]
    newsroom = desk("one")
    for name, content in files.items():
        newsroom.drop(name, content)
    newsroom.ingest()

    assert shown(newsroom) == expected
    assert newsroom.value("SELECT count(*) FROM articles") == len(files)
