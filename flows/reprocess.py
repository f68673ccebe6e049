"""Reprocess: articles that have landed are made anew from their documents, by today's rules and line table.

They keep their ids; new rows supersede the old ones, batch by batch, and copies, versions and stories follow the new
bodies. What fails today stays as it is, and nothing goes into quarantine: it has an article.
A run that is killed has landed whole batches; what is left is stale as before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from flows import events, runs, stages
from flows.desk import Desk, Progress
from flows.reprocess_documents import Documents, read_batches
from flows.runs import Request, Running
from flows.settings import Settings
from flows.settle import Settled
from flows.stages import Batch, Prepared
from transforms import TRANSFORM_VERSION
from transforms.split import join
from warehouse import query, seen, stale, tables
from warehouse.landing import Landing, RunEnd
from warehouse.landing import land as commit
from warehouse.ledger import Connection
from warehouse.stale import Wanted

STALE = Wanted(outdated=True, meant=True, transform_version=TRANSFORM_VERSION)
"""Articles that other rules or another line table made, where the table means them."""
MEANT_BY_LINES = Wanted(meant=True)
BATCHES_UNTIL_COMPACTION = 16
"""So often it is looked whether there are too many small files; what was superseded costs every publication."""


@dataclass(slots=True)
class Reprocessed:
    """What became of the articles that were wanted."""

    run_id: str | None = None
    """None when there was nothing to do, so that no run was begun."""
    wanted: int = 0
    articles: int = 0
    """Articles that landed anew."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Articles that fail today and stay as they are, by reason."""
    lost: int = 0
    """Articles whose bytes were not kept, and whose file is gone or holds something else now."""
    overtaken: int = 0
    """Articles that landed anew from elsewhere meanwhile."""

    @property
    def failed(self) -> int:
        """Articles that fail today, whatever the reason."""
        return sum(self.reasons.values())


def count(settings: Settings, wanted: Wanted) -> stale.Found:
    """Return how many articles a reprocess would make anew, and how many of them need their files."""
    with query.connect(settings.data) as catalog:
        return stale.find(catalog, wanted)


def reprocess_directly(settings: Settings, wanted: Wanted, progress: Progress) -> Reprocessed:
    """Make articles anew in this process and its workers, without a flow run."""

    async def run() -> Reprocessed:
        async with Desk(settings, progress=progress) as desk:
            desk.warm_up()
            return await reprocess(desk, wanted)

    return asyncio.run(run())


async def reprocess(desk: Desk, wanted: Wanted, *, flow_run_id: str | None = None) -> Reprocessed:
    """Make the wanted articles anew, in batches as an ingest's; raises what a stage raises, with the run closed.

    The articles are looked for once; the table of what is wanted is that of one snapshot. In a service, files that
    arrive have their turn after each batch.
    """
    with await asyncio.to_thread(query.connect, desk.settings.data) as catalog:
        found = await asyncio.to_thread(stale.find, catalog, wanted)
        outcome = Reprocessed(wanted=found.articles)
        if not found.articles:
            return outcome
        request = Request((), "reprocess", files=(), flow_run_id=flow_run_id)
        async with runs.running(desk, request, []) as run:
            outcome.run_id = run.run_id
            done = 0
            async for documents in read_batches(desk, run.run_id, catalog, found):
                async with desk.turns:
                    desk.progress("prepare", done, found.articles)
                    done += documents.wanted
                    await _take(run, documents, outcome)
                    if run.summary.batches % BATCHES_UNTIL_COMPACTION == 0:
                        await runs.keep_house(desk)
            await _end(desk, run.run_id)
    _tell(desk, outcome)
    await runs.keep_house(desk)
    return outcome


def _tell(desk: Desk, outcome: Reprocessed) -> None:
    data = desk.settings.data
    facts = {"run_id": outcome.run_id, "articles": outcome.articles, "failed": outcome.failed, "lost": outcome.lost}
    events.emit(events.REPROCESSED, events.warehouse_id(data), facts, name=str(data))


async def _take(run: Running, documents: Documents, outcome: Reprocessed) -> None:
    """Take one batch the way of an ingest's, from prepare to publish."""
    desk = run.desk
    outcome.lost += documents.lost
    if not documents.layers:
        return
    prepared = await _prepare(run, documents)
    desk.progress("validate", outcome.articles, outcome.wanted)
    validated = await stages.validate(desk, prepared)
    async with desk.committer():
        moved = await desk.ask(partial(_moved, documents))
        validated = validated._replace(tables=stages.without(validated.tables, moved))
        desk.progress("deduplicate", outcome.articles, outcome.wanted)
        decided = await stages.deduplicate(desk, validated)
        fresh = {name: table for name, table in decided.tables.items() if name != "documents"}
        landing = Landing(run.run_id, fresh, signatures=decided.signatures, story_terms=decided.story_terms)
        await asyncio.to_thread(partial(commit, desk.ledger, landing, now=desk.now()))
    await stages.publish(desk)
    outcome.articles += decided.tables["articles"].num_rows
    outcome.overtaken += len(moved)
    outcome.reasons = dict(Counter(outcome.reasons) + Counter(tables.count_values(validated.rejected, "reason")))


async def _prepare(run: Running, documents: Documents) -> Prepared:
    batch = run.number(Batch(run.run_id, 0, ()))
    splits = [await stages.to_articles(run.desk, layer.documents, layer.arrivals) for layer in documents.layers]
    split = join([stages.NOTHING, *splits])
    ids = frozenset(documents.landed_by)
    nothing = Settled(
        tables.DOCUMENTS.empty(), ids, tables.REPEATS.empty(), tables.SKIPPED.empty(), tables.QUARANTINE.empty(), {}
    )
    return Prepared(batch, (), nothing, split.kept, split.rejected, ())


def _moved(documents: Documents, connection: Connection) -> set[str]:
    """Return the articles whose rows are not those any more that were found stale: an arrival was faster."""
    by_run: dict[str, list[str]] = {}
    for article_id, run_id in documents.landed_by.items():
        by_run.setdefault(run_id, []).append(article_id)
    still = {one for run_id, ids in by_run.items() for one in seen.landed_by(connection, run_id, ids)}
    return set(documents.landed_by) - still


async def _end(desk: Desk, run_id: str) -> None:
    """Close the run as done."""
    async with desk.committer():
        landing = Landing(run_id, {}, end=RunEnd())
        await asyncio.to_thread(partial(commit, desk.ledger, landing, now=desk.now()))
    await stages.publish(desk)
