"""Rules: what must hold of an article and its pieces before they land, and what it means when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]
"""`critical`: the whole document waits in quarantine. `warning`: the row lands, the article carries a flag.
`info`: it is counted."""

UNBROKEN = "expect_column_values_to_be_null"
"""Great Expectations' name for "no row of this column names a broken rule"."""


@dataclass(frozen=True, slots=True)
class Check:
    """One of Great Expectations' own expectations over one column of a frame."""

    type: str
    """Its name there, e.g. `expect_column_values_to_be_between`."""
    column: str
    """A column of the frame that `expectations.frames` makes."""
    arguments: tuple[tuple[str, float | str], ...] = ()
    """Further arguments by name; a string names a field of `Checks` or a bound, filled in at evaluation."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id is the reason in quarantine and, shortened, the flag on the article."""

    id: str
    """`table.what_is_wrong`"""
    columns: tuple[str, ...]
    """Columns of the table that the rule looks at."""
    severity: Severity
    sentence: str
    """What is wrong when the rule is broken."""
    check: Check | None = None
    """The expectation that evaluates the rule alone; None where it shares one with the rules of its family."""
    family: str = ""
    """Rules of one family and severity are evaluated by one expectation: each costs 3 ms, however few rows."""

    @property
    def table(self) -> str:
        """The table that the rule is about."""
        return self.id.partition(".")[0]

    @property
    def flag(self) -> str:
        """The name that `articles.quality_flags` shows: without the table where that is `articles` itself."""
        return self.id.removeprefix("articles.")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What Great Expectations evaluates once over a frame: a rule alone, or all rules of a family and severity."""

    id: str
    suite: str
    """The frame it looks at: `articles` or `pieces`."""
    check: Check
    severity: Severity
    rules: tuple[Rule, ...]

    @property
    def looks_at(self) -> str:
        """The columns of the tables that its rules look at, in one word for `expectation_results.column`."""
        return ", ".join(dict.fromkeys(column for rule in self.rules for column in rule.columns))
