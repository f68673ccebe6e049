"""Articles that have been withdrawn: which ones an order took out of the analyst views."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from warehouse.peek import open_catalog

_KILLED = """
SELECT taken.article_id, taken.source, taken.headline, taken.kind, taken.ordered_by
FROM withdrawn_articles AS taken
JOIN withdrawals AS orders ON orders.article_id = taken.ordered_by
WHERE taken.ordered_by IN (SELECT unnest($1::VARCHAR[])) AND orders.value <> 'withheld'
QUALIFY row_number() OVER (PARTITION BY taken.article_id) = 1
ORDER BY taken.article_id
LIMIT $2
"""


class Killed(NamedTuple):
    """An article that may never be used again; names as in the view `withdrawn_articles`."""

    article_id: str
    source: str
    headline: str | None
    kind: str
    ordered_by: str


def killed_by(root: Path, orders: Collection[str], *, most: int) -> list[Killed]:
    """Return the articles that these orders killed, at most so many; those only withheld are not among them."""
    with open_catalog(root) as connection:
        return [Killed(*row) for row in connection.execute(_KILLED, [sorted(orders), most]).fetchall()]
