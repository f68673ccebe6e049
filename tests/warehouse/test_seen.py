"""What the warehouse has seen, as the ledger tells it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from office import Office, joined, story, uri
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from warehouse import seen
from warehouse.seen import Facts


def test_a_document_is_known_from_its_commit_on(office: Office) -> None:
    office.land(joined(story("a"), story("b")))

    with office.ledger.reading() as connection:
        assert seen.known_documents(connection, ["a", "b", "c"]) == {"a", "b"}
        assert seen.known_documents(connection, []) == set()


def test_ten_thousand_ids_are_looked_up_at_once(office: Office) -> None:
    office.land(story("a"))

    with office.ledger.reading() as connection:
        assert seen.known_documents(connection, [*map(str, range(40_000)), "a"]) == {"a"}


def test_a_file_is_untouched_while_size_time_and_place_are_as_they_were(office: Office) -> None:
    office.land(story("a"))
    as_landed = Facts(9, 9, "[]")
    others = [Facts(8, 9, "[]"), Facts(9, 8, "[]"), Facts(9, 9, '[["published_on", "2024-05-01", "sidecar"]]')]

    with office.ledger.reading() as connection:
        assert seen.untouched_files(connection, {uri("a"): as_landed, uri("b"): as_landed}) == {uri("a")}
        assert [seen.untouched_files(connection, {uri("a"): facts}) for facts in others] == [set()] * 3


def test_a_file_that_is_put_back_as_it_was_is_untouched(office: Office) -> None:
    """Each content of an address was dealt with when it was there: putting one back brings nothing new."""
    office.land(story("v1", file="a"))
    second = story("v2", file="a")
    second["files"][0]["file_id"] = "other"
    office.land(second)

    with office.ledger.reading() as connection:
        assert set(seen.seen_files(connection, [uri("a")])[uri("a")]) == {"file-a", "other"}
        assert seen.untouched_files(connection, {uri("a"): Facts(9, 9, "[]")}) == {uri("a")}


def test_articles_are_landed_by_the_run_whose_rows_are_current(office: Office) -> None:
    first = office.begin("a")
    office.land(story("a"), run=first)
    second = office.begin("a")
    office.land(story("a", new=False), run=second)

    with office.ledger.reading() as connection:
        assert seen.landed_by(connection, first.run_id, ["a"]) == set()
        assert seen.landed_by(connection, second.run_id, ["a", "b"]) == {"a"}
    first.close()
    second.close()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_any_text_can_be_looked_up(words: list[str]) -> None:
    table = Table("words", MetaData(), Column("word", String))

    with create_engine("sqlite://").begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"word": word} for word in {*words, "'"}])
        found = connection.execute(select(table.c.word).where(seen.among(table.c.word, words))).scalars().all()

    assert set(found) == set(words)
