"""Signatures: what *deduplicate* compares of an article, small enough to keep for every article that ever landed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from transforms.deduplicate.folding import fold
from transforms.deduplicate.sketch import sketch
from transforms.identity import to_id
from transforms.read.placement import UNKNOWN_SOURCE
from warehouse import tables

_COLUMNS = [
    "article_id",
    "source",
    "body",
    "canonical_url",
    "alt_id",
    "published_at",
    "published_on",
    "first_created",
    "version_created",
]
TEXTS_AT_ONCE = 256
"""Texts whose shingles are taken together: Python's share of the cost is small, and the numbers fit the cache."""


def sign(articles: pa.Table) -> pa.Table:
    """Return the signatures of `articles`.

    Shape:  schema of `signatures`, one row per article in the same order. `duplicate_of`, `duplicate_kind`,
            `version_of` and `version` are NULL: only the warehouse knows them.
    Order:  `published_at` is what originals are chosen by: the instant, or midnight UTC of the day where only
            `published_on` is known, or NULL. `versioned_at` is what versions are put in order by: when the source
            says that it made this one, else when it was published or created.
    """
    rows: list[dict[str, Any]] = []
    for start in range(0, articles.num_rows, TEXTS_AT_ONCE):
        rows.extend(_sign(articles.select(_COLUMNS).slice(start, TEXTS_AT_ONCE).to_pylist()))
    return tables.SIGNATURES.from_rows(rows)


def _sign(articles: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    texts = [fold(article["body"]) for article in articles]
    for article, text, sketched in zip(articles, texts, sketch(texts), strict=True):
        yield {
            "article_id": article["article_id"],
            "text_hash": to_id(text.encode()),
            "published_at": to_instant(article["published_at"], article["published_on"]),
            "source": article["source"],
            "url_key": _to_key(article["source"], article["canonical_url"]),
            "alt_key": None if article["source"] == UNKNOWN_SOURCE else _to_key(article["source"], article["alt_id"]),
            "versioned_at": _versioned_at(article),
            "is_dated": article["version_created"] is not None,
            "shingle_count": sketched.shingle_count,
            "sketch": sketched.sketch,
            "shingles": sketched.shingles,
        }


def _to_key(source: str, name: str | None) -> str | None:
    """Return what stands for an item of a source by one of its names; None where it has none."""
    return None if name is None else to_id(f"{source}\n{name}".encode())


def _versioned_at(article: Mapping[str, Any]) -> datetime | None:
    published_at = to_instant(article["published_at"], article["published_on"])
    moments: list[datetime | None] = [article["version_created"], published_at, article["first_created"]]
    return next((moment for moment in moments if moment is not None), None)


def hash_text(body: str) -> str:
    """Return the same 32 hex digits for bodies with the same words and marks, however these are encoded."""
    return to_id(fold(body).encode())


def to_instant(published_at: datetime | None, published_on: date | None) -> datetime | None:
    """Return when an article counts as published, naive UTC: the instant, else midnight of the day, else None."""
    if published_at is not None or published_on is None:
        return published_at
    return datetime.combine(published_on, time())
