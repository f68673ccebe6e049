"""Versions: items that one source sent or published again with other content: updates, corrections, writethrus.

A chain of versions is what shares an address or the source's own id, or what a source dates as versions and is nearly
the same. The source's clock puts a chain in order, not the arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from transforms.deduplicate.evidence import Evidence, Signed
from transforms.deduplicate.near import Groups
from transforms.read.placement import UNKNOWN_SOURCE


class Version(NamedTuple):
    """One version after the first; the names are those of the columns of `versions`."""

    article_id: str
    version_of: str
    version: int
    method: str


class _Key(NamedTuple):
    """What versions of one item have in common."""

    method: str
    value: str


def find_versions(evidence: Evidence, originals: Mapping[str, str]) -> Mapping[str, Version]:
    """Return the versions after the first article of each chain, by article_id.

    `originals` are as of `near.find_originals`. An article with the text of the one before it has its number too; a
    chain with one text only has no versions.
    """
    named = (signed for signed in evidence.articles.values() if signed.url_key or signed.alt_key or signed.is_dated)
    keys = {signed.article_id: list(_keys(signed, originals)) for signed in named}
    met = Counter(key for listed in keys.values() for key in listed)
    linked = {article_id: [key for key in listed if met[key] > 1] for article_id, listed in keys.items()}
    chains = Groups()
    for article_id, listed in linked.items():
        for key in listed:
            chains.unite(article_id, key)
    members: dict[object, list[Signed]] = {}
    for article_id, listed in linked.items():
        if listed:
            members.setdefault(chains.find(article_id), []).append(evidence.articles[article_id])
    return {version.article_id: version for chain in members.values() for version in _number(chain, linked)}


def are_versions(versions: Mapping[str, Version], one: str, other: str) -> bool:
    """Return whether two articles are different versions of one item."""
    if one not in versions and other not in versions:
        return False
    first, second = (versions.get(each, Version(each, each, 1, "")) for each in (one, other))
    return first.version_of == second.version_of and first.version != second.version


def _keys(signed: Signed, originals: Mapping[str, str]) -> Iterator[_Key]:
    """Yield what another version of the item would have too, the surest first."""
    if signed.url_key is not None:
        yield _Key("canonical_url", signed.url_key)
    if signed.alt_key is not None:
        yield _Key("alt_id", signed.alt_key)
    if signed.is_dated and signed.source != UNKNOWN_SOURCE:
        yield _Key("near", f"{signed.source}\n{originals[signed.article_id]}")


def _number(chain: Sequence[Signed], linked: Mapping[str, Sequence[_Key]]) -> Iterator[Version]:
    first, *later = sorted(chain, key=_clock)
    number, text = 1, first.text_hash
    versions = []
    for signed in later:
        number += signed.text_hash != text
        text = signed.text_hash
        versions.append(Version(signed.article_id, first.article_id, number, linked[signed.article_id][0].method))
    return iter(versions if number > 1 else ())


def _clock(signed: Signed) -> tuple[bool, int, str]:
    """Return what puts versions in order; one that does not say when it was made comes before those that do."""
    return signed.versioned_at is not None, signed.versioned_at or 0, signed.article_id
