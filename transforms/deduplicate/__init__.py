"""*deduplicate*: which articles are copies and versions of which; they are labelled with evidence, never deleted.

Two pure calls: `sign` what has passed, fetch from the warehouse what may be related, `relate` them: what is a copy or
a version of what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from transforms.deduplicate.contained import Containers
from transforms.deduplicate.copies import Edge, Target, to_copies
from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.near import find_originals
from transforms.deduplicate.signatures import sign as sign
from transforms.deduplicate.stories import assign as assign
from transforms.deduplicate.stories import cluster_anew as cluster_anew
from transforms.deduplicate.story_terms import to_story_terms as to_story_terms
from transforms.deduplicate.versions import Version, are_versions, find_versions
from warehouse import tables

TAKEN_BACK = "taken_back"
"""Method of a row that ends an earlier relation."""


def relate(signatures: pa.Table, candidates: pa.Table) -> Mapping[str, pa.Table]:
    """Return the copies and versions that the arrival of `signatures` makes, and the earlier relations that it changes.

    `candidates` are the signatures in the warehouse that may be related (warehouse/sketches.py says which); their
    last four columns are the relations as they stand.

    Shape:  `duplicates` and `versions`, one row per article whose relation changes, sorted by article_id. A row with
            `duplicate_of` or `version_of` NULL takes an earlier relation back: a former copy that is an original now.
            `run_id` and `snapshot` are NULL until the row lands.
    Order:  which batch an article came in makes no difference to the relations in the end.
    Cost:   linear in articles, but for sorting, and for counting the shingles of those that share some.
    """
    evidence = Evidence(tables.SIGNATURES.checked(signatures), tables.SIGNATURES.checked(candidates))
    originals = find_originals(evidence)
    versions = find_versions(evidence, originals)
    return {
        "duplicates": _to_duplicates(evidence, find_targets(evidence, originals, versions)),
        "versions": _to_versions(evidence, versions),
    }


def decide(signatures: pa.Table, candidates: pa.Table) -> pa.Table:
    """Return `duplicates` of `relate`."""
    return relate(signatures, candidates)["duplicates"]


def find_targets(
    evidence: Evidence, originals: Mapping[str, str], versions: Mapping[str, Version]
) -> Mapping[str, Target]:
    """Return for each article of `evidence` what it is a copy of; a version is no copy of another version."""
    contained = dict(Containers(evidence, originals).targets())
    targets = {}
    for article_id, original in originals.items():
        other = contained.get(article_id, original)
        if other == article_id or are_versions(versions, article_id, other):
            targets[article_id] = Target(None, None)
        elif article_id in contained:
            targets[article_id] = Target(other, "contained")
        else:
            same = evidence.articles[article_id].text_hash == evidence.articles[other].text_hash
            targets[article_id] = Target(other, "same_text" if same else "near")
    return targets


def _to_duplicates(evidence: Evidence, targets: Mapping[str, Target]) -> pa.Table:
    rows: dict[str, dict[str, Any]] = {}
    edges: list[Edge] = []
    for article_id, (target, kind) in targets.items():
        signed = evidence.articles[article_id]
        if target is None or kind is None:
            if signed.duplicate_of is not None:
                rows[article_id] = {"article_id": article_id, "method": TAKEN_BACK}
        elif (target, kind) != (signed.duplicate_of, signed.duplicate_kind):
            edges.append(Edge(article_id, target, kind))
    rows |= {copy.article_id: copy._asdict() for copy in to_copies(evidence, edges)}
    return tables.DUPLICATES.from_rows(rows[article_id] for article_id in sorted(rows))


def _to_versions(evidence: Evidence, versions: Mapping[str, Version]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for article_id, signed in sorted(evidence.articles.items()):
        version = versions.get(article_id)
        if version is None:
            if signed.version_of is not None:
                rows.append({"article_id": article_id, "method": TAKEN_BACK})
        elif (version.version_of, version.version) != (signed.version_of, signed.version):
            rows.append(version._asdict())
    return tables.VERSIONS.from_rows(rows)
