"""The row types that travel inside transforms: what a file, a document, a reading and a found value are.

Tables travel between stages; these travel between the functions of one document's trip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from transforms.settings import TransformSettings as TransformSettings

Value = str | int | float | bool | date | datetime | tuple[str, ...] | tuple["InfoSource", ...]
"""A value of a column of `articles`; instants are aware and in UTC."""

SourceRole = Literal["publisher", "agency", "partial_credit"]


@dataclass(frozen=True, slots=True)
class InfoSource:
    """A credited source of an article (ninjs infosources)."""

    name: str
    role: SourceRole


@dataclass(frozen=True, slots=True)
class Found:
    """A value found for a column of `articles`, with what proves it."""

    field: str
    value: Value
    method: str
    confidence: float
    start: int | None = None
    """First code point in `articles.body`, or None when the value does not lie in the body."""
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What the place of a file says of it: from its path, sidecar or metadata.csv."""

    found: tuple[Found, ...] = ()
    """Values with method `path` or `sidecar`; `source` may be among the fields."""
    unreadable: tuple[Found, ...] = ()
    """Values as printed that their column can't hold (an impossible date); confidence 0, flagged on the article."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it was taken from the inbox, before anybody has read it."""

    file_uri: str
    name: str
    """Last part of the path; bytes that are no UTF-8 stand as U+FFFD."""
    received_at: datetime
    placement: Placement = Placement()
    source: str = "unknown"
    """Source by rule or placement; a document's canonical URL may still refine it."""
    members: Mapping[str, Placement] = field(default_factory=dict)
    """What lies beside the members of an archive says of them, by `Document.member`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a reader cut it out of a file."""

    position: int
    raw: bytes
    format: str
    media_type: str
    encoding: str | None = None
    member: str | None = None
    offset_bytes: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A thing in a file that is no article."""

    position: int
    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document or file that may not go on."""

    reason: str
    """`stage.what_is_wrong`"""
    detail: str
    position: int | None = None
    raw: bytes | None = None
    whole_file: bool = False
    """Whether the file itself is the document, so that its id is known even where `raw` is too large to keep."""


class PassedOver(NamedTuple):
    """Blocks of a page that are no part of its story: navigation, links, comments, captions."""

    blocks: int
    chars: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as its reader understood it: the text, and what the format itself says."""

    text: str
    encoding: str | None = None
    url: str | None = None
    found: tuple[Found, ...] = ()
    unreadable: tuple[Found, ...] = ()
    """Values as given that their column can't hold; they become evidence of confidence 0 and flag the article."""
    flags: tuple[str, ...] = ()
    """Quality flags that reading raised."""
    structured: bool = False
    """Whether the story was told from the page by its markup: no line of it is the headline or a section's name."""
    passed_over: PassedOver | None = None
    """What of a page is not in `text`; None where the format has no page around the story."""
    withdraws: str | None = None
    """Id that the source gave another item, which this one takes back."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of the reading's text that cleaning took, moved or rewrote; span in `Reading.text`."""

    step: str
    reason: str
    text: str
    start: int
    end: int
    replacement: str | None = None
    repaired: str | None = None
    """`text` without its mojibake, where it had any; what extractors read of moved lines."""


@dataclass(frozen=True, slots=True)
class RepeatedLines:
    """What one numbered version of the line table says of a source: hashes of lines that recur at its articles' ends.

    A hash is `transforms.identity.to_id` of the line as it stands in a body.
    """

    version: int = 0
    """0 where the table says nothing of the source."""
    head: frozenset[str] = frozenset()
    foot: frozenset[str] = frozenset()


NO_LINES = RepeatedLines()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A reading without what is not the article."""

    body: str
    subheads: tuple[str, ...] = ()
    removals: tuple[Removal, ...] = ()
    lines_version: int = 0
    """Version of the repeated lines that were looked for; 0 when none were."""


@dataclass(frozen=True, slots=True)
class Story:
    """All that an extractor may look at."""

    arrival: Arrival
    reading: Reading
    cleaned: Cleaned
    found: tuple[Found, ...] = field(default=())
    """What placement, the format and earlier extractors found."""
