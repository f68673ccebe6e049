"""What stories are told by, of each article: its terms, when it was told, and whether there is a body to speak of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa

from transforms.deduplicate.signatures import to_instant
from transforms.deduplicate.terms import find_terms, pack
from warehouse import tables

BRIEF_CHARS = 160
"""A body of no more is a headline again, or a teaser."""
_COLUMNS = ["article_id", "headline", "body", "published_at", "published_on", "first_created", "version_created"]


def to_story_terms(articles: pa.Table) -> pa.Table:
    """Return the terms of `articles`.

    Shape:  schema of `story_terms`, one row per article in the same order; `story_id` is NULL: only the warehouse
            knows it. `told_at` is when the article was published, or else created.
    """
    return tables.STORY_TERMS.from_rows(_to_row(article) for article in articles.select(_COLUMNS).to_pylist())


def _to_row(article: Mapping[str, Any]) -> dict[str, Any]:
    body = "" if article["body"] == article["headline"] else article["body"]
    return {
        "article_id": article["article_id"],
        "told_at": _told_at(article),
        "is_brief": len(body) <= BRIEF_CHARS,
        "terms": pack(find_terms(article["headline"], body)),
    }


def _told_at(article: Mapping[str, Any]) -> datetime | None:
    published_at = to_instant(article["published_at"], article["published_on"])
    moments: list[datetime | None] = [published_at, article["first_created"], article["version_created"]]
    return next((moment for moment in moments if moment is not None), None)
