"""Rules for quotes: who said it, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations.batch import Batch, Broken, where
from expectations.rules import Rule

MAX_QUOTE_CHARS = 3_000
"""Longer direct speech is a closing mark that was missed: speeches are quoted a paragraph at a time."""

RULES = (
    Rule(
        "quotes.too_long",
        ("text", "kind"),
        "warning",
        f"a quotation has more than {MAX_QUOTE_CHARS} characters: its closing mark was missed",
        family="sense",
    ),
    Rule("quotes.speaker_missing", ("speaker", "kind"), "info", "a direct quotation has no speaker", family="sense"),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield quotes that are too long, and direct ones that nobody spoke."""
    kinds, texts, speakers = (batch.values("quotes", column) for column in ("kind", "text", "speaker"))
    yield from where("quotes.too_long", np.array([len(text or "") > MAX_QUOTE_CHARS for text in texts], dtype=np.bool_))
    unspoken = [kind == "direct" and speaker is None for kind, speaker in zip(kinds, speakers, strict=True)]
    yield from where("quotes.speaker_missing", np.array(unspoken, dtype=np.bool_))
