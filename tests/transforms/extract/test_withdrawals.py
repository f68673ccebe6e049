"""What counts as an order to withdraw an item, and what merely tells of one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.extract.withdrawals import find_withdrawals
from transforms.rows import Found

CASES = tomllib.loads((Path(__file__).parent / "cases" / "withdrawals.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_an_order_names_what_it_withdraws(case: dict[str, Any]) -> None:
    values = {name: Found(name, value, "m", 1.0) for name, value in case.get("values", {}).items()}

    found = find_withdrawals(case.get("text", "The lake was grey."), values, case.get("withdraws"))

    assert {each.field: each.value for each in found} == case.get("found", {})
