"""Watchlists: what somebody wants to hear of, and what an article shows of itself to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from transforms.watch import WATCH_VERSION
from transforms.watch.terms import Term

Field = Literal["headline", "body"]
FIELDS: tuple[Field, ...] = ("headline", "body")
VERSION_DIGITS = 12


@dataclass(frozen=True)
class Watchlist:
    """One `watchlists/*.toml`."""

    id: str
    """Name of the file without `.toml`."""
    name: str
    term: Term
    """Asks for at least one phrase; see `terms.asks_for_a_phrase`."""
    sources: tuple[str, ...] = ()
    """Sources whose articles are looked at; all when empty."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags of the articles that are looked at: `en` takes `en-GB` too; all, and unknown ones, when empty."""
    match_case: bool = False
    ignore_accents: bool = False

    @cached_property
    def version(self) -> str:
        """First 12 hex digits of the SHA-256 of all that decides what matches; the name and the file's form do not."""
        decisive = (
            WATCH_VERSION,
            self.term,
            sorted(set(self.sources)),
            sorted({language.lower() for language in self.languages}),
            self.match_case,
            self.ignore_accents,
        )
        return hashlib.sha256(repr(decisive).encode()).hexdigest()[:VERSION_DIGITS]

    def looks_at(self, source: str, language: str | None) -> bool:
        """Return whether articles of this source and language are looked at."""
        if self.sources and source not in self.sources:
            return False
        return not self.languages or (language is not None and self._speaks(language.lower()))

    def _speaks(self, language: str) -> bool:
        return any(language == tag or language.startswith(f"{tag}-") for tag in map(str.lower, self.languages))


class Watched(NamedTuple):
    """What a watchlist sees of an article."""

    headline: str | None
    body: str
    source: str
    language: str | None

    def text(self, field: Field) -> str:
        """Return the text of a field; empty where the article has none."""
        return self.body if field == "body" else self.headline or ""
