"""Which of several values of a column stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from transforms.extract.choice import choose
from transforms.rows import Found, Placement

NOTHING = Placement()


def test_the_surest_value_stands_and_the_first_among_equals() -> None:
    found = [
        Found("headline", "a", "first_line", 0.5),
        Found("headline", "b", "repeated_line", 0.9),
        Found("headline", "c", "meta", 0.9),
    ]

    assert choose(found, NOTHING).values["headline"].value == "b"


def test_columns_of_one_date_come_from_one_place() -> None:
    found = [
        Found("published_at", datetime(2024, 3, 5, 9, tzinfo=UTC), "date_line", 0.9),
        Found("published_on", date(2024, 3, 5), "date_line", 0.9),
        Found("published_precision", "minute", "date_line", 0.9),
        Found("published_on", date(2024, 3, 4), "sidecar", 0.96),
        Found("published_precision", "day", "sidecar", 0.96),
    ]

    choice = choose(found, NOTHING)

    assert choice.values["published_on"].value == date(2024, 3, 4)
    assert choice.values["published_precision"].value == "day"
    assert "published_at" not in choice.values
    assert choice.flags == ("placement_contradicts_text",)


def test_two_formats_that_differ_contradict_no_placement() -> None:
    found = [Found("headline", "a", "first_line", 0.5), Found("headline", "b", "meta", 0.9)]

    assert choose(found, NOTHING).flags == ()


def test_authors_in_another_order_contradict_nothing() -> None:
    found = [Found("authors", ("A B", "C D"), "byline_line", 0.9), Found("authors", ("C D", "A B"), "sidecar", 0.9)]

    assert choose(found, NOTHING).flags == ()
