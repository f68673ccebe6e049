"""Lines that are a date, or sign a story, are known above it and below its standfirst."""

from __future__ import annotations

import pytest

from transforms.clean.byline import find_byline_line, find_line_below_lead
from transforms.clean.zones import Zone

DATES = [
    "Mittwoch, 12. Juni 2024, 18:40 Uhr",
    "Mi 12.06.2024 um 18:40 Uhr",
    "30 août 2022",
    "Martes, 17 de enero de 2023",
    "2 dicembre 2021 alle ore 10:15",
    "Op 5 april 2022 om 14:05 uur",
    "quarta-feira, 14 de fevereiro de 2024 às 19:22",
    "Tuesday 9 January 2024 10:00 GMT",
]
STORY = [
    "Am 12. Juni 2024 fiel die Brücke",
    "Der 12. Juni 2024 war ein guter Tag",
    "El 17 de enero de 2023 llovió",
    "Berlin, 12. Juni 2024",
    "Februar 2020",
    "On January 9, 2024 the lake froze over",
]


@pytest.mark.parametrize("line", DATES)
def test_a_date_alone_says_when_a_story_was_published(line: str) -> None:
    assert find_byline_line(line, Zone.HEAD) == "moved_to_published"
    assert find_line_below_lead(line) == "moved_to_published"
    assert find_byline_line(line, Zone.TAIL) is None


@pytest.mark.parametrize("line", STORY)
def test_a_line_with_a_date_in_it_is_the_story_s(line: str) -> None:
    assert find_line_below_lead(line) is None


def test_a_source_may_stand_before_a_date_with_its_time() -> None:
    assert find_byline_line("News24 13 Jan 2020, 22:11 GMT+10", Zone.HEAD) == "moved_to_published"
    assert find_byline_line("Lake District 13 Jan 2020", Zone.HEAD) is None


@pytest.mark.parametrize("line", ["EFE", "dpa", "La rédaction", "Von Anna Schmidt", "By Jane Doe and Olaf Roe"])
def test_a_byline_below_a_standfirst_is_known(line: str) -> None:
    assert find_line_below_lead(line) == "moved_to_byline"
