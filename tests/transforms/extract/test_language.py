"""The language of a body; none rather than a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.extract.language import find_language

CASES = tomllib.loads((Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["body"][:30])
def test_a_body_is_of_its_language_or_of_none_that_we_know(case: dict[str, Any]) -> None:
    assert find_language(case["body"]) == case.get("language")
