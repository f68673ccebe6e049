"""The plan of a validation: which rules there are, and which expectations evaluate them together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from expectations import articles, baseline, dates, evidence, figures, matches, mentions, quotes, spans
from expectations.batch import Batch, Broken
from expectations.rules import UNBROKEN, Check, Expectation, Rule, Severity

SOURCES = (articles, baseline, spans, quotes, mentions, dates, figures, evidence, matches)
"""The modules that hold rules: each has `RULES` and `find_broken`. The order is that of reasons and flags."""

RULES: tuple[Rule, ...] = tuple(rule for source in SOURCES for rule in source.RULES)

_OF_ARTICLES = frozenset(rule.id for rule in articles.RULES)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield all rows of `batch` that break a rule without an expectation of its own."""
    for source in SOURCES:
        yield from source.find_broken(batch)


def to_expectations(tables: Iterable[str], severities: Mapping[str, Severity]) -> tuple[Expectation, ...]:
    """Return the expectations to evaluate when `tables` have rows; `severities` replace the rules' own, by rule id.

    Raise ValueError when `severities` names no rule.
    """
    _assert_known(severities)
    present = frozenset(tables)
    alone: list[Expectation] = []
    families: dict[tuple[str, str, Severity], list[Rule]] = {}
    for rule in RULES:
        severity, suite = severities.get(rule.id, rule.severity), suite_of(rule)
        if rule.table in present and rule.check is not None:
            alone.append(Expectation(rule.id, suite, rule.check, severity, (rule,)))
        elif rule.table in present:
            families.setdefault((suite, rule.family, severity), []).append(rule)
    return (*alone, *(_shared(suite, family, rules, severity) for (suite, family, severity), rules in families.items()))


def _shared(suite: str, family: str, rules: Iterable[Rule], severity: Severity) -> Expectation:
    check = Check(UNBROKEN, f"{family}_{severity}")
    return Expectation(f"{suite}.{family}.{severity}", suite, check, severity, tuple(rules))


def suite_of(rule: Rule) -> str:
    """Return the frame that evaluates `rule`: `articles`, or `rows` with the rows of all tables under each other."""
    return "articles" if rule.id in _OF_ARTICLES else "rows"


def _assert_known(severities: Mapping[str, Severity]) -> None:
    known = [rule.id for rule in RULES]
    for name in severities:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise ValueError(
                f"unknown rule {name!r} in the severities of the checks: no rule has this id"
                + (f"; did you mean {near[0]!r}?" if near else "; docs/expectations.md lists the ids")
            )
