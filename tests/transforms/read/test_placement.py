"""What the place of a file says of it."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from transforms.read.placement import (
    join_placements,
    placement_from_mapping,
    placement_from_path,
    refine_source,
    source_of,
)
from transforms.rows import Arrival, Found, Placement
from transforms.settings import SourceRule, TransformSettings

CASES = tomllib.loads((Path(__file__).parent / "cases" / "placement.toml").read_text(encoding="utf-8"))["case"]
PATTERN = "{source}/{published_on}/{alt_id}.txt"


def _values(found: tuple[Found, ...]) -> dict[str, str]:
    return {each.field: "|".join(each.value) if isinstance(each.value, tuple) else str(each.value) for each in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_a_mapping_says_what_its_case_expects(case: dict[str, Any]) -> None:
    placement = placement_from_mapping(case["mapping"], "sidecar")

    assert _values(placement.found) == case["found"]
    assert _values(placement.unreadable) == case.get("unreadable", {})
    assert {each.method for each in placement.found} <= {"sidecar"}
    assert {each.method for each in placement.unreadable} <= {"sidecar_unreadable"}


def test_a_path_says_source_day_and_id() -> None:
    placement = placement_from_path(PATTERN, "tarn/2024-03-05/17.txt")

    assert {each.field: each.value for each in placement.found} == {
        "source": "tarn",
        "published_on": date(2024, 3, 5),
        "published_precision": "day",
        "published_raw": "2024-03-05",
        "alt_id": "17",
    }
    assert {each.method for each in placement.found} == {"path"}


@pytest.mark.parametrize("path", ["17.txt", "tarn/17.txt", "a/tarn/2024-03-05/17.txt", "tarn/2024-03-05/17.json"])
def test_a_path_that_does_not_fit_says_nothing(path: str) -> None:
    assert placement_from_path(PATTERN, path) == Placement()


def test_an_impossible_day_in_a_path_is_kept_as_unreadable() -> None:
    placement = placement_from_path(PATTERN, "tarn/2024-02-30/17.txt")

    assert _values(placement.found) == {"source": "tarn", "alt_id": "17"}
    assert _values(placement.unreadable) == {"published_on": "2024-02-30"}


def test_a_path_may_divide_the_day_into_folders() -> None:
    placement = placement_from_path("{year}/{month}/{day}/*.txt", "2024/3/5/whatever.txt")

    assert _values(placement.found)["published_on"] == "2024-03-05"


def test_a_pattern_that_names_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match=r"names \{views\}"):
        placement_from_path("{views}/{alt_id}.txt", "1/2.txt")


def test_values_of_several_places_are_kept_in_their_order() -> None:
    sidecar = placement_from_mapping({"source": "lake"}, "sidecar")
    path = placement_from_mapping({"source": "tarn"}, "path")

    assert [each.value for each in join_placements(path, sidecar).found] == ["tarn", "lake"]
    assert source_of("a.txt", join_placements(path, sidecar), TransformSettings()) == "lake"


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("tarn/**", "tarn/2024/a.txt", True),
        ("tarn/*.txt", "tarn/a.txt", True),
        ("tarn/*.txt", "tarn/2024/a.txt", False),
        ("**/tarn-?.txt", "x/y/tarn-1.txt", True),
        ("**/tarn-?.txt", "tarn-1.txt", True),
        ("tarn.txt", "tarnxtxt", False),
    ],
)
def test_a_rule_knows_its_source_by_the_path(glob: str, path: str, fits: bool) -> None:
    settings = TransformSettings(sources=(SourceRule("the-tarn", paths=(glob,)),))

    assert source_of(path, Placement(), settings) == ("the-tarn" if fits else "unknown")


def test_a_rule_stands_before_placement() -> None:
    settings = TransformSettings(sources=(SourceRule("the-tarn", paths=("*.txt",)),))

    assert source_of("a.txt", placement_from_mapping({"source": "lake"}, "path"), settings) == "the-tarn"


@pytest.mark.parametrize(
    ("source", "url", "expected", "method"),
    [
        ("unknown", "https://www.lake.example/a", "lake.example", "host"),
        ("unknown", "https://news.tarn.example/a", "the-tarn", "rule"),
        ("lake", "https://www.other.example/a", "lake", "arrival"),
        ("lake", "https://tarn.example/a", "the-tarn", "rule"),
        ("unknown", None, "unknown", None),
    ],
)
def test_the_address_refines_the_source(source: str, url: str | None, expected: str, method: str | None) -> None:
    settings = TransformSettings(sources=(SourceRule("the-tarn", hosts=("www.tarn.example",)),))
    arrival = Arrival("file:///a.txt", "a.txt", datetime(2024, 3, 4, tzinfo=UTC), source=source)
    canonical = None if url is None else Found("canonical_url", url, "sidecar", 0.9)

    refined = refine_source(arrival, canonical, settings)

    assert (refined.id, refined.method) == (expected, method)
