"""Every table of the warehouse, once: what a row is, its key and its columns.

Arrow schemas, DuckDB views, baseline expectations and the data dictionary are derived from `TABLES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from warehouse.fields import Field, find_field

SCHEMA_VERSION = 1
"""Version of the columns below; recorded in the ledger for each Parquet file."""


@dataclass(frozen=True)
class Table:
    """One table: `grain` completes the sentence "one row per …"."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    """Columns that may not be NULL, beside the key."""
    view_only: tuple[str, ...] = ()
    """Columns that the published view adds from relation tables."""
    of_article: bool = False
    """Whether rows belong to one (article_id, run_id) and are superseded with it."""
    relation: bool = False
    """Whether later rows of the same article_id replace earlier ones: the highest snapshot wins."""
    added: Mapping[str, int] = field(default_factory=dict)
    """Schema version that brought a column, for columns that version 1 did not have."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The stored columns, in order."""
        return tuple(find_field(self.name, column) for column in self.columns)

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema of the stored columns; key and required columns are not nullable in meaning, not in type."""
        return pa.schema([(field.name, field.type) for field in self.fields])

    def columns_at(self, schema_version: int) -> tuple[str, ...]:
        """Return the columns that a file written at `schema_version` has, in order."""
        return tuple(column for column in self.columns if self.added.get(column, 1) <= schema_version)

    def empty(self) -> pa.Table:
        """Return a table of this schema without rows."""
        return self._empty

    @cached_property
    def _empty(self) -> pa.Table:
        return self.schema.empty_table()

    def from_rows(self, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
        """Return `rows` as a table of this schema; a column that a row lacks is NULL, one too many raises KeyError."""
        listed = list(rows)
        known = set(self.columns)
        for row in listed:
            if not row.keys() <= known:
                raise KeyError(f"{self.name} has no column {sorted(row.keys() - known)}")
        return pa.table(
            {field.name: pa.array([row.get(field.name) for row in listed], field.type) for field in self.fields},
            schema=self.schema,
        )

    def checked(self, table: pa.Table) -> pa.Table:
        """Return `table` unchanged when its schema is this one; raise TypeError naming the difference otherwise."""
        if not table.schema.equals(self.schema):
            theirs = {field.name: field.type for field in table.schema}
            ours = {field.name: field.type for field in self.schema}
            wrong = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
            raise TypeError(f"table {self.name}: columns differ from warehouse/tables.py: {wrong or 'their order'}")
        return table


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COUNTS = "documents articles repeats quarantined skipped"

RUNS = Table(
    "runs",
    "flow run that wrote",
    ("run_id",),
    _columns(
        f"run_id flow_run_id trigger status error started_at finished_at files {_COUNTS} "
        "first_snapshot last_snapshot version"
    ),
    required=_columns(f"trigger status started_at files {_COUNTS} version"),
)
FILES = Table(
    "files",
    "arrival of a file",
    ("file_uri", "run_id"),
    _columns(f"file_id file_uri source size_bytes modified_at received_at format status {_COUNTS} run_id"),
    required=_columns(f"source received_at status {_COUNTS}"),
)
DOCUMENTS = Table(
    "documents",
    "document first seen",
    ("document_id",),
    _columns(
        "document_id file_id file_uri source position member offset_bytes format media_type encoding raw url run_id"
    ),
    required=_columns("file_id file_uri source position format run_id"),
)
REPEATS = Table(
    "repeats",
    "arrival of a document seen before",
    ("document_id", "file_uri", "position", "run_id"),
    _columns("document_id file_uri position source url received_at run_id"),
    required=_columns("source received_at"),
)
SKIPPED = Table(
    "skipped",
    "thing in a file that is no article",
    ("file_uri", "position", "run_id"),
    _columns("file_uri position reason detail run_id"),
    required=_columns("reason"),
)
ARTICLES = Table(
    "articles",
    "document that passed",
    ("article_id",),
    _columns(
        "article_id document_id file_id file_uri position source alt_id url canonical_url headline description byline "
        "authors dateline located located_country published_at published_on published_precision published_raw "
        "first_created version_created embargoed_until expires language body subheads paragraph_count word_count "
        "char_count is_excerpt info_sources provider copyright_holder copyright_year copyright_notice usage_terms "
        "data_mining genre section subjects keywords urgency pub_status slugline ed_note format quality_flags "
        "transform_version lines_version landed_at run_id"
    ),
    required=_columns(
        "document_id file_id file_uri position source body paragraph_count word_count char_count format "
        "transform_version lines_version run_id"
    ),
    view_only=_columns("duplicate_of duplicate_kind version_of version story_id"),
    of_article=True,
)
REMOVALS = Table(
    "removals",
    "piece of text that cleaning took, moved or rewrote",
    ("article_id", "ordinal"),
    _columns("article_id ordinal step reason text replacement start_char end_char run_id"),
    required=_columns("step reason text"),
    of_article=True,
)
QUOTES = Table(
    "quotes",
    "quotation or reported statement",
    ("quote_id",),
    _columns(
        "quote_id article_id ordinal kind text start_char end_char speaker speaker_text speaker_role reported_by cue "
        "rule confidence run_id"
    ),
    required=_columns("article_id ordinal kind text start_char end_char rule confidence"),
    of_article=True,
)
MENTIONS = Table(
    "mentions",
    "mention of a person, organisation or place",
    ("article_id", "ordinal"),
    _columns(
        "article_id ordinal kind name text start_char end_char role country_code stands_for rule confidence run_id"
    ),
    required=_columns("kind name text start_char end_char rule confidence"),
    of_article=True,
)
DATES = Table(
    "dates",
    "date expression",
    ("article_id", "ordinal"),
    _columns("article_id ordinal text start_char end_char starts_on ends_on grain rule confidence run_id"),
    required=_columns("text start_char end_char grain rule confidence"),
    of_article=True,
)
FIGURES = Table(
    "figures",
    "number with its unit",
    ("article_id", "ordinal"),
    _columns("article_id ordinal text start_char end_char value unit kind approximate run_id"),
    required=_columns("text start_char end_char value kind approximate"),
    of_article=True,
)
EVIDENCE = Table(
    "evidence",
    "extracted field of an article",
    ("article_id", "field"),
    _columns("article_id field value method confidence start_char end_char run_id"),
    required=_columns("method confidence"),
    of_article=True,
)
MATCHES = Table(
    "matches",
    "article and watchlist that it belongs to",
    ("article_id", "watchlist", "watchlist_version"),
    _columns("article_id watchlist watchlist_name watchlist_version hits spans landed_at run_id"),
    required=_columns("watchlist_name hits spans"),
    of_article=True,
)
WITHDRAWALS = Table(
    "withdrawals",
    "way in which an article says that an item is withdrawn: itself, or another one",
    ("article_id", "field"),
    _columns("article_id field value run_id"),
    required=("value",),
    of_article=True,
)
DUPLICATES = Table(
    "duplicates",
    "copy found",
    ("article_id", "snapshot"),
    _columns("article_id duplicate_of kind similarity containment method snapshot run_id"),
    required=_columns("method run_id"),
    relation=True,
)
VERSIONS = Table(
    "versions",
    "later version of an article",
    ("article_id", "snapshot"),
    _columns("article_id version_of version method snapshot run_id"),
    required=_columns("method run_id"),
    relation=True,
)
STORY_MEMBERS = Table(
    "story_members",
    "article in a story",
    ("article_id", "snapshot"),
    _columns("article_id story_id score snapshot run_id"),
    required=("run_id",),
    relation=True,
)
QUARANTINE = Table(
    "quarantine",
    "document or file that may not land",
    ("quarantine_id",),
    _columns(
        "quarantine_id file_id file_uri source document_id position stage reason detail severity raw quarantined_at "
        "run_id"
    ),
    required=_columns("file_uri source stage reason severity quarantined_at"),
    view_only=_columns("resolved_at resolved_by"),
)
RESOLUTIONS = Table(
    "resolutions",
    "quarantined document that landed after all",
    ("quarantine_id",),
    _columns("quarantine_id resolved_at resolved_by run_id"),
    required=_columns("resolved_at resolved_by"),
)
EXPECTATION_RESULTS = Table(
    "expectation_results",
    "expectation evaluated",
    ("run_id", "batch", "expectation_id"),
    _columns(
        "run_id batch expectation_id suite expectation column source severity success evaluated unexpected "
        "unexpected_share observed details validated_at"
    ),
    required=_columns("suite expectation severity success validated_at"),
)
LINE_VERSIONS = Table(
    "line_versions",
    "source whose repeated lines a version of the line table lists anew",
    ("lines_version", "source"),
    _columns("lines_version source articles lines added dropped first_seen last_seen thresholds counted_at run_id"),
    required=_columns("articles lines added dropped thresholds counted_at"),
)
REPEATED_LINES = Table(
    "repeated_lines",
    "line that a version of the line table takes for a source's boilerplate",
    ("lines_version", "source", "place", "line_hash"),
    _columns(
        "lines_version source place line_hash text articles stories days share edge_share lift first_seen last_seen "
        "run_id"
    ),
    required=_columns("text articles stories share"),
)

SIGNATURES = Table(
    "signatures",
    "article that can be a copy, a version or what others are copies or versions of",
    ("article_id",),
    _columns(
        "article_id text_hash published_at source url_key alt_key versioned_at is_dated shingle_count sketch shingles "
        "duplicate_of duplicate_kind version_of version"
    ),
    required=_columns("text_hash source"),
)
"""Kept in the ledger, not in the lake: what *deduplicate* compares; the last four columns are the relations."""

STORY_TERMS = Table(
    "story_terms",
    "article that can be part of a story",
    ("article_id",),
    _columns("article_id told_at is_brief story_id terms"),
    required=("is_brief",),
)
"""Kept in the ledger, as `SIGNATURES`; `story_id` as the newest relation says."""

TABLES: Sequence[Table] = (
    RUNS,
    FILES,
    DOCUMENTS,
    REPEATS,
    SKIPPED,
    ARTICLES,
    REMOVALS,
    QUOTES,
    MENTIONS,
    DATES,
    FIGURES,
    EVIDENCE,
    MATCHES,
    WITHDRAWALS,
    DUPLICATES,
    VERSIONS,
    STORY_MEMBERS,
    QUARANTINE,
    RESOLUTIONS,
    EXPECTATION_RESULTS,
    LINE_VERSIONS,
    REPEATED_LINES,
)
PIECES: Sequence[Table] = (REMOVALS, QUOTES, MENTIONS, DATES, FIGURES, EVIDENCE, MATCHES, WITHDRAWALS)
"""Tables of an article's pieces, in the order in which they are handed from stage to stage."""
BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}


def set_columns(table: pa.Table, values: Mapping[str, object]) -> pa.Table:
    """Return `table` with one value for all rows in each named column that it has; others are left out."""
    for index, column in enumerate(table.schema):
        if column.name in values:
            filled = pa.repeat(pa.scalar(values[column.name], column.type), table.num_rows)
            table = table.set_column(index, column, filled)
    return table


def values(table: pa.Table, column: str) -> list[Any]:
    """Return a column as Python values."""
    return list(table[column].to_pylist())


def count_values(table: pa.Table, column: str) -> dict[Any, int]:
    """Return how often each value of a column occurs, the most frequent first."""
    return dict(Counter(values(table, column)).most_common())
