"""Every column of the warehouse, once: its name, type, meaning and bounds.

Names are IPTC's (ninjs) or schema.org's where those have a word.
Which table has which columns is said in `warehouse.tables`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what it is called, what it holds, and what it may hold."""

    name: str
    type: pa.DataType
    description: str
    choices: tuple[str, ...] = ()
    """The closed vocabulary, or empty when any value may stand."""
    minimum: float | None = None
    maximum: float | None = None


STRING = pa.string()
INTEGER = pa.int64()
DOUBLE = pa.float64()
BOOLEAN = pa.bool_()
BLOB = pa.large_binary()
TIMESTAMP = pa.timestamp("us")
"""Naive UTC: zoned timestamps need pytz in DuckDB's Python client."""
DATE = pa.date32()
STRINGS = pa.list_(pa.string())
INFO_SOURCES = pa.list_(pa.struct([("name", pa.string()), ("role", pa.string())]))

SPANS = pa.list_(
    pa.struct(
        [
            ("field", pa.string()),
            ("phrase", pa.string()),
            ("text", pa.string()),
            ("start_char", pa.int64()),
            ("end_char", pa.int64()),
        ]
    )
)

FORMATS_NOTE = "name of the reader, as in docs/formats.md"


def _count(name: str, description: str) -> Field:
    return Field(name, INTEGER, description, minimum=0)


def _share(name: str, description: str) -> Field:
    return Field(name, DOUBLE, description, minimum=0.0, maximum=1.0)


