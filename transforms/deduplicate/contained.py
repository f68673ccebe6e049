"""Contained copies: articles whose text stands in a longer one, as when a wire story is cut to length.

A contained article points to one original and joins nothing: it does not make copies of two articles that contain it.
A longer text that holds two different articles which were there before it is a digest, and no article is a copy of
a digest. Two different parts that were printed after the whole are cuts of it; three make a digest at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.counting import Counts
from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.near import are_near
from transforms.deduplicate.overlaps import Overlaps, Pairs

MIN_CONTAINMENT = 0.82
"""Share of an article's shingles that the longer one has. Pages of one site with all their furniture reach 0.81."""
MIN_SHINGLES = 20
"""A text of fewer (24 words) is a caption or a notice, which stands on many pages."""
_LONGER = 1.2
"""A text that contains another and is not near to it is at least 1.23 times as long: the two bounds together say so."""
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
        self._printed: dict[int, int] = {}
        for article_id, original in originals.items():
            text, published_at = evidence.text_of(article_id), evidence.articles[article_id].published_at
            self._original_of[text] = original
            if published_at is not None:
                self._printed[text] = min(published_at, self._printed.get(text, published_at))
        self._containers: dict[int, list[int]] = {}
        self._contents: dict[int, list[int]] = {}
        self._find()
        self._alike = self._find_alike()
        self._digests: dict[int, bool] = {}

    def targets(self) -> Iterator[tuple[str, str]]:
        """Yield each original that is contained in another original's group, with that original."""
        unsure = self._unsure()
        for original in dict.fromkeys(self._originals.values()):
            text = self._evidence.text_of(original)
            target = self._standing(original)
            if original in self._evidence.fresh or text in unsure or target == original:
                target = self._choose(original, text)
            if target is not None:
                yield original, target

    def _standing(self, original: str) -> str | None:
        """Return what an original that is not fresh was contained in, as that is called now."""
        signed = self._evidence.articles[original]
        if original in self._evidence.fresh or signed.duplicate_kind != "contained":
            return None
        return self._originals.get(signed.duplicate_of or "", signed.duplicate_of)

    def _is_turned(self, original: str) -> bool:
        """Return whether an original has become one with what it was contained in."""
        return self._standing(original) == original

    def _find(self) -> None:
        """Note which texts contain which and are not near to them, as far as it matters to what is fresh.

        It matters which texts a fresh one contains or stands in and, as that may be a digest, what else this holds;
        which other texts all these stand in; and what those hold.
        """
        possible = _Possible(self._overlaps)
        fresh = {self._evidence.text_of(article_id) for article_id in self._evidence.fresh}
        turned = {
            self._evidence.text_of(original) for original in self._originals.values() if self._is_turned(original)
        }
        possible.count(fresh, fresh)
        possible.count((), possible.wholes_of(fresh))
        unsure = fresh | turned | possible.pieces()
        possible.count(unsure, ())
        possible.count((), possible.wholes_of(unsure))
        hashes, sizes = list(self._evidence.texts), self._overlaps.sizes
        for piece, whole in possible.found:
            self._containers.setdefault(piece, []).append(whole)
            self._contents.setdefault(whole, []).append(piece)
        for relation, most in ((self._containers, MOST_CONTAINERS), (self._contents, MOST_CONTENTS)):
            for texts in relation.values():
                # The largest first, in an order of their own: which of them arrived first makes no difference.
                texts.sort(key=lambda text: (-sizes[text], hashes[text]))
                del texts[most:]

    def _unsure(self) -> frozenset[int]:
        """Return the texts whose container may change: by a new one, or as theirs may have become a digest."""
        found: set[int] = set()
        for text in {self._evidence.text_of(article_id) for article_id in self._evidence.fresh}:
            found.update(self._contents.get(text, ()))
            for container in self._containers.get(text, ()):
                found.update(self._contents.get(container, ()))
        return frozenset(found)

    def _choose(self, original: str, text: int) -> str | None:
        """Return the original of the largest text that contains `text` and is no digest."""
        sizes = self._overlaps.sizes
        for container in self._containers.get(text, ()):
            target = self._original_of[container]
            # Ever larger originals: so no two articles are copies of each other.
            larger = sizes[self._evidence.text_of(target)] > sizes[text]
            if target != original and larger and not self._is_digest(container):
                return target
        return None

    def _is_digest(self, text: int) -> bool:
        if text not in self._digests:
            pieces, printed = self._pieces(text), self._printed.get(text)
            first = [piece for piece in pieces if printed is None or self._printed.get(piece, printed) <= printed]
            self._digests[text] = _different(first, self._alike) >= 2 or _different(pieces, self._alike) >= 3
        return self._digests[text]

    def _pieces(self, text: int) -> list[int]:
        sizes = self._overlaps.sizes
        least = max(MIN_PIECE_SHINGLES, MIN_PIECE_SHARE * sizes[text])
        return [piece for piece in self._contents.get(text, ()) if sizes[piece] >= least]

    def _find_alike(self) -> frozenset[tuple[int, int]]:
        """Return the pairs of pieces of one text that have more than next to nothing in common, both ways round."""
        pairs = {pair for text in self._contents for pair in combinations(sorted(self._pieces(text)), 2)}
        if not pairs:
            return frozenset()
        ones, others = np.array(sorted(pairs), np.int64).T
        sizes = self._overlaps.sizes
        common = self._overlaps.common(Pairs(ones, others))
        alike = common > MAX_COMMON_OF_PIECES * np.minimum(sizes[ones], sizes[others])
        found = list(zip(ones[alike].tolist(), others[alike].tolist(), strict=True))
        return frozenset([*found, *((other, one) for one, other in found)])


