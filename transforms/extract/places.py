"""Places of datelines and the country they lie in; the list is places.toml. Unknown places have none."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple


class _Gazetteer(NamedTuple):
    cities: Mapping[str, str]
    """ISO 3166-1 alpha-2 code by folded name."""
    countries: Mapping[str, str]


def find_country(place: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a dateline's place, or None.

    "KYIV, Ukraine" and "AUSTIN, Texas" name their country; of several places ("PARIS/BERLIN") all must lie in one.
    """
    city, _, region = place.partition(",")
    if region.strip():
        return _gazetteer().countries.get(_fold(region))
    whole = _gazetteer().cities.get(_fold(city)) or _gazetteer().countries.get(_fold(city))
    if whole is not None:
        return whole
    codes = {_gazetteer().cities.get(_fold(part)) for part in city.split("/")}
    return codes.pop() if len(codes) == 1 else None


@cache
def _gazetteer() -> _Gazetteer:
    listed = tomllib.loads(resources.files("transforms.extract").joinpath("places.toml").read_text(encoding="utf-8"))
    return _Gazetteer(_by_name(listed["cities"]), _by_name(listed["countries"]))


def _by_name(names_by_code: Mapping[str, str]) -> Mapping[str, str]:
    return {_fold(name): code for code, names in names_by_code.items() for name in names.split(",")}


def _fold(name: str) -> str:
    return " ".join(name.replace("’", "'").split()).casefold()
