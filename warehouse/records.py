"""What one commit writes into the ledger beside the names of its files: keys, pointers, signatures and receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from warehouse import ledger_schema as schema
from warehouse.claims import release
from warehouse.seen import among
from warehouse.tables import values

_RELATIONS = {
    "duplicates": {"duplicate_of": "duplicate_of", "kind": "duplicate_kind"},
    "versions": {"version_of": "version_of", "version": "version"},
}
"""Columns of relation tables that stand at the signature too, and how they are called there."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept in the ledger of a file that has been dealt with; its counts are in table `files`."""

    file_uri: str
    file_id: str | None
    """None for a file that could not be read: nothing is known of it, so it is looked at again."""
    size_bytes: int
    modified_ns: int
    placement: str
    """Canonical JSON of what its place said; another placement makes it another arrival."""
    next_position: int | None = None
    """For a file of which more is to come: the first document that has not been dealt with."""
    so_far: Mapping[str, int] = field(default_factory=dict)
    """For such a file: its documents, articles, repeats, quarantined and skipped up to there."""


def record_documents(connection: Connection, documents: pa.Table | None) -> None:
    """Keep the keys of documents that are new to the warehouse."""
    if documents is not None:
        connection.execute(insert(schema.documents), documents.select(["document_id", "run_id"]).to_pylist())


def record_articles(connection: Connection, articles: pa.Table | None, run_id: str, snapshot: int) -> None:
    """Move the current pointers to this run; rows of earlier runs are superseded from this snapshot on."""
    if articles is None:
        return
    ids = values(articles, "article_id")
    current = schema.articles
    replaced = connection.execute(
        select(current.c.article_id, current.c.run_id).where(
            among(current.c.article_id, ids), current.c.run_id != run_id
        )
    ).all()
    _put(connection, schema.superseded, [{**row._mapping, "begin_snapshot": snapshot} for row in replaced])
    _put(connection, current, [{"article_id": article_id, "run_id": run_id} for article_id in ids])


def record_signatures(connection: Connection, signatures: pa.Table, snapshot: int) -> None:
    """Keep what *deduplicate* will compare later articles with."""
    for name in ("published_at", "versioned_at"):
        micros = signatures[name].cast(pa.int64())
        signatures = signatures.set_column(signatures.schema.get_field_index(name), name, micros)
    columns = ["article_id", "text_hash", "published_at", "source", "url_key", "alt_key", "versioned_at", "is_dated"]
    _put(
        connection, schema.signatures, [{**row, "snapshot": snapshot} for row in signatures.select(columns).to_pylist()]
    )
    _record_texts(connection, signatures)


def record_relations(connection: Connection, tables: Mapping[str, pa.Table], snapshot: int) -> None:
    """Note at the signatures what their articles are copies and versions of now."""
    kept = schema.signatures
    for table, columns in _RELATIONS.items():
        if rows := tables[table].to_pylist() if table in tables else []:
            changed: dict[str, object] = {name: bindparam(f"new_{name}") for name in columns.values()}
            connection.execute(
                update(kept).where(kept.c.article_id == bindparam("of")).values({**changed, "snapshot": snapshot}),
                [{"of": row["article_id"]} | {f"new_{to}": row[name] for name, to in columns.items()} for row in rows],
            )


def record_story_terms(connection: Connection, terms: pa.Table, members: pa.Table | None) -> None:
    """Keep what stories are told by; an article that lands anew gets a new number and keeps its story."""
    kept = schema.story_terms
    if terms.num_rows:
        ids = values(terms, "article_id")
        known = among(kept.c.article_id, ids)
        stories = dict(connection.execute(select(kept.c.article_id, kept.c.story_id).where(known)).tuples().all())
        if stories:
            connection.execute(delete(kept).where(known))
        micros = terms["told_at"].cast(pa.int64())
        rows = terms.set_column(terms.schema.get_field_index("told_at"), "told_at", micros).to_pylist()
        connection.execute(insert(kept), [{**row, "story_id": stories.get(row["article_id"])} for row in rows])
    if members is not None and members.num_rows:
        connection.execute(
            update(kept).where(kept.c.article_id == bindparam("of")).values(story_id=bindparam("story")),
            [
                {"of": row["article_id"], "story": row["story_id"]}
                for row in members.select(["article_id", "story_id"]).to_pylist()
            ],
        )


def _record_texts(connection: Connection, signatures: pa.Table) -> None:
    """Keep the sketches of texts that are new; they are numbered in the order in which they come."""
    texts = schema.texts
    rows = {row["text_hash"]: row for row in signatures.to_pylist() if row["sketch"] is not None}
    hashes = select(texts.c.text_hash).where(among(texts.c.text_hash, rows))
    known = set(connection.execute(hashes).scalars())
    new = [row for key, row in rows.items() if key not in known]
    if not new:
        return
    connection.execute(
        insert(texts), [{name: row[name] for name in ("text_hash", "shingle_count", "sketch")} for row in new]
    )
    numbers = select(texts.c.text_hash, texts.c.number).where(
        among(texts.c.text_hash, [row["text_hash"] for row in new])
    )
    listed = [{"number": number, "shingles": rows[key]["shingles"]} for key, number in connection.execute(numbers)]
    connection.execute(insert(schema.shingles), listed)


def record_quarantine(
    connection: Connection, quarantine: pa.Table | None, resolutions: pa.Table | None, run_id: str
) -> None:
    """Keep what waits in quarantine, and say what no longer does."""
    kept = schema.quarantined
    if quarantine is not None:
        columns = ["quarantine_id", "file_uri", "file_id", "document_id", "position", "reason"]
        connection.execute(insert(kept), quarantine.select(columns).to_pylist())
    if resolutions is not None:
        ids = values(resolutions, "quarantine_id")
        connection.execute(update(kept).where(among(kept.c.quarantine_id, ids)).values(resolved_by=run_id))


def record_receipts(connection: Connection, run_id: str, receipts: Sequence[Receipt]) -> None:
    """Say which files are dealt with, wholly or in part, and give the claims of the whole ones back."""
    whole = [receipt for receipt in receipts if receipt.next_position is None]
    known = [receipt for receipt in whole if receipt.file_id is not None]
    _put(connection, schema.arrivals, [_arrival_row(receipt, run_id) for receipt in known])
    _put(connection, schema.progress, [_progress_row(one) for one in receipts if one.next_position is not None])
    _end_progress(connection, known)
    release(connection, run_id, [receipt.file_uri for receipt in whole])


def _arrival_row(receipt: Receipt, run_id: str) -> dict[str, object]:
    columns = ("file_uri", "file_id", "size_bytes", "modified_ns", "placement")
    return {"run_id": run_id, **{name: getattr(receipt, name) for name in columns}}


def _progress_row(receipt: Receipt) -> dict[str, object]:
    columns = ("file_uri", "file_id", "next_position")
    return {**{name: getattr(receipt, name) for name in columns}, **receipt.so_far}


def _end_progress(connection: Connection, receipts: Sequence[Receipt]) -> None:
    if receipts:
        progress = schema.progress
        connection.execute(
            delete(progress).where(progress.c.file_uri == bindparam("uri"), progress.c.file_id == bindparam("id")),
            [{"uri": receipt.file_uri, "id": receipt.file_id} for receipt in receipts],
        )


def _put(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows in place of those with the same keys."""
    if rows:
        statement = upsert(table)
        keys = [column.name for column in table.primary_key]
        fresh = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh), rows)
