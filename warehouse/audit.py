"""The audit: proof that documents = articles + repeats + quarantined for every file, and that every file is whole.

It reads what users read, the Parquet files of one snapshot, and holds it against the receipts and the ledger.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from warehouse import catalog, paths, peek
from warehouse import ledger_schema as schema
from warehouse.ledger import Ledger, snapshot_at
from warehouse.snapshots import LakeFile, Snapshot
from warehouse.tables import BY_NAME, TABLES

SHOWN = 20
"""Findings of one check that are listed; all are counted."""


class Finding(NamedTuple):
    """One thing that is not as it must be."""

    check: str
    where: str
    what: str


class AuditResult(NamedTuple):
    """What the audit saw; no findings is a clean one."""

    snapshot: int
    lake_files: int
    checks: int
    totals: Mapping[str, int]
    """Documents, articles, repeats and quarantined over all receipts."""
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


RECEIPTS = {
    "a receipt adds up: documents = articles + repeats + quarantined": """
        SELECT file_uri, format('run {}: {} documents, {} articles + {} repeats + {} quarantined',
                                run_id, documents, articles, repeats, quarantined)
        FROM files WHERE documents <> articles + repeats + quarantined""",
    "every run's count of files is the number of its receipts": """
        SELECT run_id, format('{} files said, {} receipts', any_value(runs.files), count(files.file_uri))
        FROM runs LEFT JOIN files USING (run_id) WHERE runs.status = 'done'
        GROUP BY run_id HAVING any_value(runs.files) <> count(files.file_uri)""",
    **{
        f"receipts count the rows of {table}": f"""
        SELECT file_uri, format('{{}} said, {{}} rows', coalesce(said, 0), coalesce(rows, 0))
        FROM (SELECT file_uri, sum({column}) AS said FROM (
                  SELECT file_uri, {column} FROM files UNION ALL SELECT file_uri, {column} FROM progress)
              GROUP BY file_uri)
        FULL JOIN (SELECT file_uri, count(*) AS rows FROM {table} GROUP BY file_uri) USING (file_uri)
        WHERE coalesce(said, 0) <> coalesce(rows, 0)"""
        for table, column in {
            "documents": "articles",
            "repeats": "repeats",
            "quarantine": "quarantined",
            "skipped": "skipped",
        }.items()
    },
}
"""Per file, over all runs: what landed is what the receipts say; `progress` has what landed of unfinished files."""

KEYS = {
    f"the key of {table.name} is unique": f"""
        SELECT concat_ws(', ', {", ".join(table.key)}), format('{{}} rows', count(*))
        FROM {table.name} GROUP BY {", ".join(table.key)} HAVING count(*) > 1"""
    for table in TABLES
}

BELONGING = {
    "every document has its article": """
        SELECT document_id, 'no current article' FROM documents ANTI JOIN articles USING (document_id)""",
    "every article has its document": """
        SELECT article_id, 'no document' FROM articles ANTI JOIN documents USING (document_id)""",
    "every repeat has its document": """
        SELECT document_id, 'no document' FROM repeats ANTI JOIN documents USING (document_id)""",
    "every original is an article": """
        SELECT article_id, format('copy of {}, which is none', duplicate_of)
        FROM duplicates ANTI JOIN articles ON articles.article_id = duplicates.duplicate_of""",
    **{
        f"rows of {table.name} belong to a current article": f"""
        SELECT article_id, format('row {{}}', {table.key[-1]}) FROM {table.name}
        ANTI JOIN articles USING (article_id, run_id)"""
        for table in TABLES
        if table.of_article and table.name != "articles"
    },
    **{
        f"spans of {table} point at their text": f"""
        SELECT article_id, format('row {{}}: [{{}}:{{}}]', ordinal, start_char, end_char)
        FROM {table} JOIN articles USING (article_id)
        WHERE {table}.text <> substr(body, start_char + 1, end_char - start_char)"""
        for table in ("quotes", "mentions", "dates", "figures")
    },
    "spans of matches point at their text": """
        SELECT article_id, format('{} {}: {} [{}:{}]', watchlist, watchlist_version, place.field, place.start_char,
                                  place.end_char)
        FROM (SELECT article_id, watchlist, watchlist_version, unnest(spans) AS place FROM matches)
        JOIN articles USING (article_id)
        WHERE place.text <> substr(if(place.field = 'headline', headline, body),
                                   place.start_char + 1, place.end_char - place.start_char)""",
}

CHECKS = {**RECEIPTS, **KEYS, **BELONGING}
"""What has to hold, and the query for what breaks it: where, and what was found."""


def audit(ledger: Ledger) -> AuditResult:
    """Return what the newest snapshot says of itself; it changes nothing and can run while ingestion goes on."""
    books = _read_books(ledger)
    snapshot = books.snapshot
    broken = list(_check_files(ledger.root, snapshot))
    if broken:
        return AuditResult(snapshot.number, len(snapshot.files), 1, {}, tuple(broken))
    with _open(ledger.root, snapshot) as connection:
        _put_progress(connection, books.progress)
        findings = [finding for check, query in CHECKS.items() for finding in _run(connection, check, query)]
        findings += _check_pointers(books, connection)
        totals = _totals(connection)
    return AuditResult(snapshot.number, len(snapshot.files), len(CHECKS) + 2, totals, tuple(findings))


class _Books(NamedTuple):
    """What the ledger says at one moment, while others go on committing."""

    snapshot: Snapshot
    pointers: AbstractSet[tuple[str, str]]
    """Current (article_id, run_id) pairs."""
    documents: AbstractSet[str]
    progress: Sequence[tuple[str, int, int, int, int]]
    """Address, articles, repeats, quarantined and skipped of files of which a part has landed."""


def _read_books(ledger: Ledger) -> _Books:
    progress = schema.progress.c
    with ledger.reading() as reader:
        columns = (progress.file_uri, progress.articles, progress.repeats, progress.quarantined, progress.skipped)
        return _Books(
            snapshot_at(reader),
            {(row.article_id, row.run_id) for row in reader.execute(select(schema.articles))},
            set(reader.execute(select(schema.documents.c.document_id)).scalars()),
            [tuple(row) for row in reader.execute(select(*columns))],
        )


def _put_progress(connection: duckdb.DuckDBPyConnection, progress: Sequence[tuple[str, int, int, int, int]]) -> None:
    columns = "file_uri VARCHAR, articles BIGINT, repeats BIGINT, quarantined BIGINT, skipped BIGINT"
    connection.execute(f"CREATE TEMP TABLE progress ({columns})")
    if progress:
        connection.executemany("INSERT INTO progress VALUES (?, ?, ?, ?, ?)", progress)


def _check_files(root: Path, snapshot: Snapshot) -> Iterator[Finding]:
    check = "every named Parquet file is whole"
    for file in snapshot.files:
        if (wrong := _find_damage(paths.lake(root) / file.path, file)) is not None:
            yield Finding(check, file.path, wrong)


def _find_damage(path: Path, file: LakeFile) -> str | None:
    """Return what is wrong with a Parquet file, or None: it is read to the end, not only its footer."""
    try:
        size = path.stat().st_size
        rows = sum(batch.num_rows for batch in pq.ParquetFile(path).iter_batches())
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {error}"
    if (size, rows) != (file.size_bytes, file.rows):
        return f"{size} bytes and {rows} rows, the ledger says {file.size_bytes} and {file.rows}"
    names = tuple(pq.read_schema(path).names)
    expected = BY_NAME[file.table].columns_at(file.schema_version)
    return None if names == expected else f"columns {names}, schema version {file.schema_version} has {expected}"


@contextmanager
def _open(root: Path, snapshot: Snapshot) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a catalog of exactly this snapshot."""
    with tempfile.TemporaryDirectory(prefix="copydesk-audit-") as folder:
        target = Path(folder) / "audit.duckdb"
        catalog.publish(root, snapshot, target=target)
        connection = peek.open_file(target)
        try:
            yield connection
        finally:
            connection.close()


def _run(connection: duckdb.DuckDBPyConnection, check: str, query: str) -> Iterator[Finding]:
    rows = connection.execute(query).fetchall()
    for where, what in rows[:SHOWN]:
        yield Finding(check, str(where), str(what))
    if len(rows) > SHOWN:
        yield Finding(check, "…", f"{len(rows) - SHOWN} more")


def _check_pointers(books: _Books, connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Hold the ledger's keys against the rows: what it takes for known has to be there."""
    articles = set(connection.execute("SELECT article_id, run_id FROM articles").fetchall())
    documents = {row[0] for row in connection.execute("SELECT document_id FROM documents").fetchall()}
    check = "the ledger's keys are the rows of the lake"
    for article_id, run_id in sorted(books.pointers ^ articles)[:SHOWN]:
        yield Finding(check, article_id, f"run {run_id} is current in only one of ledger and lake")
    for document_id in sorted(books.documents ^ documents)[:SHOWN]:
        yield Finding(check, document_id, "the document is in only one of ledger and lake")


def _totals(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = ("documents", "articles", "repeats", "quarantined")
    sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in names)
    row = connection.execute(f"SELECT {sums} FROM files").fetchone() or (0,) * len(names)
    return dict(zip(names, row, strict=True))
