"""The ledger's own tables: what the warehouse knows about itself, in SQLite.

Nothing here is published; what users query lies in Parquet and is named by `lake_files`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table

from warehouse.ledger_version import LEDGER_VERSION as LEDGER_VERSION

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))
"""`schema_version`, `snapshot` (the newest number) and `oldest_snapshot` (the oldest that can be read)."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("run_id", String, nullable=False),
    Column("committed_at", String, nullable=False),
)

lake_files = Table(
    "lake_files",
    metadata,
    Column("path", String, primary_key=True),
    Column("table_name", String, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("run_id", String, nullable=False),
    Column("begin_snapshot", Integer, nullable=False),
    Column("end_snapshot", Integer),
    Column("retired_at", String),
)
Index("lake_files_live", lake_files.c.end_snapshot, lake_files.c.table_name)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("flow_run_id", String),
    Column("trigger", String, nullable=False),
    Column("status", String, nullable=False),
    Column("error", String),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("files", "documents", "articles", "repeats", "quarantined", "skipped")
    ),
    Column("first_snapshot", Integer),
    Column("last_snapshot", Integer),
    Column("version", String, nullable=False),
    Column("host", String, nullable=False),
    Column("landed", Boolean, nullable=False),
)
"""One row per run; `landed` once its row stands in the lake's table `runs`. Old ones are forgotten by the sweep."""
Index("runs_status", runs.c.status)
Index("runs_landed", runs.c.landed)

claims = Table(
    "claims",
    metadata,
    Column("file_uri", String, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("lease_until", String, nullable=False),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("file_uri", String, primary_key=True),
    Column("file_id", String, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("placement", String, nullable=False),
    Column("run_id", String, nullable=False),
)
"""Files whose every document has been dealt with, by address and bytes."""

progress = Table(
    "progress",
    metadata,
    Column("file_uri", String, primary_key=True),
    Column("file_id", String, primary_key=True),
    Column("next_position", BigInteger, nullable=False),
    *(
        Column(name, BigInteger, nullable=False)
        for name in ("documents", "articles", "repeats", "quarantined", "skipped")
    ),
)
"""Files of which only the documents before `next_position` have landed: a large file takes several commits."""

documents = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("run_id", String, nullable=False),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("run_id", String, nullable=False),
    sqlite_with_rowid=False,
)
"""The current pointer: the run whose rows of an article count."""

superseded = Table(
    "superseded",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("run_id", String, primary_key=True),
    Column("begin_snapshot", Integer, nullable=False),
    Column("erased_snapshot", Integer),
)

signatures = Table(
    "signatures",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("text_hash", String, nullable=False),
    Column("published_at", BigInteger),
    Column("source", String, nullable=False),
    Column("url_key", String),
    Column("alt_key", String),
    Column("versioned_at", BigInteger),
    Column("is_dated", Boolean, nullable=False),
    Column("duplicate_of", String),
    Column("duplicate_kind", String),
    Column("version_of", String),
    Column("version", Integer),
    Column("snapshot", Integer, nullable=False),
)
"""What *deduplicate* compares; instants in microseconds since 1970."""
Index("signatures_text_hash", signatures.c.text_hash)
for _name in ("url_key", "alt_key", "duplicate_of", "version_of"):
    Index(f"signatures_{_name}", signatures.c[_name], sqlite_where=signatures.c[_name].isnot(None))

texts = Table(
    "texts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("text_hash", String, nullable=False, unique=True),
    Column("shingle_count", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Every text that landed, once, by ever larger numbers: what the index in memory is made of."""

shingles = Table(
    "shingles",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("shingles", LargeBinary, nullable=False),
)
"""All shingles of the texts of these numbers; apart, as they are 20 times as large as what is read at every start."""

story_terms = Table(
    "story_terms",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("article_id", String, nullable=False, unique=True),
    Column("told_at", BigInteger),
    Column("is_brief", Boolean, nullable=False),
    Column("story_id", String),
    Column("terms", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""What stories are told by, of each article, by ever larger numbers."""
Index("story_terms_story_id", story_terms.c.story_id, sqlite_where=story_terms.c.story_id.isnot(None))

quarantined = Table(
    "quarantined",
    metadata,
    Column("quarantine_id", String, primary_key=True),
    Column("file_uri", String, nullable=False),
    Column("file_id", String),
    Column("document_id", String),
    Column("position", BigInteger),
    Column("reason", String, nullable=False),
    Column("resolved_by", String),
)
Index("quarantined_file", quarantined.c.file_uri, quarantined.c.file_id)
Index("quarantined_document", quarantined.c.document_id)
