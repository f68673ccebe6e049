"""docs/expectations.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations import RULES, catalogue

PAGE = Path(__file__).parents[2] / "docs" / "expectations.md"


def test_the_page_is_what_the_code_generates() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue.to_markdown(), f"run: {catalogue.COMMAND}"


def test_each_rule_has_a_row() -> None:
    page = catalogue.to_markdown()

    assert [rule.id for rule in RULES if f"| `{rule.id}` |" not in page] == []


def test_the_page_is_written_where_the_argument_says(tmp_path: Path) -> None:
    assert catalogue.main([str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == catalogue.to_markdown()


def test_a_missing_argument_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main([]) == 2
    assert catalogue.COMMAND in capsys.readouterr().err
