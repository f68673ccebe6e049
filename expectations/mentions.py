"""Rules for mentions: a name looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from expectations.batch import Batch, Broken, where
from expectations.rules import Rule

MAX_NAME_CHARS = 120
"""The longest official names of organisations have about a hundred characters."""

_COUNTRY = re.compile(r"[A-Z]{2}\Z")

RULES = (
    Rule(
        "mentions.name_not_a_name",
        ("name",),
        "warning",
        f"a name has no letter or more than {MAX_NAME_CHARS} characters",
        family="sense",
    ),
    Rule(
        "mentions.country_code_malformed",
        ("country_code",),
        "warning",
        "a country code is not ISO 3166-1 alpha-2",
        family="sense",
    ),
)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield mentions whose name or country code can't be one."""
    odd = [name is not None and not _is_name(name) for name in batch.values("mentions", "name")]
    yield from where("mentions.name_not_a_name", np.array(odd, dtype=np.bool_))
    codes = batch.values("mentions", "country_code")
    malformed = [code is not None and not _COUNTRY.match(code) for code in codes]
    yield from where("mentions.country_code_malformed", np.array(malformed, dtype=np.bool_))


def _is_name(name: str) -> bool:
    return len(name) <= MAX_NAME_CHARS and any(map(str.isalpha, name))
