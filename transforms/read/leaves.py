"""Leaves: files that are no containers, each split by its reader, with its place in the archive on every outcome."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from transforms.read.limits import DamagedError
from transforms.read.parts import Identified
from transforms.read.reader import Outcome, Reader
from transforms.read.sidecars import Sidecars
from transforms.read.sniff import Opening, find_markup_kind
from transforms.read.streams import Limited, drain, pieces
from transforms.read.unpack import Leaf
from transforms.rows import Arrival, Document, Rejected, Skipped
from transforms.settings import TransformSettings


@dataclass(frozen=True, slots=True)
class Leaves:
    """How the leaves of one file are read."""

    source: BinaryIO
    whole: Limited
    """The bytes of `source` as they are read and hashed."""
    arrival: Arrival
    sidecars: Sidecars
    settings: TransformSettings
    find_reader: Callable[[Opening], Reader | None]
    formats: Sequence[str]

    def visit(self, leaf: Leaf) -> Iterator[Identified]:
        """Yield the outcomes of a leaf, with the ids of documents that are whole files."""
        whole_files: list[Outcome] = []
        for outcome in self._outcomes(leaf):
            if isinstance(outcome, Rejected) and outcome.whole_file and outcome.raw is None:
                whole_files.append(outcome)  # its id is known when the reader has let go of the file
            else:
                yield Identified(outcome if leaf.hashed is None else _within(outcome, leaf))
        for outcome in whole_files:
            yield Identified(outcome if leaf.hashed is None else _within(outcome, leaf), self._id_of(leaf))

    def refuse(self, outcome: Skipped | Rejected) -> Identified:
        """Return what no reader is asked about."""
        return Identified(outcome)

    def _outcomes(self, leaf: Leaf) -> Iterator[Outcome]:
        if leaf.path is not None:
            if self.sidecars.is_sidecar(leaf.path):
                yield Skipped(0, "read.sidecar")
                return
            broken = self.sidecars.find_broken(leaf.path)
            if broken is not None:
                yield Rejected("read.sidecar_unreadable", broken, whole_file=True)
                return
        if not leaf.opening.head:
            yield _reject_empty()
            return
        reader = self.find_reader(leaf.opening)
        if reader is None:
            yield self._reject_unknown(leaf)
            return
        arrival = replace(self.arrival, name=leaf.opening.name)
        if not reader.random_access:
            yield from reader.split(leaf.stream, arrival, self.settings)
            return
        with self._seekable(leaf) as stream:
            yield from reader.split(stream, arrival, self.settings)

    @contextmanager
    def _seekable(self, leaf: Leaf) -> Iterator[BinaryIO]:
        """Give the bytes of a leaf to a reader that seeks: the file itself, or a nameless copy of a member."""
        if leaf.hashed is None and self.source.seekable():
            place = self.source.tell()
            self.source.seek(place - self.whole.size_bytes)
            if self.source.tell() == 0:
                try:
                    yield self.source
                finally:
                    self.source.seek(place)
                return
            self.source.seek(place)
        with tempfile.TemporaryFile() as copy:
            for piece in pieces(leaf.stream):
                copy.write(piece)
            copy.seek(0)
            yield cast(BinaryIO, copy)

    def _id_of(self, leaf: Leaf) -> str | None:
        """Return the id of all bytes of a leaf, or None where they can't be read to their end."""
        if leaf.hashed is None:
            self.whole.drain()
            return self.whole.id
        try:
            drain(leaf.stream)
        except DamagedError:
            return None
        return leaf.hashed.id

    def _reject_unknown(self, leaf: Leaf) -> Rejected:
        opening = leaf.opening
        kind = find_markup_kind(opening.head) or f"a file with the suffix {opening.suffix!r}"
        detail = f"the bytes at 0 are those of {kind}, which no reader takes; bring it as one of {list(self.formats)}"
        raw = leaf.stream.read(self.settings.keep_raw_max + 1)
        kept = raw if len(raw) <= self.settings.keep_raw_max else None
        return Rejected("read.unknown_format", detail, whole_file=True, raw=kept)


def _reject_empty() -> Rejected:
    detail = "the file ends at byte 0; nothing was written to it, or not yet: bring it again when it is whole"
    return Rejected("read.empty_file", detail, raw=b"", whole_file=True)


def _within(outcome: Outcome, leaf: Leaf) -> Outcome:
    """Return an outcome of a packed file with the place of that file."""
    if isinstance(outcome, Document):
        return replace(
            outcome,
            member=_join_member(leaf.path, outcome.member),
            offset_bytes=leaf.outer_offset(outcome.offset_bytes or 0),
        )
    if leaf.path is None:
        return outcome
    return replace(outcome, detail=f"in {leaf.path!r}: {outcome.detail or ''}".rstrip(": "))


def _join_member(path: str | None, record: str | None) -> str | None:
    return record if path is None else path if record is None else f"{path}#{record}"
