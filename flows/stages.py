"""The five hops of a batch: prepare, validate, deduplicate, land, publish.

Plain async functions: `flows.ingest` makes each a Prefect task, `flows.direct` calls them as they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

import expectations
from flows import casualties, receipts
from flows.alerts import Alert, to_alerts
from flows.desk import Desk
from flows.inbox import InboxFile
from flows.outcomes import resolve, sidecars_of, tell_apart
from flows.reading import read_files, read_part
from flows.settle import Memory, Settled, Taken, settle, without_waiting
from flows.spool import SpooledPart
from flows.work import DocumentWork, halve, prepare_documents
from flows.workers import Casualty
from transforms import deduplicate as copies
from transforms.read import FileReading
from transforms.rows import Arrival
from transforms.split import Split, join
from transforms.watch.matches import to_matches
from warehouse import catalog, line_table, seen, sketches, story_candidates, tables
from warehouse.landing import Landing, RunEnd
from warehouse.landing import land as commit
from warehouse.ledger import Connection

DOCUMENTS_PER_ITEM = 16
"""Documents that go to a worker at once when there are many; few go one by one, so that all workers have some."""

PREPARED = (tables.DOCUMENTS, tables.ARTICLES, *tables.PIECES)
NOTHING = Split({table.name: table.empty() for table in PREPARED}, tables.QUARANTINE.empty())


class Batch(NamedTuple):
    """Files that travel together: their rows become visible in one commit."""

    run_id: str
    number: int
    files: Sequence[InboxFile]
    strict: bool = False
    part: SpooledPart | None = None
    """The part of the one file, when that is too large to travel at once."""


class Prepared(NamedTuple):
    """A batch whose new documents are articles with all their fields, or rejected."""

    batch: Batch
    taken: Sequence[Taken]
    settled: Settled
    tables: Mapping[str, pa.Table]
    rejected: pa.Table
    later: Sequence[Batch]
    """Parts of large files, which travel behind this batch."""


class Validated(NamedTuple):
    """A batch whose articles have passed the expectations, or been rejected by them."""

    prepared: Prepared
    tables: Mapping[str, pa.Table]
    rejected: pa.Table
    signatures: pa.Table
    story_terms: pa.Table


class Decided(NamedTuple):
    """A batch whose articles are known to be new, with the copies and versions they make and the stories they tell."""

    validated: Validated
    tables: Mapping[str, pa.Table]
    signatures: pa.Table
    story_terms: pa.Table


class Landed(NamedTuple):
    """A batch that is part of the warehouse."""

    snapshot: int
    files: pa.Table
    copies: int
    reasons: Mapping[str, int]
    """Quarantined documents by reason."""
    alerts: Sequence[Alert] = ()
    """Watchlists that articles of the batch belong to."""
    withdrawals: Collection[str] = ()
    """Articles of the batch that order others, or themselves, to be withdrawn."""


async def prepare(desk: Desk, batch: Batch) -> Prepared:
    """Read the files, tell new documents from repeats, and make articles of the new ones, matched by watchlists."""
    taken, later = await _read(desk, batch)
    uris = [one.arrival.file_uri for one in taken]
    readings = [one.outcome for one in taken if isinstance(one.outcome, FileReading)]
    ids = {value for one in readings for value in tables.values(one.split.kept["documents"], "document_id")}
    memory = await desk.ask(
        lambda connection: Memory(
            seen.seen_files(connection, uris),
            seen.known_documents(connection, ids),
            seen.open_quarantine(connection, uris),
        )
    )
    settled = settle(taken, memory)
    arrivals = {one.arrival.file_uri: one.arrival for one in taken}
    split = await to_articles(desk, settled.documents, arrivals, strict=batch.strict)
    return Prepared(batch, taken, settled, split.kept, pa.concat_tables([settled.rejected, split.rejected]), later)


async def validate(desk: Desk, prepared: Prepared) -> Validated:
    """Let Great Expectations look at the articles; what fails a critical expectation goes no further.

    What passed is signed here, as this takes nobody's lock.
    """
    checks = desk.checks(prepared.batch.number)
    validation = await desk.inspect(partial(expectations.validate, prepared.tables, checks))
    rejected = pa.concat_tables([prepared.rejected, validation.rejected])
    kept = {**validation.kept, "expectation_results": validation.results}
    signatures = await asyncio.to_thread(copies.sign, kept["articles"])
    terms = await asyncio.to_thread(copies.to_story_terms, kept["articles"])
    return Validated(prepared, kept, rejected, signatures, terms)


async def deduplicate(desk: Desk, validated: Validated) -> Decided:
    """Ask once more what is new, now that nobody else commits; find copies and stories. Needs the committer's lock."""
    ids = tables.values(validated.tables["documents"], "document_id")
    overtaken = await desk.ask(partial(_overtaken, validated.prepared, ids))
    signed = {"signatures": validated.signatures, "story_terms": validated.story_terms}
    kept = without({**validated.tables, **signed}, overtaken)
    signatures, terms = kept.pop("signatures"), kept.pop("story_terms")
    candidates = await desk.ask(lambda connection: sketches.candidates(connection, signatures, desk.sketches))
    relations = await asyncio.to_thread(copies.relate, signatures, candidates)
    told = await desk.ask(lambda connection: story_candidates.candidates(connection, terms, desk.stories))
    members = await asyncio.to_thread(copies.assign, terms, told)
    return Decided(validated, {**kept, **relations, "story_members": members}, signatures, terms)


