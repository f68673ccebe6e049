"""What may be related to an article: the texts that the index of samples finds, and all that these are related to.

What is found is proved by *deduplicate*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Column, Connection, Row, select

from warehouse import ledger_schema as schema
from warehouse.seen import among
from warehouse.sketch_index import Hits, Sample, SketchIndex
from warehouse.tables import SIGNATURES, values

HOPS = 4
"""From an article to a longer text, to what else that holds, to what those were cut from, to what else these hold:
all that it takes to know whether a longer text is a digest, and where its articles belong when it is."""
MOST_DOUBTFUL = 3
"""So few numbers in common may be stock phrases."""
MIN_CONTAINMENT = 0.7
"""What a copy has of the shorter text, or a text of what it was cut from, is more: 0.58 of all shingles of two texts
are 0.73 of the shorter one's at least, and a cut has 0.82 (transforms/deduplicate/near.py, contained.py)."""
_KEYS = ("url_key", "alt_key")
"""Columns by which versions are found: those with the same value there are one item."""


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
    old = _texts_of(connection, schema.texts.c.text_hash, {row.text_hash for row in rows.values()})
    new = (_Text(*cells) for cells in zip(*(values(signatures, name) for name in _Text._fields), strict=True))
    found = _follow(connection, index, [*(text for text in new if text.sketch), *old])
    rows |= _rows_of(connection, schema.signatures.c.text_hash, hashes | found)
    keys = {name: set(values(signatures, name)) for name in ("url_key", "alt_key")}
    return _to_table(connection, _with_groups(connection, rows, keys))


class _Text(NamedTuple):
    """What a text is found and proved by; the names are those of the columns of `signatures`."""

    sketch: bytes
    shingle_count: int
    shingles: bytes


def _follow(connection: Connection, index: SketchIndex, texts: Sequence[_Text]) -> set[str]:
    """Return the hashes of texts that have enough in common with `texts`, and of those cut from them, or uncut."""
    columns = schema.texts.c
    seen: set[int] = set()
    followed: set[int] = set()
    for _ in range(HOPS):
        if not texts:
            break
        samples = [Sample(text.sketch, text.shingle_count) for text in texts]
        hits = index.search(samples)
        hits = hits.where(_are_sure(connection, texts, hits))
        ahead = index.cuts(hits, samples) - followed
        followed |= ahead
        seen.update(hits.numbers.tolist())
        texts = _texts_of(connection, columns.number, ahead)
    if not seen:
        return set()
    return set(connection.execute(select(columns.text_hash).where(among(columns.number, seen))).scalars())


def _are_sure(connection: Connection, texts: Sequence[_Text], hits: Hits) -> npt.NDArray[np.bool_]:
    """Return which of `hits` have as many shingles in common as a copy or a cut has, where their samples say little.

    Short texts have a number or two in common with any other that has the same stock phrases. To follow these would
    lead to others of the kind, and so on.
    """
    sure = hits.common > MOST_DOUBTFUL
    doubtful = np.flatnonzero(~sure)
    numbers = schema.shingles.c.number
    known = set(hits.numbers[doubtful].tolist())
    rows = connection.execute(select(schema.shingles).where(among(numbers, known))).all() if known else ()
    theirs = {number: _unpack(packed) for number, packed in rows}
    own = {asked: _unpack(texts[asked].shingles) for asked in set(hits.asked[doubtful].tolist())}
    for place, asked, number in zip(
        doubtful.tolist(), hits.asked[doubtful].tolist(), hits.numbers[doubtful].tolist(), strict=True
    ):
        small, large = sorted((own[asked], theirs[number]), key=len)
        common = np.count_nonzero(large[np.minimum(np.searchsorted(large, small), len(large) - 1)] == small)
        sure[place] = common >= MIN_CONTAINMENT * len(small)
    return sure


def _unpack(shingles: bytes) -> npt.NDArray[np.int64]:
    """Return the numbers of packed shingles: steps of 16 bits, of which 65535 goes on to the next."""
    steps = np.frombuffer(shingles, "<u2")
    numbers: npt.NDArray[np.int64] = np.cumsum(steps, dtype=np.int64)[steps != 65535]
    return numbers


def _texts_of(connection: Connection, column: Column[Any], wanted: Collection[Any]) -> list[_Text]:
    texts, shingles = schema.texts, schema.shingles
    if not wanted:
        return []
    columns = select(texts.c.sketch, texts.c.shingle_count, shingles.c.shingles)
    joined = columns.join(shingles, shingles.c.number == texts.c.number)
    rows = connection.execute(joined.where(among(column, wanted)))
    return [_Text(*row) for row in rows if row[0]]


def _rows_of(connection: Connection, column: Column[Any], wanted: Collection[Any]) -> dict[str, Row[Any]]:
    rows = connection.execute(select(schema.signatures).where(among(column, wanted))).all() if wanted else ()
    return {row[0]: row for row in rows}


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
    of_text = select(texts.c.text_hash, texts.c.shingle_count, texts.c.sketch, shingles.c.shingles).join(
        shingles, shingles.c.number == texts.c.number
    )
    names = [column.name for column in schema.signatures.columns]
    listed = dict(zip(names, zip(*(rows[key] for key in sorted(rows)), strict=True), strict=False))
    hashes: Sequence[str] = listed.get("text_hash", ())
    found = connection.execute(of_text.where(among(texts.c.text_hash, set(hashes)))).all() if hashes else ()
    by_hash = {row[0]: row for row in found}
    nothing = (None,) * 4
    for place, name in enumerate(("shingle_count", "sketch", "shingles"), start=1):
        listed[name] = tuple(by_hash.get(text_hash, nothing)[place] for text_hash in hashes)
    columns: dict[str, pa.Array[Any]] = {}
    for field in SIGNATURES.fields:
        is_moment = field.type == pa.timestamp("us")
        cells = pa.array(listed.get(field.name, ()), pa.int64() if is_moment else field.type)
        columns[field.name] = cells.cast(field.type) if is_moment else cells
    return pa.table(columns, schema=SIGNATURES.schema)