ALL = (
    # -- identity and provenance
    Field("run_id", STRING, "run that wrote the row"),
    Field("file_id", STRING, "first 32 hex digits of the SHA-256 of the file's bytes; NULL when it could not be read"),
    Field("file_uri", STRING, "percent-encoded file:/// address of the file"),
    Field("document_id", STRING, "first 32 hex digits of the SHA-256 of `raw`"),
    Field("article_id", STRING, "the `document_id` of the article's document"),
    Field("quote_id", STRING, "first 32 hex digits of the SHA-256 of (article_id, kind, start, end)"),
    Field("quarantine_id", STRING, "first 32 hex digits of the SHA-256 of (file, position, document, reason, run)"),
    Field("expectation_id", STRING, "suite, expectation and columns in one word"),
    Field("flow_run_id", STRING, "Prefect's id of the flow run; NULL for a direct run"),
    _count("position", "0-based ordinal of the document in its file"),
    _count("ordinal", "0-based ordinal of the row in its article"),
    Field("member", STRING, "name inside an archive, or record id"),
    _count("offset_bytes", "byte offset of the document in its file"),
    Field("source", STRING, "who delivered or published the item; `unknown` when nothing says it"),
    # -- runs and files
    Field("trigger", STRING, "what started the run", choices=("event", "schedule", "manual", "replay", "reprocess")),
    Field("status", STRING, "how it ended"),
    Field("error", STRING, "why the run failed"),
    Field("started_at", TIMESTAMP, "start of the run, UTC"),
    Field("finished_at", TIMESTAMP, "end of the run, UTC"),
    _count("files", "files taken"),
    _count("documents", "documents found: articles + repeats + quarantined"),
    _count("articles", "articles landed"),
    _count("repeats", "documents seen before"),
    _count("quarantined", "documents and files quarantined"),
    _count("skipped", "things in the file that are no article"),
    _count("first_snapshot", "first snapshot the run made"),
    _count("last_snapshot", "last snapshot the run made"),
    _count("snapshot", "snapshot that made the relation"),
    Field("size_bytes", INTEGER, "size of the file in bytes", minimum=0),
    Field("modified_at", TIMESTAMP, "modification time of the file, UTC"),
    Field("received_at", TIMESTAMP, "when the file was taken, UTC"),
    Field("format", STRING, FORMATS_NOTE),
    Field("media_type", STRING, "IANA media type of the document"),
    Field("encoding", STRING, "character encoding used to decode, IANA name"),
    Field(
        "raw", BLOB, "bytes of the document, readable alone by the reader that `format` names; NULL above keep_raw_max"
    ),
    Field("reason", STRING, "`stage.what_is_wrong`"),
    Field("detail", STRING, "what exactly was found, for a person"),
    # -- articles
    Field("alt_id", STRING, "id the source gave the item (ninjs altids)"),
    Field("url", STRING, "address the document came from"),
    Field("canonical_url", STRING, "normalised address of the article"),
    Field("headline", STRING, "headline without site names and kickers"),
    Field("description", STRING, "summary or standfirst (ninjs descriptions)"),
    Field("byline", STRING, "byline as printed"),
    Field("authors", STRINGS, "names in the byline"),
    Field("dateline", STRING, "dateline as printed"),
    Field("located", STRING, "place of the dateline"),
    Field("located_country", STRING, "country of the dateline, ISO 3166-1 alpha-2"),
    Field("published_at", TIMESTAMP, "publication instant, UTC; NULL when only the day is known or nothing is"),
    Field("published_on", DATE, "publication day"),
    Field(
        "published_precision",
        STRING,
        "how exact the publication date is",
        choices=("year", "month", "day", "minute", "second"),
    ),
    Field("published_raw", STRING, "publication date as printed, with its zone"),
    Field("first_created", TIMESTAMP, "first creation of the item, UTC (ninjs firstcreated)"),
    Field("version_created", TIMESTAMP, "creation of this version, UTC (ninjs versioncreated)"),
    Field("embargoed_until", TIMESTAMP, "not to be used before, UTC (ninjs embargoed)"),
    Field("expires", TIMESTAMP, "not to be used after, UTC (ninjs expires)"),
    Field("language", STRING, "language of the body, BCP 47"),
    Field("body", STRING, "the article's text: paragraphs joined by one blank line"),
    Field("subheads", STRINGS, "sub-heads of the body; each is a paragraph of it too"),
    _count("paragraph_count", "paragraphs of the body, sub-heads included"),
    _count("word_count", "words of the body"),
    _count("char_count", "code points of the body"),
    Field("is_excerpt", BOOLEAN, "whether the document is a teaser of the article"),
    Field(
        "info_sources",
        INFO_SOURCES,
        "credited sources with role `publisher`, `agency` or `partial_credit` (ninjs infosources)",
    ),
    Field("provider", STRING, "who delivers the item (ninjs infosources, role provider)"),
    Field("copyright_holder", STRING, "holder named by the copyright notice (ninjs copyrightholder)"),
    Field("copyright_year", INTEGER, "year named by the copyright notice", minimum=1800, maximum=2200),
    Field("copyright_notice", STRING, "copyright notice as printed (ninjs copyrightnotice)"),
    Field("usage_terms", STRING, "terms of use as printed (ninjs usageterms)"),
    Field("data_mining", STRING, "what the publisher says of text and data mining (TDMRep, NewsML-G2 dataMining)"),
    Field("genre", STRING, "kind of journalism (ninjs genres)"),
    Field("section", STRING, "section of the outlet (schema.org articleSection)"),
    Field("subjects", STRINGS, "subjects (ninjs subjects)"),
    Field("keywords", STRINGS, "keywords (schema.org keywords)"),
    Field("urgency", INTEGER, "editorial urgency, 1 highest (ninjs urgency)", minimum=1, maximum=9),
    Field("pub_status", STRING, "publishing status (ninjs pubstatus)", choices=("usable", "withheld", "canceled")),
    Field("slugline", STRING, "slugline (ninjs slugline)"),
    Field("ed_note", STRING, "note to editors (ninjs ednote)"),
    Field("quality_flags", STRINGS, "names of the warnings the article carries"),
    Field("transform_version", STRING, "version of the transforms that made the row"),
    Field("lines_version", INTEGER, "version of the boilerplate line table used; 0 when none", minimum=0),
    Field("landed_at", TIMESTAMP, "when the row was committed, UTC"),
    # -- relations
    Field("duplicate_of", STRING, "article this one is a copy of; NULL when it is none"),
    Field("duplicate_kind", STRING, "how it is a copy", choices=("same_text", "near", "contained")),
    Field("version_of", STRING, "first version of the article"),
    Field("version", INTEGER, "number of the version, from 1", minimum=1),
    Field("story_id", STRING, "story the article belongs to"),
    _share("share", "share of the source's articles from `first_seen` to `last_seen`, 0 to 1"),
    _share("similarity", "Jaccard similarity of word 5-grams, 0 to 1"),
    _share("containment", "share of this article's word 5-grams found in the other, 0 to 1"),
    _share("score", "similarity to the story, 0 to 1"),
    Field("method", STRING, "how the value or relation was found"),
    Field("text_hash", STRING, "first 32 hex digits of the SHA-256 of the folded body"),
    Field("url_key", STRING, "hash of source and canonical URL"),
    Field("alt_key", STRING, "hash of source and the id that it gave"),
    Field("versioned_at", TIMESTAMP, "when the source made this version, UTC"),
    Field("is_dated", BOOLEAN, "whether the source dates its versions"),
    _count("shingle_count", "different shingles of the body"),
    Field("sketch", BLOB, "sample of the body's shingles, by which copies are found"),
    Field("shingles", BLOB, "all shingles of the body, by which copies are proved"),
    Field("told_at", TIMESTAMP, "when the article was told: published, else created, UTC"),
    Field("is_brief", BOOLEAN, "whether the article is hardly more than its headline"),
    Field("terms", BLOB, "heaviest terms of the article"),
    # -- pieces of an article
    Field("step", STRING, "cleaning step that acted"),
    Field("text", STRING, "the text itself"),
    Field("replacement", STRING, "what stands in its place; NULL when taken out or moved"),
    Field("start_char", INTEGER, "first code point of the span", minimum=0),
    Field("end_char", INTEGER, "code point after the span", minimum=0),
    Field("kind", STRING, "kind of the row"),
    Field("speaker", STRING, "who spoke, as resolved"),
    Field("speaker_text", STRING, "who spoke, as printed"),
    Field("speaker_role", STRING, "role or title of the speaker as printed"),
    Field("reported_by", STRING, "outlet or agency that reported the words"),
    Field("cue", STRING, "verb or phrase that attributes"),
    Field("rule", STRING, "rule that found it"),
    _share("confidence", "confidence, 0 to 1"),
    Field("name", STRING, "canonical name"),
    Field("role", STRING, "role or title as printed"),
    Field("country_code", STRING, "ISO 3166-1 alpha-2"),
    Field("stands_for", STRING, "what the mention stands for, e.g. government:CN where a capital speaks"),
    Field("starts_on", DATE, "first day of the expression"),
    Field("ends_on", DATE, "last day of the expression"),
    Field(
        "grain",
        STRING,
        "grain of the date expression",
        choices=("day", "week", "month", "quarter", "year", "decade", "approx"),
    ),
    Field("value", STRING, "value as text"),
    Field("unit", STRING, "unit of the number"),
    Field("approximate", BOOLEAN, "whether the number is said to be approximate"),
    Field("field", STRING, "column of `articles` that the evidence is for; `quality_flags.<flag>` for one flag"),
    Field("watchlist", STRING, "watchlist that matched: the name of its file without `.toml`"),
    Field("watchlist_name", STRING, "what people call the watchlist"),
    Field(
        "watchlist_version",
        STRING,
        "version of the watchlist: first 12 hex digits of the SHA-256 of what decides what it matches",
    ),
    Field("hits", INTEGER, "places at which phrases of the watchlist make it match", minimum=1),
    Field(
        "spans",
        SPANS,
        "the first 100 of these places: `field` (`headline` or `body`) of the article, `phrase` as the list writes it, "
        "and `text`, which is `field[start_char:end_char]`",
    ),
    # -- checks
    Field("stage", STRING, "stage that rejected"),
    Field("severity", STRING, "what a failure means", choices=("critical", "warning", "info")),
    Field("quarantined_at", TIMESTAMP, "when it was quarantined, UTC"),
    Field("resolved_at", TIMESTAMP, "when it was resolved, UTC; NULL while open"),
    Field("resolved_by", STRING, "run that resolved it"),
    Field("batch", INTEGER, "0-based batch of the run", minimum=0),
    Field("suite", STRING, "suite the expectation belongs to"),
    Field("expectation", STRING, "type of the expectation"),
    Field("column", STRING, "column or columns it looks at"),
    Field("success", BOOLEAN, "whether it held"),
    _count("evaluated", "rows evaluated"),
    _count("unexpected", "rows that failed"),
    _share("unexpected_share", "share of rows that failed, 0 to 1"),
    Field("observed", STRING, "observed value, where the expectation has one"),
    Field("details", STRING, "further details, JSON"),
    Field("validated_at", TIMESTAMP, "when it was evaluated, UTC"),
    # -- repeated lines
    Field("line_hash", STRING, "first 32 hex digits of the SHA-256 of the line"),
    Field("place", STRING, "end of the article at which the line stands", choices=("head", "foot")),
    _count("stories", "different stories among these articles"),
    _count("days", "different days on which they were published; 0 where no day is known"),
    _share("edge_share", "share of the line's occurrences that stand at this end, 0 to 1"),
    Field(
        "lift",
        DOUBLE,
        "how much more of the line's words the rest of these articles has than other articles of the source have, "
        "-1 to 1; NULL where there are no others",
    ),
    Field("first_seen", DATE, "first day on which such an article was published"),
    Field("last_seen", DATE, "last day on which such an article was published"),
    _count("lines", "lines that the version takes for boilerplate of the source"),
    _count("added", "of these, lines that the version before did not have"),
    _count("dropped", "lines that the version before had and this one has not"),
    Field("thresholds", STRING, "what a line had to reach, JSON"),
    Field("counted_at", TIMESTAMP, "when the lines were counted, UTC"),
)

