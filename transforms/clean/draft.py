"""The copy on the desk: paragraphs still kept, and every piece of the reading's text taken out so far.

Steps turn a draft into a draft; they take text out by its place, never write any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from transforms.rows import NO_LINES, Removal, RepeatedLines


class Piece(NamedTuple):
    """A run of kept text and its span in `Reading.text`; they differ in whitespace only, where lines were joined."""

    text: str
    start: int
    end: int


class Paragraph(NamedTuple):
    """A paragraph: its text, and the pieces of the reading's text that it is made of."""

    text: str
    pieces: tuple[Piece, ...]


class Taken(NamedTuple):
    """Why a whole paragraph is taken out: by which step, for what reason."""

    step: str
    reason: str


class Cut(NamedTuple):
    """A span of a paragraph's text to take out, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An article while it is cleaned: `text` is the reading's and never changes."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    removals: tuple[Removal, ...] = ()
    repeated: RepeatedLines = NO_LINES
    """Lines that recur at the ends of the source's articles."""

    def without(self, taken: Mapping[int, Taken]) -> Draft:
        """Return the draft without the paragraphs at the keys of `taken`."""
        if not taken:
            return self
        removals = [
            Removal(why.step, why.reason, self.text[piece.start : piece.end], piece.start, piece.end)
            for index, why in taken.items()
            for piece in self.paragraphs[index].pieces
        ]
        kept = tuple(paragraph for index, paragraph in enumerate(self.paragraphs) if index not in taken)
        return replace(self, paragraphs=kept, removals=(*self.removals, *removals))

    def cutting(self, index: int, cuts: tuple[Cut, ...], step: str) -> Draft:
        """Return the draft without the spans `cuts` (in order, apart) of the paragraph at `index`."""
        kept: list[Piece] = []
        taken: list[Removal] = []
        offset = 0
        for piece in self.paragraphs[index].pieces:
            inner = [(max(cut.start - offset, 0), min(cut.end - offset, len(piece.text)), cut.reason) for cut in cuts]
            done = 0
            for start, end, reason in inner:
                if start < end:
                    kept.extend(_part(self.text, piece, done, start))
                    taken.extend(
                        Removal(step, reason, self.text[part.start : part.end], part.start, part.end)
                        for part in _part(self.text, piece, start, end)
                    )
                    done = end
            kept.extend(_part(self.text, piece, done, len(piece.text)))
            offset += len(piece.text)
        text = "".join(piece.text for piece in kept)
        after = (Paragraph(text.strip(), _stripped(kept)),) if text.strip() else ()
        paragraphs = (*self.paragraphs[:index], *after, *self.paragraphs[index + 1 :])
        return replace(self, paragraphs=paragraphs, removals=(*self.removals, *taken))


def _part(reading: str, piece: Piece, start: int, end: int) -> list[Piece]:
    """Return the part of `piece` between two offsets of its text; nothing where it holds whitespace only."""
    text = piece.text[start:end]
    if not text.strip():
        return []
    if len(piece.text) == piece.end - piece.start:
        return [Piece(text, piece.start + start, piece.start + end)]
    return [Piece(text, _place(reading, piece, start), _place(reading, piece, end))]


def _place(reading: str, piece: Piece, offset: int) -> int:
    """Return where in the reading's text the character at `offset` of `piece` stands; joined lines differ in spaces."""
    ahead = sum(not character.isspace() for character in piece.text[:offset])
    place = piece.start
    while ahead:
        ahead -= not reading[place].isspace()
        place += 1
    return place


def _stripped(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Return the pieces of a paragraph without the whitespace at its two ends."""
    first, last = pieces[0], pieces[-1]
    lead = len(first.text) - len(first.text.lstrip())
    pieces = [Piece(first.text[lead:], first.start, first.end) if lead else first, *pieces[1:]]
    last = pieces[-1]
    return (*pieces[:-1], Piece(last.text.rstrip(), last.start, last.end))
