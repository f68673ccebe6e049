"""The evidence that copies are decided on: the articles concerned, their texts, and the relation as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import starmap
from typing import NamedTuple

import pyarrow as pa

from transforms.deduplicate.overlaps import Overlaps
from warehouse.tables import values

_RELATION = ("duplicate_of", "duplicate_kind", "version_of", "version")
"""Columns of `signatures` that only the warehouse knows."""


class Signed(NamedTuple):
    """What is known of one article; names as in `signatures`, instants in microseconds since 1970."""

    article_id: str
    text_hash: str
    published_at: int | None
    source: str
    url_key: str | None
    alt_key: str | None
    versioned_at: int | None
    is_dated: bool
    duplicate_of: str | None
    duplicate_kind: str | None
    version_of: str | None
    version: int | None

    @property
    def precedence(self) -> tuple[bool, int, str]:
        """What puts known publication times before unknown ones, then early ones, then small ids."""
        return self.published_at is None, self.published_at or 0, self.article_id


class Evidence:
    """All articles concerned, by article_id; texts are known by their index in `texts`."""

    def __init__(self, signatures: pa.Table, candidates: pa.Table) -> None:
        self.known: Mapping[str, Signed] = {signed.article_id: signed for signed in _rows(candidates)}
        """As the warehouse has them."""
        self.articles: dict[str, Signed] = {}
        """As they are with this batch; the relation is the one that stands."""
        self.texts: dict[str, int] = {}
        """Index of each text, by its hash."""
        packed: list[_Packed] = []
        for table in (signatures, candidates):
            rows = self.known.values() if table is candidates else _rows(table)
            for signed, sketch in zip(rows, _packed(table), strict=True):
                if signed.article_id in self.articles:
                    continue
                was = self.known.get(signed.article_id)
                if was is not None and was is not signed:
                    signed = signed._replace(**{name: getattr(was, name) for name in _RELATION})
                self.articles[signed.article_id] = signed
                if signed.text_hash not in self.texts:
                    self.texts[signed.text_hash] = len(packed)
                    packed.append(sketch)
        self.overlaps = Overlaps(
            [one.sketch or b"" for one in packed],
            [one.shingles or b"" for one in packed],
            [one.shingle_count or 0 for one in packed],
        )

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


class _Packed(NamedTuple):
    sketch: bytes | None
    shingles: bytes | None
    shingle_count: int | None


def _rows(table: pa.Table) -> Iterator[Signed]:
    for name in ("published_at", "versioned_at"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(pa.int64()))
    return starmap(Signed, zip(*(values(table, name) for name in Signed._fields), strict=True))


def _packed(table: pa.Table) -> Iterator[_Packed]:
    return starmap(_Packed, zip(*(values(table, name) for name in _Packed._fields), strict=True))
