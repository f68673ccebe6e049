"""*deduplicate*: which articles are copies of which; copies are labelled with evidence, never deleted.

Two pure calls: `sign` what has passed, fetch from the warehouse what may be related, `decide` what is a copy of what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from transforms.deduplicate.contained import Containers
from transforms.deduplicate.copies import Target, to_copy
from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.near import find_originals
from transforms.deduplicate.signatures import sign as sign
from warehouse import tables

TAKEN_BACK = "taken_back"
"""Method of a row that ends an earlier relation."""


def decide(signatures: pa.Table, candidates: pa.Table) -> pa.Table:
    """Return the copies that the arrival of `signatures` makes, and the earlier relations that it changes.

    `candidates` are the signatures in the warehouse that may be related (warehouse/sketches.py says which); their
    `duplicate_of` and `duplicate_kind` are the relation as it stands.

    Shape:  schema of `duplicates`, one row per article whose relation changes, sorted by article_id. A row with
            `duplicate_of` NULL takes an earlier relation back: a former copy that is an original now.
            `run_id` and `snapshot` are NULL until the row lands.
    Order:  which batch an article came in makes no difference to the relation in the end.
    Cost:   linear in articles, but for sorting, and for counting the shingles of those that share some.
    """
    evidence = Evidence(tables.SIGNATURES.checked(signatures), tables.SIGNATURES.checked(candidates))
    rows: list[dict[str, Any]] = []
    for article_id, (target, kind) in sorted(find_targets(evidence).items()):
        signed = evidence.articles[article_id]
        if target is None or kind is None:
            if signed.duplicate_of is not None:
                rows.append({"article_id": article_id, "method": TAKEN_BACK})
        elif (target, kind) != (signed.duplicate_of, signed.duplicate_kind):
            rows.append(to_copy(evidence, article_id, target, kind)._asdict())
    return tables.DUPLICATES.from_rows(rows)


def find_targets(evidence: Evidence) -> Mapping[str, Target]:
    """Return for each article of `evidence` what it is a copy of."""
    originals = find_originals(evidence)
    contained = dict(Containers(evidence, originals).targets())
    targets = {}
    for article_id, original in originals.items():
        if article_id in contained:
            targets[article_id] = Target(contained[article_id], "contained")
        elif article_id == original:
            targets[article_id] = Target(None, None)
        else:
            same = evidence.articles[article_id].text_hash == evidence.articles[original].text_hash
            targets[article_id] = Target(original, "same_text" if same else "near")
    return targets
