"""The article's row, and the rows of its pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from transforms import TRANSFORM_VERSION
from transforms.clean import PARAGRAPH_BREAK
from transforms.clean.encoding import MENDED, is_mended
from transforms.extract.address import extract_address
from transforms.extract.choice import Choice
from transforms.extract.damage import find_damage
from transforms.extract.mended import is_mended_value
from transforms.extract.withdrawals import find_withdrawals
from transforms.quarantine import Row
from transforms.read.placement import Source, refine_source
from transforms.rows import Arrival, Cleaned, Found, InfoSource, Reading, Removal, Story, Value
from transforms.settings import TransformSettings

BLOCKS = "page_blocks_passed_over"
"""Reason of the one row of `removals` that counts what lies around a page's story; it has no span."""

METADATA_UNREADABLE = "metadata_unreadable"
"""Quality flag: the format gives a value that its column can't hold; evidence keeps it as given."""


class Prepared(NamedTuple):
    """Rows of one document that became an article."""

    document: Row
    article: Row
    pieces: Mapping[str, Sequence[Row]]
    """Rows by name of their table."""


def find_source(arrival: Arrival, reading: Reading, settings: TransformSettings) -> Source:
    """Return who published an article, as its place, its address and the document itself say."""
    found = (*arrival.placement.found, *reading.found)
    addresses = (*found, *extract_address(Story(arrival, reading, Cleaned(""), found)))
    canonical = [each for each in addresses if each.field == "canonical_url"]
    surest = max(canonical, key=lambda each: each.confidence, default=None)
    said = next((each for each in reading.found if each.field == "source"), None)
    return refine_source(arrival, surest, settings, said=said)


def prepare_article(document: Row, story: Story, choice: Choice, source: Source) -> Prepared:
    """Return the rows of an article: its own, its document's with the source refined, and its pieces'."""
    article_id = document["document_id"]
    values = dict(choice.values)
    damage = find_damage(story.cleaned.body, _language(values))
    if source.method is not None:
        values["source"] = Found("source", source.id, source.method, source.confidence)
    article = {
        "article_id": article_id,
        **{name: document[name] for name in ("document_id", "file_id", "file_uri", "position", "format")},
        **{field: to_cell(found.value) for field, found in values.items()},
        **_measures(story.cleaned),
        "source": source.id,
        "quality_flags": [*_flags(story, choice), *(found.field.partition(".")[2] for found in damage)],
        "transform_version": TRANSFORM_VERSION,
        "lines_version": story.cleaned.lines_version,
    }
    unreadable = {found.field: found for found in (*story.reading.unreadable, *story.arrival.placement.unreadable)}
    evident = {**unreadable, **values}
    pieces = {
        "removals": _removal_rows(article_id, story),
        "evidence": [_evidence_row(article_id, found) for found in _by_field((*evident.values(), *damage))],
        "withdrawals": [
            {"article_id": article_id, **withdrawal._asdict()}
            for withdrawal in find_withdrawals(story.reading.text, values, story.reading.withdraws)
        ],
    }
    return Prepared({**document, "source": source.id}, article, pieces)


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
    is_any_mended = any(map(is_mended, story.cleaned.removals)) or any(map(is_mended_value, choice.values.values()))
    mended = [MENDED] if is_any_mended else []
    return [*unreadable, *story.reading.flags, *mended, *choice.flags]


def _language(values: Mapping[str, Found]) -> str | None:
    language = values.get("language")
    return None if language is None else str(language.value)


def _by_field(found: Iterable[Found]) -> Iterable[Found]:
    return sorted(found, key=lambda each: each.field)


def _removal_rows(article_id: str, story: Story) -> list[Row]:
    """Return a row for each removal, and one that counts what of a page was passed over while it was read."""
    rows = [_removal_row(article_id, *numbered) for numbered in enumerate(story.cleaned.removals)]
    passed = story.reading.passed_over
    if passed is not None and passed.blocks:
        text = f"{passed.blocks} blocks, {passed.chars} characters"
        rows.append({"article_id": article_id, "ordinal": len(rows), "step": "read", "reason": BLOCKS, "text": text})
    return rows


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
