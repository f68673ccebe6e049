"""The commit: all of it is visible, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from office import LEASE, NOON, Office, joined, signature, story, uri
from sqlalchemy import select

from warehouse import claims, lake, landing, paths, seen
from warehouse import ledger_schema as schema
from warehouse.landing import Landing, Receipt, RunEnd
from warehouse.ledger import LeaseLost, SnapshotMoved
from warehouse.tables import BY_NAME

COUNTS = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM documents), (SELECT count(*) FROM quotes)"


def _ledger_rows(office: Office) -> dict[str, list[Any]]:
    with office.ledger.reading() as connection:
        return {table.name: list(connection.execute(select(table))) for table in schema.metadata.sorted_tables}


def _names(office: Office) -> set[str]:
    return {file.path for file in office.ledger.read_snapshot().files}


def test_a_commit_shows_the_rows_of_all_tables_at_the_next_snapshot(office: Office) -> None:
    assert office.land(story("a")) == 1

    assert office.ask(COUNTS) == [(1, 1, 1)]
    assert office.findings() == set()


def test_rows_are_stamped_with_run_and_time_by_the_commit(office: Office) -> None:
    run = office.begin("a")

    office.land(story("a"), run=run)

    assert office.ask("SELECT run_id, landed_at FROM articles") == [(run.run_id, NOON.replace(tzinfo=None))]
    assert office.ask("SELECT run_id FROM quotes UNION SELECT run_id FROM files") == [(run.run_id,)]
    run.close()


def test_files_without_their_ledger_transaction_are_nothing_but_orphans(office: Office) -> None:
    office.land(story("a"))
    before = _ledger_rows(office)
    rows = {name: BY_NAME[name].from_rows(listed) for name, listed in story("b").items()}

    lake.write_tables(office.root, rows, run_id="killed", snapshot=2)

    assert _ledger_rows(office) == before
    assert office.ask(COUNTS) == [(1, 1, 1)]
    assert len(office.lake_files("articles")) == 2
    office.land(story("b"))
    assert office.ask(COUNTS) == [(2, 2, 2)]
    assert office.findings() == set()


@pytest.mark.parametrize("step", ["record_documents", "record_articles", "record_signatures", "record_receipts"])
def test_a_commit_that_dies_in_the_ledger_leaves_it_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    office.land(story("a"))
    run = office.begin("b")
    landed = office.to_landing(run, story("b"), [signature("b", "text")])
    before = _ledger_rows(office)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, landing.committer(office.ledger):
        patched.setattr(f"warehouse.records.{step}", die)
        with pytest.raises(KeyboardInterrupt):
            landing.land(office.ledger, landed, now=NOON)

    assert _ledger_rows(office) == before
    with landing.committer(office.ledger):
        assert landing.land(office.ledger, landed, now=NOON) == 2
    assert office.ask(COUNTS) == [(2, 2, 2)]
    run.close()


def test_a_commit_without_a_lease_changes_nothing(office: Office) -> None:
    slow, quick = office.begin("a"), office.begin()
    claims.claim(office.ledger, quick.run_id, [uri("a")], now=NOON + 2 * LEASE, lease=LEASE)
    before = _ledger_rows(office)

    with landing.committer(office.ledger), pytest.raises(LeaseLost, match="another run took them over"):
        landing.land(office.ledger, office.to_landing(slow, story("a")), now=NOON)

    assert _ledger_rows(office) == before
    slow.close()
    quick.close()


def test_a_commit_beside_the_committers_lock_is_noticed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run = office.begin("a")
    landed = office.to_landing(run, story("a"))
    write: Callable[..., Any] = lake.write_tables

    def write_and_let_another_in(*arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        office.land(story("b"))
        return write(*arguments, **options)

    monkeypatch.setattr(landing, "write_tables", write_and_let_another_in)
    with pytest.raises(SnapshotMoved, match="snapshot 1"):
        landing.land(office.ledger, landed, now=NOON)

    assert office.ask("SELECT article_id FROM articles") == [("b",)]
    run.close()


def test_a_document_lands_once_whatever_replays_it(office: Office) -> None:
    """The key in the ledger is the last line of defence: who commits asks first."""
    office.land(story("a"))
    run = office.begin("a")

    with office.ledger.reading() as connection:
        assert seen.known_documents(connection, ["a", "b"]) == {"a"}
    with landing.committer(office.ledger), pytest.raises(Exception, match="UNIQUE"):
        landing.land(office.ledger, office.to_landing(run, story("a")), now=NOON)

    assert office.ask(COUNTS) == [(1, 1, 1)]
    run.close()


def test_an_article_that_lands_anew_shows_its_new_row_only(office: Office) -> None:
    office.land(joined(story("a", body="As it was."), story("b")))

    office.land(story("a", body="As it is now.", new=False))

    assert office.ask("SELECT body FROM articles WHERE article_id = 'a'") == [("As it is now.",)]
    assert office.ask("SELECT count(*) FROM lake.articles") == [(3,)]
    assert office.ask(COUNTS) == [(2, 2, 2)]
    assert office.ask("SELECT count(*) FROM repeats") == [(1,)]
    assert office.findings() == set()


def test_the_superseded_row_is_still_the_current_one_of_its_time(office: Office) -> None:
    before = office.land(story("a", body="As it was."))
    after = office.land(story("a", body="As it is now.", new=False))

    assert office.ask_at(before, "SELECT body FROM articles") == [("As it was.",)]
    assert office.ask_at(after, "SELECT body FROM articles") == [("As it is now.",)]


def test_an_article_may_land_anew_many_times(office: Office) -> None:
    office.land(story("a", body="Version 0."))
    for number in range(1, 4):
        office.land(story("a", body=f"Version {number}.", new=False))

    assert office.ask("SELECT body FROM articles") == [("Version 3.",)]
    assert [office.ask_at(at, "SELECT body FROM articles")[0][0] for at in (1, 2, 3)] == [
        "Version 0.",
        "Version 1.",
        "Version 2.",
    ]


def test_a_late_earlier_original_turns_the_copy_around_without_rewriting_a_file(office: Office) -> None:
    later, earlier = datetime(2024, 5, 2), datetime(2024, 5, 1)
    office.land(joined(story("a"), story("b")), signatures=[signature("a", "x", later), signature("b", "x")])
    assert office.ask("SELECT article_id, duplicate_of FROM articles ORDER BY 1") == [("a", None), ("b", "a")]
    before = _names(office)
    bytes_before = {name: (paths.lake(office.root) / name).read_bytes() for name in before}

    snapshot = office.land(story("c"), signatures=[signature("c", "x", earlier)])

    told = office.ask("SELECT article_id, duplicate_of, duplicate_kind FROM articles ORDER BY 1")
    assert told == [("a", "c", "same_text"), ("b", "c", "same_text"), ("c", None, None)]
    assert before < _names(office)
    assert {name: (paths.lake(office.root) / name).read_bytes() for name in before} == bytes_before
    assert office.ask_at(snapshot - 1, "SELECT duplicate_of FROM articles WHERE article_id = 'b'") == [("a",)]
    assert office.findings() == set()


def test_a_copy_that_lands_anew_with_a_text_of_its_own_is_a_copy_no_more(office: Office) -> None:
    signatures = [signature("a", "x"), signature("b", "x")]
    office.land(joined(story("a"), story("b")), signatures=signatures)

    office.land(story("b", new=False), signatures=[signature("b", "y")])

    assert office.ask("SELECT article_id, duplicate_of FROM articles ORDER BY 1") == [("a", None), ("b", None)]
    assert office.ask("SELECT count(*) FROM duplicates") == [(0,)]


def test_the_batches_of_a_run_add_up_in_its_row(office: Office) -> None:
    run = office.begin("a", "b")
    office.land(story("a"), run=run)
    with landing.committer(office.ledger):
        landing.land(office.ledger, office.to_landing(run, story("b")), now=NOON)

    told = office.ask("SELECT status, files, documents, articles, first_snapshot, last_snapshot FROM runs")
    assert told == [("done", 2, 2, 2, 1, 2)]
    assert office.findings() == set()
    run.close()


def test_a_run_has_no_row_before_it_has_ended(office: Office) -> None:
    run = office.begin("a")

    office.land(story("a"), run=run)

    assert office.ask("SELECT count(*) FROM runs") == [(0,)]
    run.close()


def test_a_run_that_failed_says_why(office: Office) -> None:
    run = office.begin("a")
    claims.fail_run(office.ledger, run.run_id, "OSError: disk full", now=NOON)

    with landing.committer(office.ledger):
        landing.land(office.ledger, Landing(run.run_id, {}), now=NOON)

    assert office.ask("SELECT status, error FROM runs") == [("failed", "OSError: disk full")]
    run.close()


def _waiting(name: str) -> dict[str, Any]:
    return {
        "file_id": f"file-{name}",
        "file_uri": uri(name),
        "source": "gazette",
        "document_id": name,
        "position": 0,
        "stage": "clean",
        "reason": "clean.no_story_text",
        "severity": "critical",
    }


def test_what_waits_in_quarantine_is_resolved_by_a_row_and_stays_readable(office: Office) -> None:
    counted = {"articles": 0, "quarantined": 1, "status": "quarantined"}
    office.land({"quarantine": [_waiting("a")], "files": [{**story("a")["files"][0], **counted}]})
    with office.ledger.reading() as connection:
        (entry,) = seen.open_quarantine(connection, [uri("a")])
        assert seen.open_quarantine_of(connection, ["a"]) == [entry]
    run = office.begin("a")

    office.land({**story("a"), "resolutions": [{"quarantine_id": entry.quarantine_id}]}, run=run)

    with office.ledger.reading() as connection:
        assert seen.open_quarantine(connection, [uri("a")]) == []
    told = office.ask("SELECT reason, resolved_by, resolved_at FROM quarantine")
    assert told == [("clean.no_story_text", run.run_id, NOON.replace(tzinfo=None))]
    assert office.ask("SELECT count(*) FROM open_quarantine") == [(0,)]
    run.close()


def test_the_same_failure_in_two_runs_has_two_ids(office: Office) -> None:
    for name in ("a", "b"):
        run = office.begin(name)
        office.land({"quarantine": [_waiting("a")]}, run=run)
        run.close()

    assert office.ask("SELECT count(DISTINCT quarantine_id) FROM quarantine") == [(2,)]


def test_a_large_file_may_land_in_parts(office: Office) -> None:
    run = office.begin("big")
    counts = {"documents": 3, "articles": 2, "repeats": 1, "quarantined": 0, "skipped": 0}
    part = Receipt(uri("big"), "f", 9, 9, "[]", next_position=3, so_far=counts)

    with landing.committer(office.ledger):
        landing.land(office.ledger, Landing(run.run_id, {}, [part]), now=NOON)

    with office.ledger.reading() as connection:
        assert seen.progress_of(connection, uri("big"), "f") == {"next_position": 3, **counts}
        assert seen.progress_of(connection, uri("big"), "other bytes") is None
        assert seen.seen_files(connection, [uri("big")]) == {}
        claims.check_lease(connection, run.run_id, [uri("big")])

    whole = Receipt(uri("big"), "f", 9, 9, "[]")
    with landing.committer(office.ledger):
        landing.land(office.ledger, Landing(run.run_id, {}, [whole], end=RunEnd()), now=NOON)

    with office.ledger.reading() as connection:
        assert seen.progress_of(connection, uri("big"), "f") is None
        assert seen.seen_files(connection, [uri("big")])[uri("big")]["f"].run_id == run.run_id
    run.close()


def test_no_temporary_name_is_left_by_a_commit(office: Office) -> None:
    office.land(story("a"))

    assert [path for path in paths.lake(office.root).glob("*/*") if path.name.endswith(lake.TEMPORARY)] == []
