"""Signatures: what *deduplicate* compares of an article, small enough to keep for every article that ever landed."""

from __future__ import annotations

from datetime import date, datetime, time

import pyarrow as pa

from transforms.deduplicate.folding import fold
from transforms.identity import to_id
from warehouse import tables

_COLUMNS = ["article_id", "source", "body", "published_at", "published_on"]


def sign(articles: pa.Table) -> pa.Table:
    """Return the signatures of `articles`.

    Shape:  schema of `signatures`, one row per article in the same order. `sketch` is NULL: it has room for what near
            copies are found by; `duplicate_of` is NULL: only the warehouse knows it.
    Order:  `published_at` is what originals are chosen by: the instant, or midnight UTC of the day where only
            `published_on` is known, or NULL.
    """
    return tables.SIGNATURES.from_rows(
        {
            "article_id": article["article_id"],
            "text_hash": hash_text(article["body"]),
            "published_at": to_instant(article["published_at"], article["published_on"]),
            "source": article["source"],
        }
        for article in articles.select(_COLUMNS).to_pylist()
    )


def hash_text(body: str) -> str:
    """Return the same 32 hex digits for bodies with the same words and marks, however these are encoded."""
    return to_id(fold(body).encode())


def to_instant(published_at: datetime | None, published_on: date | None) -> datetime | None:
    """Return when an article counts as published, naive UTC: the instant, else midnight of the day, else None."""
    if published_at is not None or published_on is None:
        return published_at
    return datetime.combine(published_on, time())
