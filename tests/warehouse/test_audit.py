"""The audit finds what it is there to find, and nothing in a good warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from office import NOON, Office, joined, signature, story, uri
from sqlalchemy import insert, update

from warehouse import catalog, landing, paths
from warehouse import ledger_schema as schema
from warehouse.audit import audit
from warehouse.compaction import compact
from warehouse.landing import Landing, Receipt
from warehouse.tables import BY_NAME


@pytest.fixture
def good(office: Office) -> Office:
    """A warehouse with a copy, a repeat, an article that landed anew and a document in quarantine."""
    waiting = story("q")
    place = {"file_id": "file-q", "file_uri": waiting["files"][0]["file_uri"], "source": "gazette"}
    reason = {"stage": "clean", "reason": "clean.no_story_text", "severity": "critical", "position": 0}
    office.land(joined(story("a"), story("b")), signatures=[signature("a", "x"), signature("b", "x")])
    office.land(story("a", body="As it is now.", new=False))
    quarantined = {**waiting["files"][0], "articles": 0, "quarantined": 1, "status": "quarantined"}
    office.land({"quarantine": [{**place, **reason, "document_id": "q"}], "files": [quarantined]})
    return office


def _path(office: Office, table: str) -> Path:
    file = next(file for file in office.ledger.read_snapshot().files if file.table == table)
    return paths.lake(office.root) / file.path


def _tamper(office: Office, table: str, change: dict[str, Any]) -> None:
    """Change values in the first row of a table's first file, and tell the ledger its new size."""
    path = _path(office, table)
    first, *rest = pq.read_table(path).to_pylist()
    pq.write_table(BY_NAME[table].from_rows([{**first, **change}, *rest]), path)
    files = schema.lake_files
    own = files.c.path == path.relative_to(paths.lake(office.root)).as_posix()
    with office.ledger.writing() as connection:
        connection.execute(update(files).where(own).values(size_bytes=path.stat().st_size))


def _add(office: Office, table: str, row: dict[str, Any]) -> None:
    run = office.begin()
    office.land({table: [row]}, run=run)
    run.close()


def test_a_good_warehouse_has_no_findings(good: Office) -> None:
    result = audit(good.ledger)

    assert result.findings == ()
    assert result.is_clean
    assert result.totals == {"documents": 4, "articles": 2, "repeats": 1, "quarantined": 1}
    assert result.snapshot == 3


def test_a_compacted_warehouse_has_none_either(good: Office) -> None:
    compact(good.ledger, now=NOON)

    assert audit(good.ledger).is_clean


def test_an_empty_warehouse_has_none_either(office: Office) -> None:
    assert audit(office.ledger).totals == {"documents": 0, "articles": 0, "repeats": 0, "quarantined": 0}


def test_the_audit_changes_nothing(good: Office) -> None:
    before = {path: path.read_bytes() for path in good.root.rglob("*.parquet")}

    audit(good.ledger)

    assert {path: path.read_bytes() for path in good.root.rglob("*.parquet")} == before
    assert not paths.catalog(good.root).exists()
    assert good.ledger.snapshot() == 3


@pytest.mark.parametrize("left", [0, 100, -1])
def test_a_truncated_file_is_found_and_named(good: Office, left: int) -> None:
    path = _path(good, "articles")
    path.write_bytes(path.read_bytes()[:left])

    (finding,) = audit(good.ledger).findings

    assert finding.check == "every named Parquet file is whole"
    assert path.as_posix().endswith(finding.where)


def test_a_flipped_byte_in_the_middle_of_a_file_is_found(good: Office) -> None:
    path = _path(good, "documents")
    content = bytearray(path.read_bytes())
    for index in range(8, 40):
        content[index] ^= 0xFF
    path.write_bytes(content)

    assert good.findings() == {"every named Parquet file is whole"}


def test_a_missing_file_is_found_and_named(good: Office) -> None:
    path = _path(good, "quotes")
    path.unlink()

    (finding,) = audit(good.ledger).findings

    assert path.as_posix().endswith(finding.where)
    assert "cannot be read" in finding.what


def test_a_file_with_fewer_rows_is_found(good: Office) -> None:
    path = _path(good, "articles")
    pq.write_table(pq.read_table(path).slice(1), path)

    assert good.findings() == {"every named Parquet file is whole"}


