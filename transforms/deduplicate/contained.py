"""Contained copies: articles whose text stands in a longer one, as when a wire story is cut to length.

A contained article points to one original and joins nothing: it does not make copies of two articles that contain it.
A longer text that holds two different articles which were there before it is a digest, and no article is a copy of
a digest. Two different parts that were printed after the whole are cuts of it; three make a digest at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.near import find_near
from transforms.deduplicate.overlaps import Counts

MIN_CONTAINMENT = 0.82
"""Share of an article's shingles that the longer one has. Pages of one site with all their furniture reach 0.81."""
MIN_SHINGLES = 20
"""A text of fewer (24 words) is a caption or a notice, which stands on many pages."""
MIN_PIECE_SHINGLES = 30
MIN_PIECE_SHARE = 0.05
"""What is taken for a piece of a digest has at least so much of it: a notice at the foot makes no digest."""
MAX_COMMON_OF_PIECES = 0.2
"""Pieces of a digest are different articles; two cuts of one story begin alike."""
MOST_CONTAINERS = 16
"""So many of the largest containers of an article are looked at."""
MOST_CONTENTS = 32
"""So many of the largest articles in a container are looked at."""


class Containers:
    """Which texts stand in which, over `evidence`; `originals` as of `near.find_originals`."""

    def __init__(self, evidence: Evidence, originals: Mapping[str, str]) -> None:
        self._evidence = evidence
        self._overlaps = evidence.overlaps
        self._originals = originals
        self._original_of: dict[int, str] = {}
        self._printed: dict[int, datetime] = {}
        for article_id, original in originals.items():
            text, published_at = evidence.text_of(article_id), evidence.articles[article_id].published_at
            self._original_of[text] = original
            if published_at is not None:
                self._printed[text] = min(published_at, self._printed.get(text, published_at))
        self._hashes = list(evidence.texts)
        self._digests: dict[int, bool] = {}

    def targets(self) -> Iterator[tuple[str, str]]:
        """Yield each original that is contained in another original's group, with that original."""
        unsure = self._unsure()
        for original in dict.fromkeys(self._originals.values()):
            text = self._evidence.text_of(original)
            signed = self._evidence.articles[original]
            target: str | None = None
            if original not in self._evidence.fresh and signed.duplicate_kind == "contained":
                target = self._originals.get(signed.duplicate_of or "", signed.duplicate_of)
            if original in self._evidence.fresh or text in unsure or target == original:
                target = self._choose(original, text)
            if target is not None:
                yield original, target

    def _unsure(self) -> frozenset[int]:
        """Return the texts whose container may change: by a new one, or as theirs may have become a digest."""
        fresh = {self._evidence.text_of(article_id) for article_id in self._evidence.fresh}
        found: set[int] = set()
        for text in fresh:
            found.update(self._contents(text))
            for container in self._containers(text):
                found.update(self._contents(container))
        return frozenset(found)

    def _choose(self, original: str, text: int) -> str | None:
        """Return the original of the largest text that contains `text` and is no digest."""
        sizes = self._overlaps.sizes
        for container in self._containers(text):
            target = self._original_of[container]
            # Ever larger originals: so no two articles are copies of each other.
            larger = sizes[self._evidence.text_of(target)] > sizes[text]
            if target != original and larger and not self._is_digest(container):
                return target
        return None

    def _containers(self, text: int) -> list[int]:
        """Return the texts that contain `text` and are not near to it, the largest first."""
        sizes, (texts, common) = self._overlaps.sizes, self._overlaps.mates(text)
        if not len(texts) or sizes[text] < MIN_SHINGLES:
            return []
        found = texts[(common >= MIN_CONTAINMENT * sizes[text]) & (sizes[texts] > sizes[text])]
        return self._largest(found, text)[:MOST_CONTAINERS]

    def _contents(self, text: int) -> list[int]:
        """Return the texts that `text` contains and that are not near to it, the largest first."""
        sizes, (texts, common) = self._overlaps.sizes, self._overlaps.mates(text)
        theirs = sizes[texts]
        enough = (common >= MIN_CONTAINMENT * theirs) & (theirs >= MIN_SHINGLES) & (theirs < sizes[text])
        return self._largest(texts[enough], text)[:MOST_CONTENTS]

    def _largest(self, found: Counts, text: int) -> list[int]:
        """Return the texts of `found` that are not near to `text`, the largest first, in an order of their own."""
        near = find_near(self._overlaps, text) if len(found) else []
        sizes = self._overlaps.sizes
        return sorted(set(found.tolist()) - set(near), key=lambda one: (-sizes[one], self._hashes[one]))

    def _is_digest(self, text: int) -> bool:
        if text not in self._digests:
            sizes = self._overlaps.sizes
            least = max(MIN_PIECE_SHINGLES, MIN_PIECE_SHARE * sizes[text])
            pieces = [piece for piece in self._contents(text) if sizes[piece] >= least]
            printed = self._printed.get(text)
            first = [piece for piece in pieces if printed is None or self._printed.get(piece, printed) <= printed]
            self._digests[text] = self._different(first) >= 2 or self._different(pieces) >= 3
        return self._digests[text]

    def _different(self, pieces: Sequence[int]) -> int:
        """Return how many of `pieces` have next to nothing in common with each other, as a lower bound."""
        most = 0
        for beginning in range(len(pieces)):
            chosen: list[int] = []
            for piece in pieces[beginning:]:
                if all(self._are_apart(piece, other) for other in chosen):
                    chosen.append(piece)
            most = max(most, len(chosen))
            if most >= 3:
                break
        return most

    def _are_apart(self, piece: int, other: int) -> bool:
        if not self._overlaps.may_share(piece, other):
            return True
        sizes = self._overlaps.sizes
        common = self._overlaps.common_of(piece, other)
        return bool(common <= MAX_COMMON_OF_PIECES * min(sizes[piece], sizes[other]))
