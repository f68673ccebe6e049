"""The settings that change what an article becomes; a frozen value that is handed to every worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceRule:
    """One `sources/*.toml`: how to know a source, and what is known of it."""

    id: str
    paths: tuple[str, ...] = ()
    """Glob patterns over the file's path below its inbox or argument, `/`-separated; any may match."""
    hosts: tuple[str, ...] = ()
    """Hosts of the canonical URL, without `www.`."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column by the source's name for it, in files with one article per row: `Volltext = "body"`."""


@dataclass(frozen=True, slots=True)
class TransformSettings:
    """Limits and rules of read, clean and extract. Sizes are bytes."""

    keep_raw: Literal["full", "hash"] = "full"
    keep_raw_max: int = 16 * MEBIBYTE
    max_document_bytes: int = 32 * MEBIBYTE
    """A larger document is quarantined as `read.document_too_large`."""
    path: str | None = None
    """Path pattern of placement, e.g. `{source}/{published_on}/{alt_id}.txt`."""
    sources: tuple[SourceRule, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column by another name for it, for all sources; `html` stands for a column with a web page."""
    max_file_bytes: int = 64 * 1024 * MEBIBYTE
    """A larger file is quarantined from there on as `read.file_too_large`."""
    max_unpacked_bytes: int = 64 * 1024 * MEBIBYTE
    """Most bytes that may come out of one file, over all levels of packing."""
    max_expansion: int = 200
    """How many times as many bytes may come out of a file as were read of it."""
    max_nesting: int = 4
    """Most levels of packing: a.txt in b.zip in c.tar.gz lies three levels deep."""
    max_members: int = 500_000
    """Most members of a file, over all levels of packing."""
    max_rows: int = 10_000_000
    """Most rows of one file; the rest is quarantined as `read.too_many_rows`."""
    part_bytes: int = 32 * MEBIBYTE
    """So many bytes of documents travel together; memory does not grow with the file."""
    part_rows: int = 5_000
    """Most documents that travel together."""

    def for_source(self, source: str) -> TransformSettings:
        """Return the settings for files of `source`: its own names of columns stand before those for all."""
        own = next((rule.columns for rule in self.sources if rule.id == source and rule.columns), None)
        return self if own is None else replace(self, columns={**self.columns, **own})
