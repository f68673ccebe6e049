"""What may be related to an article: found by the samples of its shingles, against all that ever landed.

The index in memory is a cache: `SketchIndex.refresh` reads what the ledger has had since the last time, and a new one
reads everything. It knows texts by their number in the ledger; what it finds is proved by *deduplicate*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Column, Connection, Row, select

from warehouse import ledger_schema as schema
from warehouse.seen import among
from warehouse.tables import SIGNATURES, values

MIN_LIKELY = 0.35
"""Share of the numbers which the sample of the smaller of two texts is likely to have in common with the larger if it
stands there whole: with less they are not looked at. Of pairs that are copies 1 in 2,500 has less, and of cuts of 70
words 1 in 30. Texts that have a stock phrase in common pass where the smaller one has fewer than 120 words."""
MIN_LIKELY_OF_CUT = 0.5
STOCK = 256
"""A number that more texts have is a stock phrase or a foot, and does not count unless half of a text is such."""
RARE = 16
"""A number that more texts have is not enough where it is the only one in common: short texts meet by phrases."""
_SAMPLED_AT = 64, 32
"""A text of so many shingles has one number in its sample that does not hang on where the text ends, and one more for
each 32 (transforms/deduplicate/sketch.py)."""
CUT_SHARE = 0.85
"""A text that is a cut of another, and not near to it, has at most this share of its length."""
HOPS = 4
"""From an article to a longer text, to what else that holds, to what those were cut from, to what else these hold:
all that it takes to know whether a longer text is a digest, and where its articles belong when it is."""
MOST_CUTS = 64
"""So many longer and shorter texts are followed from one, the longest first."""
ROWS_AT_ONCE = 50_000
_KEYS = ("url_key", "alt_key")
"""Columns by which versions are found: those with the same value there are one item."""
LARGEST_RUNS = 4
"""Sorted arrays that are searched; a new one is merged with those that are less than four times as long."""

_Numbers = npt.NDArray[np.int64]
_Keys = npt.NDArray[np.uint64]


class Hits(NamedTuple):
    """Texts that have enough in common with the samples asked for: one element per pair."""

    asked: _Numbers
    """Index of the sample."""
    numbers: _Numbers
    """Number of the text."""
    likely: npt.NDArray[np.float64]
    """Numbers in common, as a share of those that are likely where the smaller text stands in the larger whole."""


class Sample(NamedTuple):
    """The sample of a text."""

    sketch: bytes
    shingle_count: int


class SketchIndex:
    """The samples of all texts in the ledger, sorted by what they hold: 8 bytes for each number of a sample."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark = 0
        self._runs: list[_Keys] = []
        self._sizes = np.zeros(0, np.uint16)

    def __len__(self) -> int:
        """Return the number of the newest text that is known."""
        return self._mark

    def refresh(self, connection: Connection) -> None:
        """Take in the texts that landed since the last time."""
        texts = schema.texts
        with self._lock:
            while True:
                rows = connection.execute(
                    select(texts.c.number, texts.c.shingle_count, texts.c.sketch)
                    .where(texts.c.number > self._mark)
                    .order_by(texts.c.number)
                    .limit(ROWS_AT_ONCE)
                ).all()
                if rows:
                    self._add(*zip(*rows, strict=True))
                if len(rows) < ROWS_AT_ONCE:
                    return

    def search(self, samples: Sequence[Sample]) -> Hits:
        """Return the texts with enough in common with each of `samples`."""
        unpacked = [np.frombuffer(sample.sketch, "<u4") for sample in samples]
        values = np.concatenate([np.zeros(0, np.uint32), *unpacked]).astype(np.uint64) << np.uint64(32)
        asked = np.repeat(np.arange(len(unpacked)), [len(one) for one in unpacked])
        having = sum((_lengths(run, values) for run in self._runs), np.zeros(len(values), np.int64))
        counted = ~_is_stock(having, asked, len(samples))
        parts = [_pairs(run, values[counted], asked[counted]) for run in self._runs]
        pairs, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *parts]), return_counts=True)
        rare = counted & (having <= RARE)
        alone = np.isin(
            pairs,
            np.concatenate([np.zeros(0, np.uint64), *(_pairs(run, values[rare], asked[rare]) for run in self._runs)]),
        )
        owners, numbers = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        least, step = _SAMPLED_AT
        small = np.minimum(_sizes(samples)[owners], self._sizes[numbers])
        likely = counts / (1 + np.maximum(small - least, 0) / step)
        enough = (likely >= MIN_LIKELY) & (alone | (counts > 1))
        return Hits(owners[enough], numbers[enough], likely[enough])

    def cuts(self, hits: Hits, samples: Sequence[Sample]) -> set[int]:
        """Return which of `hits` are so much longer or shorter than what was asked for that one may be cut from it.

        For each of `samples`, which `hits` were found for, the longest `MOST_CUTS` count.
        """
        own, theirs = _sizes(samples)[hits.asked], self._sizes[hits.numbers].astype(np.int64)
        may_be = ((theirs < CUT_SHARE * own) | (own < CUT_SHARE * theirs)) & (hits.likely >= MIN_LIKELY_OF_CUT)
        unlike = np.flatnonzero(may_be)
        order = unlike[np.lexsort((hits.numbers[unlike], -theirs[unlike], hits.asked[unlike]))]
        asked = hits.asked[order]
        ranks = np.arange(len(order)) - np.searchsorted(asked, asked)
        return set(hits.numbers[order[ranks < MOST_CUTS]].tolist())

    def _add(self, numbers: Sequence[int], sizes: Sequence[int], samples: Sequence[bytes]) -> None:
        lengths = np.fromiter((len(sample) // 4 for sample in samples), np.int64, len(samples))
        values = np.frombuffer(b"".join(samples), "<u4").astype(np.uint64)
        run = values << np.uint64(32) | np.repeat(np.array(numbers, np.uint64), lengths)
        run.sort()
        runs = self._runs.copy()
        while runs and len(runs[-1]) < LARGEST_RUNS * len(run):
            run = np.concatenate([runs.pop(), run])
            run.sort(kind="stable")
        self._sizes = _grown(self._sizes, numbers, np.array(sizes, np.int64))
        self._runs, self._mark = [*runs, run], numbers[-1]


def _lengths(run: _Keys, values: _Keys) -> _Numbers:
    """Return how many texts have each of `values`."""
    lengths: _Numbers = np.searchsorted(run, values + np.uint64(0xFFFFFFFF), "right") - np.searchsorted(run, values)
    return lengths


def _pairs(run: _Keys, values: _Keys, asked: _Numbers) -> _Keys:
    """Return a pair (index of the sample above, number of the text below) for each number in common."""
    starts, lengths = np.searchsorted(run, values), _lengths(run, values)
    places = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    owners = np.repeat(asked, lengths).astype(np.uint64)
    pairs: _Keys = owners << np.uint64(32) | (run[places] & np.uint64(0xFFFFFFFF))
    return pairs


def _is_stock(having: _Numbers, asked: _Numbers, samples: int) -> npt.NDArray[np.bool_]:
    """Return which numbers of samples are stock, where there is enough beside them; texts of stock only keep theirs."""
    stock = having > STOCK
    left = np.bincount(asked, ~stock, samples) * 2 >= np.bincount(asked, minlength=samples)
    return stock & left[asked]


def _sizes(samples: Sequence[Sample]) -> _Numbers:
    return np.array([sample.shingle_count for sample in samples], np.int64)


def _grown(known: npt.NDArray[np.uint16], places: Sequence[int], values: _Numbers) -> npt.NDArray[np.uint16]:
    """Return `known` with `values` at `places`, which lie beyond its end."""
    grown = np.zeros(places[-1] + 1, np.uint16)
    grown[: len(known)] = known
    grown[np.array(places)] = np.minimum(values, 65535)
    return grown


def candidates(connection: Connection, signatures: pa.Table, index: SketchIndex) -> pa.Table:
    """Return the signatures in the warehouse that may be related to those of a batch.

    They are those of the same texts and of texts with enough in common, the groups that these belong to, and the
    articles' own earlier signatures with theirs.

    Shape:  schema of `signatures`, sorted by article_id.
    Cost:   some milliseconds for 100 articles, and what there is of copies; no scan of anything but new texts.
    """
    index.refresh(connection)
    hashes = set(values(signatures, "text_hash"))
    earlier = _rows_of(connection, schema.signatures.c.article_id, values(signatures, "article_id"))
    rows = _with_groups(connection, earlier, {})
    old = _samples_of(connection, schema.texts.c.text_hash, {row.text_hash for row in rows.values()})
    new = zip(values(signatures, "sketch"), values(signatures, "shingle_count"), strict=True)
    found = _follow(connection, index, [*(Sample(*sample) for sample in new if sample[0]), *old])
    rows |= _rows_of(connection, schema.signatures.c.text_hash, hashes | found)
    keys = {name: set(values(signatures, name)) for name in ("url_key", "alt_key")}
    return _to_table(connection, _with_groups(connection, rows, keys))


def _follow(connection: Connection, index: SketchIndex, samples: Sequence[Sample]) -> set[str]:
    """Return the hashes of texts that have enough in common with `samples`, and of those cut from them, or uncut."""
    texts = schema.texts
    seen: set[int] = set()
    followed: set[int] = set()
    for _ in range(HOPS):
        if not samples:
            break
        hits = index.search(samples)
        ahead = index.cuts(hits, samples) - followed
        followed |= ahead
        seen.update(hits.numbers.tolist())
        samples = _samples_of(connection, texts.c.number, ahead)
    return (
        set(connection.execute(select(texts.c.text_hash).where(among(texts.c.number, seen))).scalars())
        if seen
        else set()
    )


def _samples_of(connection: Connection, column: Column[Any], wanted: Collection[Any]) -> list[Sample]:
    texts = schema.texts
    if not wanted:
        return []
    rows = connection.execute(select(texts.c.sketch, texts.c.shingle_count).where(among(column, wanted)))
    return [Sample(*row) for row in rows if row[0]]


def _rows_of(connection: Connection, column: Column[Any], wanted: Collection[Any]) -> dict[str, Row[Any]]:
    rows = connection.execute(select(schema.signatures).where(among(column, wanted))) if wanted else ()
    return {row.article_id: row for row in rows}


def _with_groups(
    connection: Connection, rows: dict[str, Row[Any]], keys: Mapping[str, set[str]]
) -> dict[str, Row[Any]]:
    """Return `rows` with all that they are copies or versions of, and all that are copies or versions of these.

    `keys` are values of `url_key` and `alt_key` that articles of the batch have.
    """
    signatures = schema.signatures
    rows = dict(rows)
    asked: set[str | None] = {None}
    asked_keys: dict[str, set[str | None]] = {name: {None} for name in _KEYS}
    ids: set[str] = set()
    ahead = {name: {*keys.get(name, ())} for name in _KEYS}
    new = rows
    while True:
        for row in new.values():
            ids.update((row.article_id, row.duplicate_of, row.version_of))
            ahead["url_key"].add(row.url_key)
            ahead["alt_key"].add(row.alt_key)
        ids -= asked
        found = _rows_of(connection, signatures.c.article_id, ids - rows.keys())
        for name in ("duplicate_of", "version_of"):
            found |= _rows_of(connection, signatures.c[name], ids)
        for name in _KEYS:
            found |= _rows_of(connection, signatures.c[name], ahead[name] - asked_keys[name])
            asked_keys[name] |= ahead[name]
        asked |= ids
        new = {article_id: row for article_id, row in found.items() if article_id not in rows}
        if not new:
            return rows
        rows |= new


def _to_table(connection: Connection, rows: Mapping[str, Row[Any]]) -> pa.Table:
    """Return rows as candidates, with the sketches of their texts."""
    texts, shingles = schema.texts, schema.shingles
    hashes = {row.text_hash for row in rows.values()}
    sketches = (
        connection.execute(
            select(texts.c.text_hash, texts.c.shingle_count, texts.c.sketch, shingles.c.shingles)
            .join(shingles, shingles.c.number == texts.c.number)
            .where(among(texts.c.text_hash, hashes))
        ).all()
        if hashes
        else ()
    )
    by_hash: dict[str, Any] = {row.text_hash: row for row in sketches}
    listed = [rows[key] for key in sorted(rows)]
    of_text = [by_hash.get(row.text_hash) for row in listed]
    columns: dict[str, pa.Array[Any]] = {}
    for field in SIGNATURES.fields:
        if field.name in ("shingle_count", "sketch", "shingles"):
            cells = [None if text is None else getattr(text, field.name) for text in of_text]
        else:
            cells = [getattr(row, field.name) for row in listed]
        is_moment = field.type == pa.timestamp("us")
        columns[field.name] = pa.array(cells, pa.int64()).cast(field.type) if is_moment else pa.array(cells, field.type)
    return pa.table(columns, schema=SIGNATURES.schema)