class _Possible:
    """Pairs of a text and one that is longer enough to contain it; they are counted when asked for."""

    def __init__(self, overlaps: Overlaps) -> None:
        self._overlaps = overlaps
        self.found: set[tuple[int, int]] = set()
        """A contained text and what contains it."""

    def count(self, pieces: Collection[int], wholes: Collection[int]) -> None:
        """Count the pairs with one of `pieces` as the shorter text or one of `wholes` as the longer."""
        overlaps = self._overlaps
        pairs = overlaps.pairs_of({*pieces, *wholes})
        small, large = (overlaps.sizes[texts] for texts in pairs)
        asked = self._among(pairs.ones, pieces) | self._among(pairs.others, wholes)
        pairs = pairs.where(asked & (small >= MIN_SHINGLES) & (large >= _LONGER * small))
        pairs = pairs.where(overlaps.gists_agree(pairs))
        common = overlaps.common(pairs)
        contained = common >= MIN_CONTAINMENT * overlaps.sizes[pairs.ones]
        pairs = pairs.where(contained & ~are_near(overlaps, pairs, common))
        self.found.update(zip(pairs.ones.tolist(), pairs.others.tolist(), strict=True))

    def wholes_of(self, pieces: Collection[int]) -> set[int]:
        """Return the texts that were found to contain any of `pieces`."""
        return {whole for piece, whole in self.found if piece in pieces}

    def pieces(self) -> set[int]:
        """Return the texts that were found to be contained in any."""
        return {piece for piece, _ in self.found}

    def _among(self, texts: Counts, wanted: Collection[int]) -> npt.NDArray[np.bool_]:
        mask = np.zeros(len(self._overlaps.sizes), np.bool_)
        mask[list(wanted)] = True
        return mask[texts]


def _different(pieces: Sequence[int], alike: frozenset[tuple[int, int]]) -> int:
    """Return how many of `pieces` have next to nothing in common with each other, as a lower bound."""
    most = 0
    for beginning in range(len(pieces)):
        chosen: list[int] = []
        for piece in pieces[beginning:]:
            if all((piece, other) not in alike for other in chosen):
                chosen.append(piece)
        most = max(most, len(chosen))
        if most >= 3:
            break
    return most
