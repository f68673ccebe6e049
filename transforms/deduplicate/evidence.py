"""The evidence that copies are decided on: the articles concerned, their texts, and the relation as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa

from transforms.deduplicate.overlaps import Overlaps

_COLUMNS = ("article_id", "text_hash", "published_at", "source", "duplicate_of", "duplicate_kind", "sketch", "shingles")


class Signed(NamedTuple):
    """What is known of one article; names as in `signatures`."""

    article_id: str
    text_hash: str
    published_at: datetime | None
    source: str
    duplicate_of: str | None
    duplicate_kind: str | None

    @property
    def precedence(self) -> tuple[bool, datetime, str]:
        """What puts known publication times before unknown ones, then early ones, then small ids."""
        return self.published_at is None, self.published_at or datetime.min, self.article_id


class Evidence:
    """All articles concerned, by article_id; texts are known by their index in `texts`."""

    def __init__(self, signatures: pa.Table, candidates: pa.Table) -> None:
        self.known: Mapping[str, Signed] = {signed.article_id: signed for signed, *_ in _rows(candidates)}
        """As the warehouse has them."""
        self.articles: dict[str, Signed] = {}
        """As they are with this batch; the relation is the one that stands."""
        self.texts: dict[str, int] = {}
        """Index of each text, by its hash."""
        sketches, shingles = [], []
        for table in (signatures, candidates):
            for signed, sketch, all_shingles in _rows(table):
                if signed.article_id in self.articles:
                    continue
                was = self.known.get(signed.article_id)
                if was is not None:
                    signed = signed._replace(duplicate_of=was.duplicate_of, duplicate_kind=was.duplicate_kind)
                self.articles[signed.article_id] = signed
                if signed.text_hash not in self.texts:
                    self.texts[signed.text_hash] = len(self.texts)
                    sketches.append(sketch or b"")
                    shingles.append(all_shingles or b"")
        self.overlaps = Overlaps(sketches, shingles)

    def text_of(self, article_id: str) -> int:
        """Return the index of an article's text."""
        return self.texts[self.articles[article_id].text_hash]

    @cached_property
    def fresh(self) -> frozenset[str]:
        """Articles whose relation is found anew: those that are new or have another text, and the groups these left."""
        new = {each.article_id for each in self.articles.values() if self._is_new(each)}
        left = {self.known[article_id] for article_id in new & self.known.keys()}
        broken = {each.article_id for each in left} | {each.duplicate_of for each in left} - {None}
        return frozenset(
            new | {each.article_id for each in self.known.values() if {each.article_id, each.duplicate_of} & broken}
        )

    def _is_new(self, signed: Signed) -> bool:
        was = self.known.get(signed.article_id)
        return was is None or was.text_hash != signed.text_hash


def _rows(table: pa.Table) -> Iterable[tuple[Signed, bytes | None, bytes | None]]:
    columns: list[list[Any]] = [table[name].to_pylist() for name in _COLUMNS]
    for *signed, sketch, shingles in zip(*columns, strict=True):
        yield Signed(*signed), sketch, shingles
