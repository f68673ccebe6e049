"""Checks: the settings of one validation; a frozen value, made by the flow for each batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from expectations.rules import Severity


@dataclass(frozen=True, slots=True)
class Checks:
    """What a batch is measured by."""

    batch: int
    """0-based number of the batch in its run; stands in every row of `expectation_results`."""
    validated_at: datetime
    """The time that the rows carry and that "in the future" is measured from; naive is taken as UTC."""
    min_words: int = 30
    """Fewer words make `articles.short_body`: a brief has 50 to 100, a news alert 10 to 20."""
    max_words: int = 30_000
    """More make `articles.long_body`: the longest magazine reports have 20,000."""
    max_headline_chars: int = 300
    """More make `articles.headline_too_long`: the longest web headlines have 200 to 250."""
    max_days_ahead: int = 1
    """How many days after `validated_at` an article may be dated: at UTC+14 it is tomorrow already."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """Severities that differ from the rules' own, by rule id (docs/expectations.md lists them)."""
    sources_min_days: int = 7
    """Days of its own history that a source needs before `inspect_warehouse` judges its volume."""
    deviations: float = 3.0
    """How many standard deviations from its own mean a source's day may lie."""
    min_unique_share: float = 0.5
    """Least share of different texts among a source's articles; fewer is a crawler that runs in circles."""

    @property
    def validated_at_utc(self) -> datetime:
        """`validated_at` as naive UTC, as the tables hold times."""
        if self.validated_at.tzinfo is None:
            return self.validated_at
        return self.validated_at.astimezone(UTC).replace(tzinfo=None)
