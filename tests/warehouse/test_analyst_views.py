"""The analyst views: what people ask, over a few hand-made articles."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from fake_lake import FakeLake, article

from warehouse import analyst_views, peek

DAY = datetime(2024, 3, 10)
FAR = datetime(2990, 1, 1)


@pytest.fixture
def lake(tmp_path: Path) -> FakeLake:
    return FakeLake(tmp_path)


def duplicate(article_id: str, of: str, **values: object) -> dict[str, object]:
    row = {"article_id": article_id, "duplicate_of": of, "kind": "near", "method": "m", "snapshot": 1, "run_id": "r"}
    return {**row, **values}


def version(article_id: str, of: str, number: int) -> dict[str, object]:
    return {
        "article_id": article_id, "version_of": of, "version": number, "method": "m", "snapshot": 1, "run_id": "r",
    }  # fmt: skip


def order(article_id: str, field: str = "pub_status", value: str = "canceled") -> dict[str, object]:
    return {"article_id": article_id, "field": field, "value": value, "run_id": "run-1"}


def member(article_id: str, story_id: str) -> dict[str, object]:
    return {"article_id": article_id, "story_id": story_id, "score": 1.0, "snapshot": 1, "run_id": "r"}


def quote(quote_id: str, article_id: str, text: str, **values: object) -> dict[str, object]:
    row = {"quote_id": quote_id, "article_id": article_id, "ordinal": 0, "kind": "direct", "text": text}
    return {**row, "rule": "r", "confidence": 1.0, "run_id": "run-1", **values}


def figure(article_id: str, value: float, **values: object) -> dict[str, object]:
    row = {"article_id": article_id, "ordinal": int(value), "text": str(value), "value": value, "unit": "people"}
    return {**row, "kind": "count", "approximate": False, "run_id": "run-1", **values}


def match(article_id: str, watchlist: str, **values: object) -> dict[str, object]:
    row = {"article_id": article_id, "watchlist": watchlist, "watchlist_name": watchlist.title(), "hits": 1}
    return {"watchlist_version": "v1", "spans": [], "landed_at": DAY, "run_id": "run-1", **row, **values}


# -- which articles


def test_copies_are_current_but_not_unique(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("copy"))
    lake.add("duplicates", duplicate("copy", "a"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles ORDER BY 1") == [("a",), ("copy",)]
    assert lake.ask("SELECT article_id FROM unique_articles") == [("a",)]


def test_of_an_article_in_versions_the_latest_stands(lake: FakeLake) -> None:
    lake.add("articles", article("v1"), article("v2"), article("v3"), article("other"))
    lake.add("versions", version("v2", "v1", 2), version("v3", "v1", 3))
    lake.publish()

    assert lake.ask("SELECT article_id FROM unique_articles ORDER BY 1") == [("other",), ("v3",)]


def test_an_item_under_embargo_is_not_shown_until_its_hour(lake: FakeLake) -> None:
    past = datetime(2000, 1, 1)
    lake.add("articles", article("later", embargoed_until=FAR), article("now", embargoed_until=past), article("free"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles ORDER BY 1") == [("free",), ("now",)]
    assert lake.ask("SELECT count(*) FROM articles") == [(3,)]


def test_the_embargo_ends_by_utc_whatever_the_zone_of_the_session(lake: FakeLake) -> None:
    lake.publish()
    with peek.open_catalog(lake.root) as connection:
        connection.execute("SET TimeZone = 'Pacific/Kiritimati'")
        row = connection.execute("SELECT epoch_us(make_timestamp(epoch_us(now()))) - epoch_us(now())").fetchone()

    assert row == (0,)


def test_while_the_latest_version_is_under_embargo_the_one_before_stands(lake: FakeLake) -> None:
    lake.add("articles", article("v1"), article("v2", embargoed_until=FAR))
    lake.add("versions", version("v2", "v1", 2))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("v1",)]


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_an_article_whose_latest_version_is_withdrawn_is_not_shown_at_all(lake: FakeLake, status: str) -> None:
    lake.add("articles", article("v1"), article("v2", pub_status=status), article("fine", pub_status="usable"))
    lake.add("withdrawals", order("v2", value=status))
    lake.add("versions", version("v2", "v1", 2))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("fine",)]


def test_copies_of_what_is_withdrawn_are_withdrawn_with_it(lake: FakeLake) -> None:
    lake.add("articles", article("v1"), article("v2", pub_status="canceled"), article("copy"), article("fine"))
    lake.add("withdrawals", order("v2"))
    lake.add("versions", version("v2", "v1", 2))
    lake.add("duplicates", duplicate("copy", "v1"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("fine",)]


def test_copies_of_a_cut_of_what_is_withdrawn_are_withdrawn_with_it(lake: FakeLake) -> None:
    lake.add(
        "articles", article("item", pub_status="canceled"), article("cut"), article("copy-of-cut"), article("fine")
    )
    lake.add("withdrawals", order("item"))
    lake.add(
        "duplicates", duplicate("cut", "item", kind="contained"), duplicate("copy-of-cut", "cut", kind="contained")
    )
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("fine",)]


def test_the_longer_text_that_holds_a_withdrawn_one_stays(lake: FakeLake) -> None:
    lake.add("articles", article("item", pub_status="canceled"), article("digest"))
    lake.add("withdrawals", order("item"))
    lake.add("duplicates", duplicate("item", "digest", kind="contained"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("digest",)]


def test_what_the_source_sends_after_an_order_in_other_words_is_the_substitute(lake: FakeLake) -> None:
    killed = {"source": "ap", "version_created": DAY}
    lake.add(
        "articles",
        article("item", **killed, pub_status="canceled"),
        article("substitute", source="ap", version_created=DAY + timedelta(hours=1)),
        article("again", source="ap", version_created=DAY + timedelta(hours=1)),
        article("print", source="daily", published_at=DAY + timedelta(hours=1)),
    )
    lake.add("withdrawals", order("item"))
    lake.add("duplicates", *(duplicate(name, "item") for name in ("substitute", "print")))
    lake.add("duplicates", duplicate("again", "item", kind="same_text"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles") == [("substitute",)]


def test_another_source_cannot_withdraw_an_item_by_its_id(lake: FakeLake) -> None:
    lake.add("articles", article("item", source="ap", alt_id="7"), article("note", source="upi"))
    lake.add("withdrawals", order("note", "alt_id", "7"))
    lake.publish()

    assert lake.ask("SELECT article_id FROM current_articles ORDER BY 1") == [("item",), ("note",)]


@pytest.fixture
def withheld(lake: FakeLake) -> FakeLake:
    """Two articles that may not be shown, with everything that hangs on them."""
    lake.add(
        "articles",
        article("x", embargoed_until=FAR, source="one", published_at=DAY, headline="Secret"),
        article("y", pub_status="canceled", source="two", published_at=DAY, headline="Secret"),
    )
    lake.add("withdrawals", order("y"))
    lake.add("duplicates", duplicate("y", "x"))
    lake.add("story_members", member("x", "s"), member("y", "s"))
    text = "nobody may know of these words"
    lake.add("quotes", quote("1", "x", text, speaker="Ann Lee"), quote("2", "y", text, speaker="Ann Lee"))
    lake.add("figures", figure("x", 1.0), figure("y", 2.0))
    lake.add("matches", match("x", "strikes"), match("y", "strikes"))
    lake.publish()
    return lake


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in analyst_views.VIEWS
        if name not in ("withdrawal_orders", "withdrawn_articles", "source_quality_daily", "open_quarantine")
    ],
)
def test_what_may_not_be_shown_is_in_no_analyst_view(withheld: FakeLake, name: str) -> None:
    assert withheld.ask(f"SELECT * FROM {name}") == []


def test_what_may_not_be_shown_is_in_no_macro(withheld: FakeLake) -> None:
    assert withheld.ask("FROM quotes_by('Lee')") == []
    assert withheld.ask("FROM story('s')") == []


def test_what_may_not_be_shown_is_counted_as_delivered(withheld: FakeLake) -> None:
    assert withheld.ask("SELECT source, articles FROM source_quality_daily ORDER BY 1") == [("one", 1), ("two", 1)]


# -- which of the copies stands


@pytest.fixture
def printings(lake: FakeLake) -> FakeLake:
    """One text in three papers, cut down in a fourth, and another text."""
    lake.add(
        "articles",
        article("first", source="wire", word_count=300, published_at=DAY),
        article("full", source="paper", word_count=420, published_at=DAY + timedelta(hours=2)),
        article("brief", source="radio", word_count=120, published_at=DAY + timedelta(hours=1)),
        article("inside", source="digest", word_count=900, published_at=DAY + timedelta(hours=3)),
        article("another", source="radio", word_count=90),
    )
    lake.add("duplicates", duplicate("full", "first"), duplicate("brief", "first"))
    lake.add("duplicates", duplicate("inside", "first", kind="contained"))
    lake.publish()
    return lake


def test_the_longest_copy_may_stand_for_a_text(printings: FakeLake) -> None:
    assert printings.ask("SELECT article_id FROM longest_articles ORDER BY 1") == [("another",), ("full",)]


@pytest.mark.parametrize(
    ("sources", "standing"),
    [
        (["radio", "paper"], ["another", "brief"]),
        (["paper", "radio"], ["another", "full"]),
        (["nobody"], ["another", "first"]),
        ([], ["another", "first"]),
    ],
)
def test_the_copy_of_a_preferred_source_may_stand_for_a_text(
    printings: FakeLake, sources: list[str], standing: list[str]
) -> None:
    found = printings.ask(f"SELECT article_id FROM preferred_articles({sources!r}) ORDER BY 1")

    assert [article_id for (article_id,) in found] == standing


# -- what a version changed


def test_a_version_shows_the_paragraphs_it_added_and_removed(lake: FakeLake) -> None:
    lake.add(
        "articles",
        article("v1", body="One.\n\nTwo.\n\nTwo.\n\nThree."),
        article("v2", body="Zero.\n\nOne.\n\nThree.\n\nTwo."),
        article("v3", body="Zero.\n\nOne.\n\nThree.\n\nTwo.\n\nFour.", embargoed_until=FAR),
        article("other", body="Alone."),
    )
    lake.add("versions", version("v2", "v1", 2), version("v3", "v1", 3))
    lake.publish()

    assert lake.ask("FROM version_changes ORDER BY ALL") == [
        ("v2", "v1", "added", 0, "Zero."),
        ("v2", "v1", "removed", 2, "Two."),
    ]


# -- copies and stories


def test_a_wire_copy_stands_beside_its_original_with_the_agency(lake: FakeLake) -> None:
    agency = [{"name": "TSF", "role": "publisher"}, {"name": "AP", "role": "agency"}]
    lake.add("articles", article("a", source="ap", info_sources=agency, headline="H"), article("b", source="daily"))
    lake.add("duplicates", duplicate("b", "a", similarity=0.9))
    lake.publish()

    assert lake.ask(
        "SELECT article_id, source, original_id, original_source, original_headline, agency, kind, similarity "
        "FROM wire_copies"
    ) == [("b", "daily", "a", "ap", "H", "AP", "near", 0.9)]


def test_a_wire_copy_says_how_much_of_the_original_it_kept(lake: FakeLake) -> None:
    lake.add("articles", article("a", word_count=400), article("b", word_count=105))
    lake.add("duplicates", duplicate("b", "a", containment=0.9))
    lake.publish()

    [(kept,)] = lake.ask("SELECT kept FROM wire_copies")
    assert kept == pytest.approx(0.9 * 105 / 400)


def test_the_same_document_from_another_source_is_a_copy_too(lake: FakeLake) -> None:
    lake.add("articles", article("a", source="ap"))
    lake.add("repeats", *({"document_id": "a", "source": source, "position": 0} for source in ("ap", "daily")))
    lake.publish()

    assert lake.ask("SELECT article_id, source, original_source, kind, kept FROM wire_copies") == [
        ("a", "daily", "ap", "repeat", 1.0)
    ]


def test_two_printings_of_different_stories_of_one_agency_are_one_origin(lake: FakeLake) -> None:
    agency = [{"name": "AP", "role": "agency"}]
    part = [{"name": "AP", "role": "partial_credit"}]
    lake.add(
        "articles",
        article("a", source="daily", info_sources=agency),
        article("b", source="courier", info_sources=agency),
        article("c", source="mail", info_sources=part),
    )
    lake.add("story_members", *(member(name, "s") for name in "abc"))
    lake.publish()

    assert lake.ask("SELECT sources, independent_sources FROM stories") == [(3, 2)]


def test_a_copy_of_what_may_not_be_shown_does_not_betray_it(lake: FakeLake) -> None:
    lake.add("articles", article("a", headline="Secret", embargoed_until=FAR), article("b"))
    lake.add("duplicates", duplicate("b", "a"))
    lake.publish()

    assert lake.ask("SELECT article_id, original_headline FROM wire_copies") == [("b", None)]


@pytest.fixture
def story(lake: FakeLake) -> FakeLake:
    """A story of three articles by two sources, one of them a copy, and an article outside."""
    lake.add(
        "articles",
        article("a", source="ap", headline="First", published_at=DAY, keywords=["flood"]),
        article("b", source="daily", headline="Copied", published_at=DAY + timedelta(hours=3), keywords=["flood"]),
        article("c", source="ap", published_on=date(2024, 3, 12), keywords=["flood", "levee"]),
        article("z", source="ap", headline="Elsewhere"),
    )
    lake.add("duplicates", duplicate("b", "a"))
    lake.add("story_members", member("a", "s"), member("b", "s"), member("c", "s"))
    lake.add(
        "mentions",
        *({"article_id": name, "ordinal": 0, "kind": "person", "name": "Ann Lee", "run_id": "run-1"} for name in "ac"),
    )
    lake.publish()
    return lake


def test_a_story_has_its_first_headline_its_span_and_its_independent_sources(story: FakeLake) -> None:
    assert story.ask("FROM stories") == [
        ("s", "First", DAY, datetime(2024, 3, 12), 3, 2, 1, ["flood", "Ann Lee", "levee"])
    ]


def test_a_timeline_runs_from_the_first_told_to_the_last(story: FakeLake) -> None:
    assert story.ask("SELECT ordinal, article_id, hours_after_first, duplicate_of FROM story('s')") == [
        (1, "a", 0.0, None),
        (2, "b", 3.0, "a"),
        (3, "c", 48.0, None),
    ]


def test_a_story_without_terms_and_dates_is_a_row_all_the_same(lake: FakeLake) -> None:
    lake.add("articles", article("a", headline="H"))
    lake.add("story_members", member("a", "s"))
    lake.publish()

    assert lake.ask("FROM stories") == [("s", "H", None, None, 1, 1, 1, [])]


# -- quotes and figures


def test_a_speaker_is_counted_over_articles_that_are_no_copies(lake: FakeLake) -> None:
    lake.add("articles", article("a", source="ap", published_at=DAY), article("b", source="daily"), article("copy"))
    lake.add("duplicates", duplicate("copy", "a"))
    lake.add(
        "quotes",
        quote("1", "a", "One.", speaker="Ann Lee", speaker_role="mayor"),
        quote("2", "b", "Two.", speaker="Ann Lee", kind="indirect"),
        quote("3", "copy", "One.", speaker="Ann Lee"),
        quote("4", "a", "so-called", speaker="Ann Lee", kind="scare"),
        quote("5", "a", "Nobody said."),
    )
    lake.publish()

    assert lake.ask("FROM speakers") == [("Ann Lee", 2, 2, 2, 0, ["mayor"], DAY, DAY)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("lee", ["Ann Lee"]), ("Ann Lee", ["Ann Lee"]), ("jose", ["José Ruiz"]), ("An", []), ("%", []), ("' OR 1", [])],
)
def test_quotes_are_found_by_the_words_of_a_name(lake: FakeLake, asked: str, found: list[str]) -> None:
    lake.add("articles", article("a"))
    lake.add("quotes", quote("1", "a", "One.", speaker="Ann Lee"), quote("2", "a", "Two.", speaker="José Ruiz"))
    lake.publish()

    with peek.open_catalog(lake.root) as connection:
        rows = connection.execute("SELECT speaker FROM quotes_by(?)", [asked]).fetchall()

    assert [speaker for (speaker,) in rows] == found


def test_the_same_words_in_two_articles_are_one_row_whatever_their_marks(lake: FakeLake) -> None:
    lake.add("articles", article("a", source="ap", published_at=DAY), article("b", source="daily"), article("c"))
    lake.add(
        "quotes",
        quote("1", "a", "We will, of course, rebuild it.", speaker="Ann Lee"),
        quote("2", "b", "we will of course rebuild it", speaker="Lee"),
        quote("3", "c", "We will see."),
        quote("4", "a", "We will see."),
    )
    lake.publish()

    assert lake.ask("FROM same_quotes") == [
        ("We will, of course, rebuild it.", 2, 2, ["Ann Lee", "Lee"], DAY, DAY, ["a", "b"])
    ]


def test_sources_that_give_different_figures_for_one_thing_dispute_it(lake: FakeLake) -> None:
    lake.add("articles", article("a", source="ap"), article("b", source="daily"), article("c", source="wordy"))
    lake.add("story_members", *(member(name, "s") for name in "abc"))
    lake.add("figures", figure("a", 12.0), figure("b", 14.0), figure("c", 3.0), figure("c", 400.0))
    lake.publish()

    [(story_id, kind, unit, sources, lowest, highest, claims)] = lake.ask("FROM disputed_figures")
    assert (story_id, kind, unit, sources, lowest, highest) == ("s", "count", "people", 2, 12.0, 14.0)
    assert [(claim["source"], claim["value"]) for claim in claims] == [("ap", 12.0), ("daily", 14.0)]


def test_sources_that_agree_dispute_nothing(lake: FakeLake) -> None:
    lake.add("articles", article("a", source="ap"), article("b", source="daily"))
    lake.add("story_members", member("a", "s"), member("b", "s"))
    lake.add("figures", figure("a", 12.0), figure("b", 12.0))
    lake.publish()

    assert lake.ask("FROM disputed_figures") == []


# -- quality


def test_documents_of_a_day_are_articles_repeats_and_quarantined(lake: FakeLake) -> None:
    lake.add("files", {"file_uri": "f", "source": "ap", "received_at": DAY, "run_id": "r"})
    lake.add(
        "articles",
        article("a", source="ap", landed_at=DAY, quality_flags=["odd"], word_count=10),
        article("b", source="ap", landed_at=DAY, headline="H", published_on=date(2024, 3, 1), word_count=20),
    )
    lake.add("repeats", {"document_id": "a", "source": "ap", "received_at": DAY})
    lake.add("quarantine", {"quarantine_id": "q", "source": "ap", "quarantined_at": DAY + timedelta(hours=23)})
    lake.publish()

    with peek.open_catalog(lake.root) as connection:
        cursor = connection.execute("FROM source_quality_daily")
        names = [column[0] for column in cursor.description]
        [row] = cursor.fetchall()
    assert dict(zip(names, row, strict=True)) == {
        "source": "ap",
        "day": date(2024, 3, 10),
        "files": 1,
        "documents": 4,
        "articles": 2,
        "repeats": 1,
        "quarantined": 1,
        "quarantined_share": 0.25,
        "copies": 0,
        "flagged": 1,
        "without_headline": 1,
        "undated": 1,
        "words_per_article": 15.0,
    }


def test_a_day_with_a_file_only_has_no_shares(lake: FakeLake) -> None:
    lake.add("files", {"file_uri": "f", "source": "ap", "received_at": DAY, "run_id": "r"})
    lake.publish()

    assert lake.ask("SELECT documents, quarantined_share, words_per_article FROM source_quality_daily") == [
        (0, None, None)
    ]


# -- watchlists


def test_a_watchlist_has_its_current_articles_copies_too(lake: FakeLake) -> None:
    lake.add("articles", article("a", headline="A strike"), article("copy"), article("later", embargoed_until=FAR))
    lake.add("duplicates", duplicate("copy", "a"))
    lake.add("matches", *(match(one, "strikes") for one in ("a", "copy", "later")), match("a", "ports"))
    lake.publish()

    columns = "watchlist, watchlist_name, article_id, headline, duplicate_of, matched_at"
    assert lake.ask(f"SELECT {columns} FROM watchlist_hits ORDER BY ALL") == [
        ("ports", "Ports", "a", "A strike", None, DAY),
        ("strikes", "Strikes", "a", "A strike", None, DAY),
        ("strikes", "Strikes", "copy", None, "a", DAY),
    ]


def test_of_the_versions_of_a_watchlist_the_last_to_match_stands(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"))
    lake.add("matches", match("a", "strikes"), match("b", "strikes"))
    lake.add("matches", match("a", "strikes", watchlist_version="v2", landed_at=DAY + timedelta(1), hits=2))
    lake.publish()

    rows = lake.ask("SELECT article_id, watchlist_version, hits FROM watchlist_hits ORDER BY 1")
    assert rows == [("a", "v2", 2), ("b", "v1", 1)]


# -- the files themselves


@pytest.mark.parametrize("name", [*analyst_views.VIEWS, *analyst_views.MACROS])
def test_a_view_says_first_what_a_row_is(name: str) -> None:
    assert analyst_views.statement(name).startswith("-- one row per ")
    assert f" {name}" in analyst_views.statement(name)


def test_every_sql_file_is_in_the_lists() -> None:
    folder = Path(analyst_views.__file__).parent / "views"

    assert {path.stem for path in folder.glob("*.sql")} == {*analyst_views.VIEWS, *analyst_views.MACROS}


def test_views_give_naive_instants(lake: FakeLake) -> None:
    lake.publish()

    for name in analyst_views.VIEWS:
        types = {row[1] for row in lake.ask(f"DESCRIBE {name}")}
        assert "TIMESTAMP WITH TIME ZONE" not in types


def test_a_view_that_is_missing_is_named(lake: FakeLake) -> None:
    lake.publish()

    with pytest.raises(duckdb.CatalogException, match="no_such_view"):
        lake.ask("FROM no_such_view")
