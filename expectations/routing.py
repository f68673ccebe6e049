"""Routing: what becomes of the rows that broke a rule; critical documents leave, warnings become flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from expectations.batch import CHECKED, Batch
from expectations.plan import RULES
from expectations.rules import Rule
from transforms.split import Tables
from warehouse import tables

STAGE = "validate"

_ORDER: Mapping[str, int] = {rule.id: number for number, rule in enumerate(RULES)}


class Failure(NamedTuple):
    """One row that broke one rule."""

    rule: Rule
    critical: bool
    article_id: str
    value: object = None
    """The value that was measured, where the rule measures one."""

    def tell(self) -> str:
        """Return the failure for a person."""
        measured = "" if self.value is None or self.rule.check is None else f" ({self.rule.check.column}: {self.value})"
        return f"{self.rule.id}: {self.rule.sentence}{measured}"


def route(batch: Batch, failures: Iterable[Failure]) -> tuple[Tables, pa.Table]:
    """Return the tables without the documents that failed critically, flags set, and the quarantine rows of these.

    One quarantine row per document: its reason is the first critical rule in the order of RULES, its detail tells all.
    """
    by_article: dict[str, list[Failure]] = {}
    for failure in sorted(failures, key=lambda failure: (not failure.critical, _ORDER[failure.rule.id])):
        by_article.setdefault(failure.article_id, []).append(failure)
    critical = {article_id: found for article_id, found in by_article.items() if found[0].critical}
    flags = {
        article_id: list(dict.fromkeys(failure.rule.flag for failure in found))
        for article_id, found in by_article.items()
        if article_id not in critical
    }
    kept = {table.name: _without(batch, table.name, critical) for table in CHECKED}
    kept["articles"] = _with_flags(kept["articles"], flags)
    return kept, _to_quarantine(batch.tables["documents"], critical)


def _without(batch: Batch, table: str, critical: Mapping[str, object]) -> pa.Table:
    """Return `table` without the rows of the documents in `critical`."""
    if not critical:
        return batch.tables[table]
    leaving = pc.is_in(batch.article_ids(table), value_set=pa.array(list(critical), pa.string()))
    return batch.tables[table].filter(pc.invert(leaving))


def _with_flags(articles: pa.Table, flags: Mapping[str, list[str]]) -> pa.Table:
    """Return `articles` with `flags` added to the quality flags that they carry already; others stay as they are."""
    if not flags:
        return articles
    column = [
        list(dict.fromkeys([*(article["quality_flags"] or ()), *flags[article["article_id"]]]))
        if article["article_id"] in flags
        else article["quality_flags"]
        for article in articles.select(["article_id", "quality_flags"]).to_pylist()
    ]
    index = articles.schema.get_field_index("quality_flags")
    return articles.set_column(index, "quality_flags", pa.array(column, articles.schema.field(index).type))


def _to_quarantine(documents: pa.Table, critical: Mapping[str, list[Failure]]) -> pa.Table:
    if not critical:
        return tables.QUARANTINE.empty()
    leaving = documents.filter(pc.is_in(documents["document_id"], value_set=pa.array(list(critical), pa.string())))
    columns = ["file_id", "file_uri", "source", "document_id", "position", "raw"]
    return tables.QUARANTINE.from_rows(
        _to_row(document, critical[document["document_id"]]) for document in leaving.select(columns).to_pylist()
    )


def _to_row(document: dict[str, Any], failures: list[Failure]) -> dict[str, Any]:
    return {
        **document,
        "stage": STAGE,
        "reason": failures[0].rule.id,
        "detail": "; ".join(dict.fromkeys(failure.tell() for failure in failures)),
        "severity": "critical",
    }
