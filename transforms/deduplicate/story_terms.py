"""What stories are told by, of each article: its terms, when it was told, and whether there is a body to speak of."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms.deduplicate.signatures import to_instants
from transforms.deduplicate.terms import find_terms, pack
from warehouse import tables
from warehouse.tables import values

BRIEF_CHARS = 160
"""A body of no more is a headline again, or a teaser."""


def to_story_terms(articles: pa.Table) -> pa.Table:
    """Return the terms of `articles`.

    Shape:  schema of `story_terms`, one row per article in the same order; `story_id` is NULL: only the warehouse
            knows it. `told_at` is when the article was published, or else created.
    """
    headlines = values(articles, "headline")
    pairs = zip(headlines, values(articles, "body"), strict=True)
    bodies = ["" if body == headline else body for headline, body in pairs]
    columns: dict[str, Any] = {
        "article_id": articles["article_id"],
        "told_at": pc.coalesce(to_instants(articles), articles["first_created"], articles["version_created"]),
        "is_brief": [len(body) <= BRIEF_CHARS for body in bodies],
        "story_id": [None] * len(bodies),
        "terms": [pack(find_terms(headline, body)) for headline, body in zip(headlines, bodies, strict=True)],
    }
    return pa.table(columns, schema=tables.STORY_TERMS.schema)
