"""Countries of datelines: capitals and well-known cities alone, others by what is printed behind them."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from transforms.extract.places import find_country


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("LISBON", "PT"),
        ("KYIV, Ukraine", "UA"),
        ("AUSTIN, Texas", "US"),
        ("PARADISE, Calif.", "US"),
        ("Köln", "DE"),
        ("Moscou", "RU"),
        ("NEW YORK", "US"),
        ("SINGAPORE", "SG"),
        ("XI'AN", "CN"),
        ("BERLIN/FRANKFURT", "DE"),
    ],
)
def test_a_known_place_has_its_country(place: str, country: str) -> None:
    assert find_country(place) == country


@pytest.mark.parametrize("place", ["UPPER TARN", "PARIS/BERLIN", "PARIS, Upper Tarn", "GEORGIA", ""])
def test_a_place_that_is_unknown_or_in_two_countries_has_none(place: str) -> None:
    assert find_country(place) is None


def test_no_city_is_listed_for_two_countries_and_codes_are_two_letters() -> None:
    listed = tomllib.loads(resources.files("transforms.extract").joinpath("places.toml").read_text(encoding="utf-8"))

    for names_by_code in listed.values():
        names = [name.strip().casefold() for names in names_by_code.values() for name in set(names.split(", "))]
        assert len(names) == len(set(names))
        assert all(len(code) == 2 and code.isupper() for code in names_by_code)


def test_a_dateline_fills_the_country_of_its_article(trip) -> None:  # type: ignore[no-untyped-def]
    kept = trip("LISBON (AP) — Ferry workers voted on Tuesday for a strike that nobody wanted, not even they.").kept

    article = kept["articles"].to_pylist()[0]
    assert (article["located"], article["located_country"]) == ("Lisbon", "PT")
