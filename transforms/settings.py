"""The settings that change what an article becomes; a frozen value that is handed to every worker."""

from __future__ import annotations

from dataclasses import dataclass
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
