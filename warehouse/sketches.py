"""What may be related to an article: the texts that the index of samples finds, and all that these are related to.

What is found is proved by *deduplicate*.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Column, Connection, Select, bindparam, func, select

from warehouse import ledger_schema as schema
from warehouse.postings import spread
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
_NUMBER_BITS = 24
"""Of a shingle (transforms/deduplicate/sketch.py)."""
_PAIRS_AT_ONCE = 2048
_COLUMNS = tuple(column.name for column in schema.signatures.columns)
_Numbers = npt.NDArray[np.int64]
_Signature = tuple[Any, ...]
"""A row of `signatures`: cells as of `_COLUMNS`."""


def _wanted(statement: Select[Any], column: Column[Any]) -> Select[Any]:
    """Return `statement` where `column` is among the values of parameter `wanted`, as JSON.

    Statements are made once: making one anew takes longer than asking it.
    """
    listed = func.json_each(bindparam("wanted")).table_valued("value")
    return statement.where(column.in_(select(listed.c.value)))


_texts, _shingles = schema.texts.c, schema.shingles.c
_JOINED = schema.texts.join(schema.shingles, _shingles.number == _texts.number)
_TEXTS = select(_texts.sketch, _texts.shingle_count, _shingles.shingles).select_from(_JOINED)
_SIGNATURES_WHERE = {
    name: _wanted(select(schema.signatures), schema.signatures.c[name])
    for name in ("article_id", "text_hash", "duplicate_of", "version_of", *_KEYS)
}
_TEXTS_WHERE = {name: _wanted(_TEXTS, _texts[name]) for name in ("text_hash", "number")}
_HASHES = _wanted(select(_texts.text_hash), _texts.number)
_SHINGLES = _wanted(select(_shingles.number, _shingles.shingles), _shingles.number)
_EVIDENCE = _wanted(
    select(_texts.text_hash, _texts.shingle_count, _texts.sketch, _shingles.shingles).select_from(_JOINED),
    _texts.text_hash,
)


def candidates(connection: Connection, signatures: pa.Table, index: SketchIndex) -> pa.Table:
    """Return the signatures in the warehouse that may be related to those of a batch.

    They are those of the same texts and of texts with enough in common, the groups that these belong to, and the
    articles' own earlier signatures with theirs.

    Shape:  schema of `signatures`, sorted by article_id.
    Cost:   some milliseconds for 100 articles, and what there is of copies; no scan of anything but new texts.
    """
    index.refresh(connection)
    hashes = set(values(signatures, "text_hash"))
    earlier = _rows_of(connection, "article_id", values(signatures, "article_id"))
    rows = _with_groups(connection, earlier, {})
    hash_place = _COLUMNS.index("text_hash")
    old = _texts_of(connection, "text_hash", {row[hash_place] for row in rows.values()})
    new = (_Text(*cells) for cells in zip(*(values(signatures, name) for name in _Text._fields), strict=True))
    found = _follow(connection, index, [*(text for text in new if text.sketch), *old])
    rows |= _rows_of(connection, "text_hash", hashes | found)
    keys = {name: set(values(signatures, name)) for name in _KEYS}
    return _to_table(connection, _with_groups(connection, rows, keys))


class _Text(NamedTuple):
    """What a text is found and proved by; the names are those of the columns of `signatures`."""

    sketch: bytes
    shingle_count: int
    shingles: bytes


def _follow(connection: Connection, index: SketchIndex, texts: Sequence[_Text]) -> set[str]:
    """Return the hashes of texts that have enough in common with `texts`, and of those cut from them, or uncut."""
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
        texts = _texts_of(connection, "number", ahead)
    return {text_hash for (text_hash,) in _ask(connection, _HASHES, seen)}


def _are_sure(connection: Connection, texts: Sequence[_Text], hits: Hits) -> npt.NDArray[np.bool_]:
    """Return which of `hits` have as many shingles in common as a copy or a cut has, where their samples say little.

    Short texts have a number or two in common with any other that has the same stock phrases. To follow these would
    lead to others of the kind, and so on.
    """
    sure = hits.common > MOST_DOUBTFUL
    doubtful = np.flatnonzero(~sure)
    if not len(doubtful):
        return sure
    asked, of_asked = np.unique(hits.asked[doubtful], return_inverse=True)
    known, of_known = np.unique(hits.numbers[doubtful], return_inverse=True)
    theirs: dict[int, bytes] = dict(_ask(connection, _SHINGLES, known.tolist()))
    packed = [texts[place].shingles for place in asked.tolist()] + [theirs[number] for number in known.tolist()]
    sure[doubtful] = _stand_in_each_other(packed, of_asked, of_known + len(asked))
    return sure


def _stand_in_each_other(packed: Sequence[bytes], ones: _Numbers, others: _Numbers) -> npt.NDArray[np.bool_]:
    """Return whether the larger of two sets of shingles, by their places in `packed`, has enough of the smaller."""
    numbers, counts = _unpack(packed)
    starts = np.cumsum(counts) - counts
    keys = np.repeat(np.arange(len(packed)) << _NUMBER_BITS, counts) | numbers
    swapped = counts[ones] > counts[others]
    small, large = np.where(swapped, others, ones), np.where(swapped, ones, others)
    common = np.zeros(len(ones), np.int64)
    for start in range(0, len(ones), _PAIRS_AT_ONCE):
        pairs = slice(start, start + _PAIRS_AT_ONCE)
        lengths = counts[small[pairs]]
        looked_up = np.repeat(large[pairs] << _NUMBER_BITS, lengths) | numbers[spread(starts[small[pairs]], lengths)]
        found = keys[np.minimum(np.searchsorted(keys, looked_up), len(keys) - 1)] == looked_up
        common[pairs] = np.diff(np.append(0, np.cumsum(found))[np.append(0, np.cumsum(lengths))])
    enough: npt.NDArray[np.bool_] = common >= MIN_CONTAINMENT * counts[small]
    return enough


def _unpack(packed: Sequence[bytes]) -> tuple[npt.NDArray[np.uint32], _Numbers]:
    """Return the numbers of packed shingles, one set after the other, and how many each has.

    They are steps of 16 bits, of which 65535 goes on to the next; the first is one more than the number.
    """
    steps = np.frombuffer(b"".join(packed), "<u2")
    lengths = np.fromiter(map(len, packed), np.int64, len(packed)) // 2
    ends = np.cumsum(lengths)
    # Sums that are too large for 32 bits lose what the differences do not need.
    sums = np.append(np.uint32(0), np.cumsum(steps, dtype=np.uint32))
    places = np.flatnonzero(steps != 65535) + 1
    counts = np.diff(np.searchsorted(places, ends, "right"), prepend=0)
    numbers = sums[places]
    numbers -= np.repeat(sums[ends - lengths] + np.uint32(1), counts)
    return numbers, counts


def _texts_of(connection: Connection, column: str, wanted: Collection[Any]) -> list[_Text]:
    return [_Text(*row) for row in _ask(connection, _TEXTS_WHERE[column], wanted) if row[0]]


def _rows_of(connection: Connection, column: str, wanted: Collection[Any]) -> dict[str, _Signature]:
    return {row[0]: row for row in _ask(connection, _SIGNATURES_WHERE[column], wanted)}


def _ask(connection: Connection, statement: Select[Any], wanted: Collection[Any]) -> Sequence[_Signature]:
    """Return the rows of `statement` where its column is among `wanted`."""
    if not wanted:
        return ()
    return connection.execute(statement, {"wanted": json.dumps(sorted(wanted))}).tuples().all()


def _with_groups(
    connection: Connection, rows: Mapping[str, _Signature], keys: Mapping[str, set[str]]
) -> dict[str, _Signature]:
    """Return `rows` with all that they are copies or versions of, and all that are copies or versions of these.

    `keys` are values of `url_key` and `alt_key` that articles of the batch have.
    """
    rows = dict(rows)
    asked: dict[str, set[Any]] = {name: {None} for name in ("article_id", *_KEYS)}
    ahead: dict[str, set[Any]] = {"article_id": set(), **{name: {*keys.get(name, ())} for name in _KEYS}}
    new: Mapping[str, _Signature] = rows
    while True:
        columns = dict(zip(_COLUMNS, zip(*new.values(), strict=True), strict=True)) if new else {}
        for name in ("article_id", "duplicate_of", "version_of"):
            ahead["article_id"].update(columns.get(name, ()))
        for name in _KEYS:
            ahead[name].update(columns.get(name, ()))
        unasked = {name: ahead[name] - asked[name] for name in asked}
        found = _rows_of(connection, "article_id", unasked["article_id"] - rows.keys())
        for name in ("duplicate_of", "version_of"):
            found |= _rows_of(connection, name, unasked["article_id"])
        for name in _KEYS:
            found |= _rows_of(connection, name, unasked[name])
        asked = {name: asked[name] | unasked[name] for name in asked}
        new = {article_id: row for article_id, row in found.items() if article_id not in rows}
        if not new:
            return rows
        rows |= new


def _to_table(connection: Connection, rows: Mapping[str, _Signature]) -> pa.Table:
    """Return rows as candidates, with the sketches of their texts."""
    cells = zip(*(rows[key] for key in sorted(rows)), strict=True)
    listed = dict(zip(_COLUMNS, cells, strict=True)) if rows else {}
    hashes: Sequence[str] = listed.get("text_hash", ())
    by_hash = {row[0]: row for row in _ask(connection, _EVIDENCE, set(hashes))}
    nothing = (None,) * 4
    of_texts = [by_hash.get(text_hash, nothing) for text_hash in hashes]
    for place, name in enumerate(("shingle_count", "sketch", "shingles"), start=1):
        listed[name] = tuple(row[place] for row in of_texts)
    columns: dict[str, pa.Array[Any]] = {}
    for field in SIGNATURES.fields:
        is_moment = field.type == pa.timestamp("us")
        column = pa.array(listed.get(field.name, ()), pa.int64() if is_moment else field.type)
        columns[field.name] = column.cast(field.type) if is_moment else column
    return pa.table(columns, schema=SIGNATURES.schema)