BY_NAME = {field.name: field for field in ALL}

IN_TABLE = {
    ("runs", "version"): Field("version", STRING, "version of copydesk that ran"),
    ("runs", "status"): Field("status", STRING, "how it ended", choices=("running", "done", "failed", "crashed")),
    ("files", "status"): Field(
        "status",
        STRING,
        "what became of the file",
        choices=("landed", "partly_quarantined", "quarantined", "seen_before", "held"),
    ),
    ("quotes", "kind"): Field(
        "kind", STRING, "kind of quotation", choices=("direct", "mixed", "indirect", "term", "scare")
    ),
    ("mentions", "kind"): Field("kind", STRING, "kind of thing named", choices=("person", "organisation", "place")),
    ("figures", "kind"): Field(
        "kind",
        STRING,
        "kind of number",
        choices=("money", "percent", "count", "duration", "measure", "ordinal"),
    ),
    ("figures", "value"): Field("value", DOUBLE, "the number"),
    **{
        (table, "lines_version"): Field(
            "lines_version", INTEGER, "number of the version, from 1; it stays as it is", minimum=1
        )
        for table in ("line_versions", "repeated_lines")
    },
    ("line_versions", "first_seen"): Field("first_seen", DATE, "first day on which a counted article was published"),
    ("line_versions", "last_seen"): Field("last_seen", DATE, "last day on which a counted article was published"),
    ("line_versions", "articles"): _count("articles", "articles of the source that were counted, copies once"),
    ("repeated_lines", "articles"): _count("articles", "articles at whose end the line stands, copies once"),
    ("repeated_lines", "text"): Field("text", STRING, "the line itself"),
    ("withdrawals", "field"): Field(
        "field",
        STRING,
        "column of `articles` by which the item is named; `pub_status` where it is the article itself",
        choices=("pub_status", "alt_id", "headline", "slugline"),
    ),
    ("withdrawals", "value"): Field("value", STRING, "what stands in that column, as printed"),
    ("duplicates", "kind"): Field("kind", STRING, "how it is a copy", choices=("same_text", "near", "contained")),
}
"""Columns whose meaning differs from their namesakes': by table and column."""


def find_field(table: str, column: str) -> Field:
    """Return what `column` means in `table`; raise KeyError when no such column is defined."""
    return IN_TABLE.get((table, column)) or BY_NAME[column]
