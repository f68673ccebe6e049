"""Unpack: go through a file, whatever it is packed in, and hand each file inside to whoever reads it.

Nothing is written anywhere by a name from an archive; limits and damage end as rejections at their place.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from transforms.read.limits import Budget, DamagedError
from transforms.read.member_names import file_name, is_packed_name, unpacked_name, why_no_article
from transforms.read.reader import Container, Member
from transforms.read.sniff import Opening
from transforms.read.streams import MemberBytes, buffered, look_at
from transforms.rows import Rejected, Skipped
from transforms.settings import TransformSettings

MAX_COMPRESSIONS = 2
"""A file compressed twice is an accident, one compressed three times an attack."""

Told = TypeVar("Told")


EMPTY = "the archive holds no member; nothing was packed into it, or not yet: bring it again when it is whole"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file that is no container: the whole file, or one inside it."""

    opening: Opening
    stream: io.BufferedReader
    hashed: MemberBytes | None
    """The member's bytes as they are read; None when the leaf is the whole file."""
    path: str | None
    """Names of the archives' members on the way to it; None when no archive is on the way."""
    outer_offset: Callable[[int], int | None]
    """Byte of the file at which reading has to begin for what lies at a byte of the leaf."""


@dataclass(frozen=True, slots=True)
class Unpacking(Generic[Told]):
    """How one file is gone through: by which containers, within which limits, and who is told of its leaves."""

    containers: Sequence[Container]
    budget: Budget
    settings: TransformSettings
    visit: Callable[[Leaf], Iterator[Told]]
    refuse: Callable[[Skipped | Rejected], Told]

    def run(self, stream: io.BufferedReader, name: str) -> Iterator[Told]:
        """Yield what is told of everything in a file; raise LimitError where it wants too much."""
        yield from self._enter(_Place(stream, None, name, None, (), _same))

    def _enter(self, place: _Place) -> Iterator[Told]:
        head, stream = look_at(place.stream)
        opening = Opening(head, place.name)
        container = find_container(self.containers, opening)
        if container is not None:
            yield from self._unpack(container, replace(place, stream=stream))
            return
        yield from self.visit(Leaf(strip_packing(opening), stream, place.hashed, place.path, place.outer_offset))

    def _unpack(self, container: Container, place: _Place) -> Iterator[Told]:
        refused = self._refuse_nesting(container, place)
        if refused is not None:
            yield self.refuse(refused)
            return
        trail = (*place.trail, container)
        is_empty = True
        for member in container.members(place.stream, place.name, self.budget):
            is_empty = False
            if not isinstance(member, Member):
                yield self.refuse(_say_where(member, place.path))
                continue
            self.budget.count_member()
            path = _join(place.path, member.name) if container.is_archive else place.path
            skipped = why_no_article(member.name) if container.is_archive else None
            if skipped is not None:
                yield self.refuse(_say_where(skipped, place.path))
                continue
            yield from self._guard(_to_place(member, path, place, trail))
        if is_empty:
            yield self.refuse(_say_where(Rejected("read.empty_file", EMPTY), place.path))

    def _guard(self, place: _Place) -> Iterator[Told]:
        """Yield what is told of a member; damage in its own bytes costs what is left of it, and nothing else."""
        level = len(place.trail)
        try:
            yield from self._enter(place)
        except DamagedError as error:
            if error.level != level:
                raise
            yield self.refuse(_say_where(Rejected(error.reason, error.detail), place.path))

    def _refuse_nesting(self, container: Container, place: _Place) -> Skipped | Rejected | None:
        within = [each.format for each in place.trail]
        compressions = [] if container.is_archive else [*place.trail[-MAX_COMPRESSIONS:], container]
        if len(within) >= self.settings.max_nesting:
            why = f"deeper than max_nesting = {self.settings.max_nesting}"
        elif len(compressions) > MAX_COMPRESSIONS and not any(each.is_archive for each in compressions):
            why = f"more than {MAX_COMPRESSIONS} compressions in a row"
        else:
            return None
        around = " inside ".join(reversed(within))
        detail = f"at byte 0 it opens {container.format} inside {around}, {why}; unpack it yourself"
        return _say_where(Rejected("read.nested_too_deep", detail), place.path)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where unpacking has come to."""

    stream: io.BufferedReader
    hashed: MemberBytes | None
    name: str
    path: str | None
    trail: tuple[Container, ...]
    outer_offset: Callable[[int], int | None]


def find_container(containers: Sequence[Container], opening: Opening) -> Container | None:
    """Return the container that a file opens, or None."""
    return next((container for container in containers if container.sniff(opening)), None)


def strip_packing(opening: Opening) -> Opening:
    """Return an opening whose name does not say that the file is packed, since its bytes say that it is not."""
    return opening if not is_packed_name(opening.name) else Opening(opening.head, unpacked_name(opening.name))


def _to_place(member: Member, path: str | None, outer: _Place, trail: tuple[Container, ...]) -> _Place:
    hashed = MemberBytes(member.stream, len(trail))

    def outer_offset(offset: int) -> int | None:
        inside = member.outer_offset(offset)
        return None if inside is None else outer.outer_offset(inside)

    return _Place(buffered(hashed), hashed, file_name(member.name), path, trail, outer_offset)


def _same(offset: int) -> int | None:
    return offset


def _join(path: str | None, name: str) -> str:
    return name if path is None else f"{path}/{name}"


def _say_where(refused: Skipped | Rejected, path: str | None) -> Skipped | Rejected:
    """Return a refusal that names the member it is about."""
    if path is None:
        return refused
    return replace(refused, detail=f"in {path!r}: {refused.detail}")
