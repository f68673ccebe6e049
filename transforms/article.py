"""The article's row, and the rows of its pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from transforms import TRANSFORM_VERSION
from transforms.clean import PARAGRAPH_BREAK
from transforms.clean.encoding import MENDED, is_mended
from transforms.extract.choice import Choice
from transforms.quarantine import Row
from transforms.read.placement import refine_source
from transforms.rows import Cleaned, Found, InfoSource, Removal, Story, Value
from transforms.settings import TransformSettings

LINES_VERSION = 0
"""No table of boilerplate lines by source is used yet."""

METADATA_UNREADABLE = "metadata_unreadable"
"""Quality flag: the format gives a value that its column can't hold; evidence keeps it as given."""


class Prepared(NamedTuple):
    """Rows of one document that became an article."""

    document: Row
    article: Row
    pieces: Mapping[str, Sequence[Row]]
    """Rows by name of their table."""


def prepare_article(document: Row, story: Story, choice: Choice, settings: TransformSettings) -> Prepared:
    """Return the rows of an article: its own, its document's with the source refined, and its pieces'."""
    source = refine_source(
        story.arrival, choice.values.get("canonical_url"), settings, said=_find_source(story.reading.found)
    )
    article_id = document["document_id"]
    values = dict(choice.values)
    if source.method is not None:
        values["source"] = Found("source", source.id, source.method, source.confidence)
    article = {
        "article_id": article_id,
        **{name: document[name] for name in ("document_id", "file_id", "file_uri", "position", "format")},
        **{field: to_cell(found.value) for field, found in values.items()},
        **_measures(story.cleaned),
        "source": source.id,
        "quality_flags": _flags(story, choice),
        "transform_version": TRANSFORM_VERSION,
        "lines_version": LINES_VERSION,
    }
    unreadable = {found.field: found for found in (*story.reading.unreadable, *story.arrival.placement.unreadable)}
    pieces = {
        "removals": [_removal_row(article_id, *numbered) for numbered in enumerate(story.cleaned.removals)],
        "evidence": [_evidence_row(article_id, found) for found in _by_field({**unreadable, **values})],
    }
    return Prepared({**document, "source": source.id}, article, pieces)


def _find_source(found: Iterable[Found]) -> Found | None:
    """Return the source that the document itself names, as a row does in a column of its own, or None."""
    return next((each for each in found if each.field == "source"), None)


def to_cell(value: Value) -> Any:
    """Return a found value as Arrow takes it: instants naive in UTC, tuples as lists, credits as structs."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, tuple):
        return [{"name": each.name, "role": each.role} if isinstance(each, InfoSource) else each for each in value]
    return value


def to_text(value: Value) -> str:
    """Return a found value as evidence prints it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return "; ".join(f"{each.name} ({each.role})" if isinstance(each, InfoSource) else each for each in value)
    return str(value)


def _measures(cleaned: Cleaned) -> Row:
    return {
        "body": cleaned.body,
        "subheads": list(cleaned.subheads),
        "paragraph_count": cleaned.body.count(PARAGRAPH_BREAK) + 1,
        "word_count": len(cleaned.body.split()),
        "char_count": len(cleaned.body),
    }


def _flags(story: Story, choice: Choice) -> list[str]:
    unreadable = [METADATA_UNREADABLE] if story.reading.unreadable else []
    mended = [MENDED] if any(map(is_mended, story.cleaned.removals)) else []
    return [*unreadable, *story.reading.flags, *mended, *choice.flags]


def _by_field(found: Mapping[str, Found]) -> Iterable[Found]:
    return (found[field] for field in sorted(found))


def _removal_row(article_id: str, ordinal: int, removal: Removal) -> Row:
    return {
        "article_id": article_id,
        "ordinal": ordinal,
        "step": removal.step,
        "reason": removal.reason,
        "text": removal.text,
        "replacement": removal.replacement,
        "start_char": removal.start,
        "end_char": removal.end,
    }


def _evidence_row(article_id: str, found: Found) -> Row:
    return {
        "article_id": article_id,
        "field": found.field,
        "value": to_text(found.value),
        "method": found.method,
        "confidence": found.confidence,
        "start_char": found.start,
        "end_char": found.end,
    }
