"""What a reader is, what a container is, and what both yield.

A reader knows one format of articles; a container holds files of any format, each of which is read like a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from transforms.read.limits import Budget
from transforms.read.sniff import Opening
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

Outcome = Document | Skipped | Rejected
"""What became of a thing in a file; there is no fourth."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: how to know it, how to cut a file of it into documents, and how to understand one of them."""

    format: str
    sniff: Callable[[Opening], bool]
    split: Callable[[BinaryIO, Arrival, TransformSettings], Iterator[Outcome]]
    parse: Callable[[bytes, str | None, TransformSettings], Reading | Rejected]
    random_access: bool = False
    """Whether `split` has to seek in its source; others are given one that can only be read on."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container; its bytes can be read until the container is asked for the next."""

    name: str
    """As the container spells it: a name, never a path of this machine."""
    stream: BinaryIO
    outer_offset: Callable[[int], int | None]
    """The byte of the container at which reading has to begin for what lies at a byte of the member."""


@dataclass(frozen=True, slots=True)
class Container:
    """One kind of archive or compression: how to know it, and how to go through its members."""

    format: str
    sniff: Callable[[Opening], bool]
    members: Callable[[BinaryIO, str, Budget], Iterator[Member | Skipped | Rejected]]
    """From the container's bytes, its name and what may still be unpacked."""
    is_archive: bool
    """Whether members have names of their own; a compressed file is one file without."""
