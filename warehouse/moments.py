"""Moments as the ledger writes them: text in UTC that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return an aware moment as the ledger writes it: UTC, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def to_moment(text: str | None) -> datetime | None:
    """Return a moment the ledger wrote, aware; None stays None."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
