"""Copyright notices taken apart."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.clean.rights import find_notice

CASES = tomllib.loads((Path(__file__).parent / "cases" / "notices.toml").read_text(encoding="utf-8"))["case"]
NOTICES = [case for case in CASES if case.get("notice", True)]
OTHERS = [case for case in CASES if not case.get("notice", True)]


@pytest.mark.parametrize("case", NOTICES, ids=lambda case: case["text"])
def test_a_notice_names_holder_year_and_terms(case: dict[str, Any]) -> None:
    notice = find_notice(case["text"])

    assert notice is not None
    assert notice.holder == case["holder"]
    assert notice.year == case.get("year")
    assert notice.usage_terms == case.get("usage_terms")
    assert notice.notice + " " + (notice.usage_terms or "") == case["text"] + (" " if not notice.usage_terms else "")


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case["text"])
def test_a_sentence_about_copyright_is_no_notice(case: dict[str, Any]) -> None:
    assert find_notice(case["text"]) is None
