"""Rules for matches: a place of a watchlist's phrase lies where it says, in the headline or the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from expectations.batch import Batch, Broken, Mask, where
from expectations.rules import Rule

RULES = (
    Rule(
        "matches.span_outside_text",
        ("spans",),
        "warning",
        "a place is empty, reversed or reaches beyond the headline or the body",
        family="spans",
    ),
    Rule(
        "matches.text_not_at_span",
        ("spans",),
        "warning",
        "the headline or the body reads something else at a place",
        family="spans",
    ),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield matches with a place that is impossible, or where the text is not what the place says."""
    if not batch.tables["matches"].num_rows:
        return
    headlines = [headline or "" for headline in batch.values("articles", "headline")]
    texts = [{"headline": headline, "body": body} for headline, body in zip(headlines, batch.bodies, strict=True)]
    outside, misread = [], []
    for spans, article in zip(batch.values("matches", "spans"), batch.article_rows("matches").tolist(), strict=True):
        of_article = texts[article]
        outside.append(any(not _is_inside(span, of_article) for span in spans or ()))
        misread.append(any(_is_inside(span, of_article) and _is_misread(span, of_article) for span in spans or ()))
    yield from where("matches.span_outside_text", _mask(outside))
    yield from where("matches.text_not_at_span", _mask(misread))


def _is_inside(span: Mapping[str, Any], texts: Mapping[str, str]) -> bool:
    start, end, text = span["start_char"], span["end_char"], texts.get(span["field"])
    return None not in (start, end, text) and 0 <= start < end <= len(text or "")


def _is_misread(span: Mapping[str, Any], texts: Mapping[str, str]) -> bool:
    return bool(span["text"] != texts[span["field"]][span["start_char"] : span["end_char"]])


def _mask(broken: list[bool]) -> Mask:
    return np.array(broken, dtype=np.bool_)
