"""Each rule fires where it should and nowhere else: cases/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from expectations import RULES, Checks, validate

Tables = Mapping[str, pa.Table]
Case = Mapping[str, Any]

CASES: list[Case] = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def body_of(case: Case, sound: str) -> str:
    """Return the body that `case` describes; numbers keep repeated sentences apart."""
    if "repeat" in case:
        return repeated(*case["repeat"])
    start = repeated(*case["prepend_repeat"]) if "prepend_repeat" in case else case.get("prepend", "")
    return str(start) + str(case.get("body", sound)).strip() + str(case.get("append", ""))


def repeated(text: str, times: int) -> str:
    return "".join(text.replace("%d", str(number)) for number in range(times)).strip(" ")


def tables_of(case: Case, sound: str, make_tables: Callable[..., Tables]) -> Tables:
    body = body_of(case, sound)
    article = {**case.get("article", {}), **dict.fromkeys(case.get("unset", ()))}
    pieces = {name: dict(columns) for name, columns in case.get("pieces", {}).items()}
    for name, columns in case.get("unset_pieces", {}).items():
        pieces.setdefault(name, {}).update(dict.fromkeys(columns))
    if "whole_text" in case:
        piece = pieces[case["whole_text"]]
        piece["text"] = body[piece["start_char"] : piece["end_char"]]
    return make_tables([body], article=article, pieces=pieces)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_case(case: Case, body: str, make_tables: Callable[..., Tables], checks: Checks) -> None:
    validation = validate(tables_of(case, body, make_tables), checks)

    assert validation.rejected["reason"].to_pylist() == ([case["reason"]] if "reason" in case else [])
    if "reason" not in case:
        assert validation.kept["articles"]["quality_flags"].to_pylist() == [case.get("flags")]


def test_each_rule_about_articles_that_flags_or_rejects_has_a_case() -> None:
    shown = {case["reason"] for case in CASES if "reason" in case}
    shown |= {f"articles.{flag}" for case in CASES for flag in case.get("flags", ())}

    demanded = {rule.id for rule in RULES if rule.table == "articles" and rule.severity != "info"} - {
        "articles.key_repeated"
    }
    assert demanded - shown == set()


def test_ids_of_rules_are_unique_and_name_their_table() -> None:
    ids = [rule.id for rule in RULES]

    assert len(ids) == len(set(ids))
    assert all(rule.id.startswith(f"{rule.table}.") for rule in RULES)


def test_a_rule_has_an_expectation_of_its_own_or_a_family() -> None:
    assert [rule.id for rule in RULES if (rule.check is None) == (rule.family == "")] == []
