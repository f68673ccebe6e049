"""*deduplicate*: which articles are copies of which; copies are labelled with evidence, never deleted.

Two pure calls: `sign` what has passed, fetch from the warehouse what may be related, `decide` what is a copy of what.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from transforms.deduplicate import same_text
from transforms.deduplicate.signatures import sign as sign
from warehouse import tables

JUDGES = (same_text.judge,)
"""Each takes the signatures of all articles concerned and returns the copies it finds, best evidence first."""


def decide(signatures: pa.Table, candidates: pa.Table) -> pa.Table:
    """Return the relations that the arrival of `signatures` changes.

    `candidates` are the signatures in the warehouse with one of the same texts, and, for an article that lands again
    with another text, those of the group it leaves; their `duplicate_of` is the relation as it stands.

    Shape:  schema of `duplicates`, one row per article whose relation changes, sorted by article_id. A row with
            `duplicate_of` NULL takes an earlier relation back: a former copy that is an original now.
            `run_id` and `snapshot` are NULL until the row lands.
    Order:  which batch an article came in makes no difference to the relation in the end.
    Cost:   linear in articles, but for sorting each group of copies.
    """
    newest = _newest(tables.SIGNATURES.checked(signatures), tables.SIGNATURES.checked(candidates))
    concerned = tables.SIGNATURES.from_rows(newest.values())
    current = {row["article_id"]: row["duplicate_of"] for row in candidates.to_pylist()}
    found = {copy.article_id: copy for judge in reversed(JUDGES) for copy in judge(concerned)}
    rows: list[dict[str, Any]] = []
    for article_id in sorted(newest):
        copy = found.get(article_id)
        if copy is not None and copy.duplicate_of != current.get(article_id):
            rows.append(copy._asdict())
        elif copy is None and current.get(article_id) is not None:
            rows.append({"article_id": article_id, "method": same_text.METHOD})
    return tables.DUPLICATES.from_rows(rows)


def _newest(signatures: pa.Table, candidates: pa.Table) -> dict[str, dict[str, Any]]:
    """Return one signature per article: that of the batch where an article is in both tables."""
    return {row["article_id"]: row for table in (candidates, signatures) for row in table.to_pylist()}