async def land(desk: Desk, decided: Decided, *, ends_run: bool) -> Landed:
    """Commit the batch: its files, receipts and pointers become visible together. Needs the committer's lock."""
    landing = await desk.ask(partial(_to_landing, decided, ends_run))
    snapshot = await asyncio.to_thread(partial(commit, desk.ledger, landing, now=desk.now()))
    return Landed(
        snapshot,
        landing.tables["files"],
        sum(original is not None for original in tables.values(landing.tables["duplicates"], "duplicate_of")),
        tables.count_values(landing.tables["quarantine"], "reason"),
        to_alerts(landing.tables["matches"], landing.tables["articles"], desk.now()),
        frozenset(tables.values(landing.tables["withdrawals"], "article_id")),
    )


async def publish(desk: Desk) -> None:
    """Make the newest snapshot the one that `warehouse.duckdb` shows."""

    def to_catalog() -> None:
        catalog.publish(desk.ledger.root, desk.ledger.read_snapshot())

    await asyncio.to_thread(to_catalog)


async def _read(desk: Desk, batch: Batch) -> tuple[list[Taken], list[Batch]]:
    """Return what came of reading the files, and the batches that large ones become."""
    if batch.part is not None:
        (file,) = batch.files
        return [await read_part(desk, file, batch.part)], []
    read = await read_files(desk, batch.run_id, batch.files, strict=batch.strict)
    return read.taken, [batch._replace(files=(file,), part=part) for file, part in read.later]


async def to_articles(
    desk: Desk, documents: pa.Table, arrivals: Mapping[str, Arrival], *, strict: bool = False
) -> Split:
    """Return the articles of `documents` by the newest line table, matched by watchlists.

    A document that costs its worker is rejected, alone.
    """
    lines = await asyncio.to_thread(line_table.file_for_workers, desk.ledger)
    size = DOCUMENTS_PER_ITEM if documents.num_rows >= DOCUMENTS_PER_ITEM * desk.settings.workers else 1
    works = []
    for start in range(0, documents.num_rows, size):
        part = documents.slice(start, size)
        of_part = {uri: arrivals[uri] for uri in set(tables.values(part, "file_uri"))}
        works.append(DocumentWork(part, of_part, desk.transform_settings, strict, lines))
    looking = asyncio.to_thread(desk.watchboard.matcher)
    outcomes, matcher = await asyncio.gather(desk.work(prepare_documents, works, halve=halve), looking)
    splits = [
        casualties.to_split(outcome, desk.transform_settings) if isinstance(outcome, Casualty) else outcome
        for outcome in outcomes
    ]
    split = join([NOTHING, *splits])
    matches = await asyncio.to_thread(to_matches, split.kept["articles"], matcher)
    return split._replace(kept={**split.kept, "matches": matches})


def _overtaken(prepared: Prepared, document_ids: Collection[str], connection: Connection) -> set[str]:
    """Return the documents that have landed meanwhile: of those that land anew, in an earlier batch of this run."""
    known = seen.known_documents(connection, document_ids)
    return known - prepared.settled.again | seen.landed_by(connection, prepared.batch.run_id, document_ids)


def without(batch: Mapping[str, pa.Table], document_ids: Collection[str]) -> dict[str, pa.Table]:
    """Return the tables without the rows of these documents."""
    if not document_ids:
        return dict(batch)
    gone = pa.array(sorted(document_ids), pa.string())
    key = {"documents": "document_id", "expectation_results": None}
    return {
        name: table
        if (column := key.get(name, "article_id")) is None
        else table.filter(pc.invert(pc.is_in(table[column], value_set=gone)))
        for name, table in batch.items()
    }


def _to_landing(decided: Decided, ends_run: bool, connection: Connection) -> Landing:
    """Return what the commit brings; every document of the batch is in it once."""
    prepared = decided.validated.prepared
    settled, batch, taken = prepared.settled, prepared.batch, prepared.taken
    passed = decided.validated.tables["documents"]
    ids = {*tables.values(passed, "document_id"), *tables.values(settled.repeats, "document_id")}
    known = seen.known_documents(connection, ids)
    outcomes = tell_apart(taken, passed, settled.repeats, decided.validated.rejected, known)
    waiting = seen.open_quarantine(connection, [one.arrival.file_uri for one in taken])
    quarantine = without_waiting(outcomes.rejected, waiting)
    landing = {
        **decided.tables,
        "documents": outcomes.documents,
        "repeats": outcomes.repeats,
        "skipped": settled.skipped,
        "quarantine": quarantine,
    }
    counts = receipts.count(landing)
    still = Counter(tables.values(outcomes.rejected, "file_uri")) - Counter(tables.values(quarantine, "file_uri"))
    receipts.check_law(settled.expected, counts, still)
    new_ids = tables.values(outcomes.documents, "document_id")
    progress = _progress(taken, connection)
    landing["files"] = receipts.to_files(taken, counts, progress)
    beside = seen.open_quarantine(connection, sidecars_of(taken))
    landing["resolutions"] = resolve(landing, [*waiting, *beside, *seen.open_quarantine_of(connection, new_ids)], taken)
    told = receipts.to_receipts(taken, counts, progress)
    return Landing(batch.run_id, landing, told, decided.signatures, RunEnd() if ends_run else None, decided.story_terms)


def _progress(taken: Sequence[Taken], connection: Connection) -> dict[str, Mapping[str, int]]:
    """Return what has landed of the large files in a batch, by file_uri."""
    return {
        one.arrival.file_uri: seen.progress_of(connection, one.arrival.file_uri, one.part.spooled.ending.file_id) or {}
        for one in taken
        if one.part is not None
    }