def test_a_file_without_a_column_is_found(good: Office) -> None:
    path = _path(good, "articles")
    pq.write_table(pq.read_table(path).drop_columns(["byline"]), path)
    with good.ledger.writing() as connection:
        connection.execute(update(schema.lake_files).values(size_bytes=path.stat().st_size))

    assert "every named Parquet file is whole" in good.findings()


ADDS_UP = "a receipt adds up: documents = articles + repeats + quarantined"


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("files", {"documents": 7}, ADDS_UP),
        ("files", {"articles": 0, "repeats": 1}, "receipts count the rows of documents"),
        ("files", {"articles": 0, "quarantined": 1}, "receipts count the rows of quarantine"),
        ("files", {"skipped": 3}, "receipts count the rows of skipped"),
        ("files", {"run_id": "nobody"}, "every run's count of files is the number of its receipts"),
        ("quotes", {"start_char": 1}, "spans of quotes point at their text"),
        ("documents", {"document_id": "z"}, "every article has its document"),
        ("documents", {"document_id": "z"}, "every document has its article"),
        ("documents", {"document_id": "z"}, "the ledger's keys are the rows of the lake"),
        ("articles", {"article_id": "z"}, "rows of quotes belong to a current article"),
        ("duplicates", {"duplicate_of": "z"}, "every original is an article"),
        ("repeats", {"document_id": "z"}, "every repeat has its document"),
    ],
)
def test_rows_that_do_not_fit_together_are_found(good: Office, table: str, change: dict[str, Any], check: str) -> None:
    if table in ("quotes", "articles"):  # the first file's first row is superseded
        compact(good.ledger, now=NOON)

    _tamper(good, table, change)

    assert check in good.findings()


def test_an_article_without_document_is_found(good: Office) -> None:
    _add(good, "articles", story("lost")["articles"][0])

    assert "every article has its document" in good.findings()


def test_evidence_of_no_article_is_found(good: Office) -> None:
    _add(good, "evidence", {"article_id": "lost", "field": "headline", "method": "m", "confidence": 1.0})

    assert good.findings() == {"rows of evidence belong to a current article"}


def test_a_second_row_of_the_same_key_is_found(good: Office) -> None:
    _add(good, "resolutions", {"quarantine_id": "same"})
    assert good.findings() == set()

    _add(good, "resolutions", {"quarantine_id": "same"})

    assert good.findings() == {"the key of resolutions is unique"}


def test_a_pointer_to_a_run_without_rows_is_found(good: Office) -> None:
    with good.ledger.writing() as connection:
        connection.execute(insert(schema.articles).values(article_id="gone", run_id="nobody"))

    assert good.findings() == {"the ledger's keys are the rows of the lake"}


def test_what_lands_while_the_audit_looks_is_no_finding(good: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    publish: Callable[..., Any] = catalog.publish

    def publish_late(*arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        good.land(story("new"))
        return publish(*arguments, **options)

    monkeypatch.setattr(catalog, "publish", publish_late)

    assert audit(good.ledger).findings == ()
    assert audit(good.ledger).totals["articles"] == 3


def test_a_large_file_of_which_a_part_has_landed_adds_up(good: Office) -> None:
    run = good.begin("big")
    rows = {
        name: BY_NAME[name].from_rows(listed) for name, listed in story("one", file="big").items() if name != "files"
    }
    counts = {"documents": 1, "articles": 1, "repeats": 0, "quarantined": 0, "skipped": 0}
    part = Receipt(uri("big"), "file-big", 9, 9, "[]", next_position=1, so_far=counts)

    with landing.committer(good.ledger):
        landing.land(good.ledger, Landing(run.run_id, rows, [part]), now=NOON)

    assert good.findings() == set()
    run.close()


def test_of_many_findings_a_few_are_shown_and_all_are_counted(good: Office) -> None:
    run = good.begin()
    evidence = [{"article_id": f"{n}", "field": "f", "method": "m", "confidence": 1.0} for n in range(50)]
    good.land({"evidence": evidence}, run=run)
    run.close()

    findings = audit(good.ledger).findings

    assert len(findings) == 21
    assert findings[-1].what == "30 more"
