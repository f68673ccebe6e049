"""Warming up: the first look at a batch, before there is one."""

from __future__ import annotations

from datetime import datetime

from expectations import evaluation, plan
from expectations.batch import Batch
from expectations.checks import Checks
from warehouse import tables

_NO_DAY = datetime(2000, 1, 1)
_DOCUMENT = {"document_id": "warm-up", "source": "warm-up"}
_ARTICLE = {**_DOCUMENT, "article_id": "warm-up", "body": "", "word_count": 0}
"""Nothing is right with it, so that rows are counted and named."""


def warm_up() -> None:
    """Import great_expectations and look at a specimen once, so that the first batch does not wait for it.

    A service calls it at start, a command on a thread beside other work. What is imported serves all threads; the
    context serves the thread that calls, so the thread that will validate is the best one to call it on.
    Cost: 2 to 4 seconds of CPU once per process, 0.2 once per thread.
    """
    specimen = {"documents": tables.DOCUMENTS.from_rows([_DOCUMENT]), "articles": tables.ARTICLES.from_rows([_ARTICLE])}
    batch = Batch(specimen, Checks(batch=0, validated_at=_NO_DAY))
    for _ in evaluation.evaluate(batch, plan.to_expectations(batch.present, {})):
        pass
