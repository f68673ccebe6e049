"""Claims: who works on which file, and what becomes of the files of the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import timedelta

import pytest
from office import LEASE, NOON, Office, begin_and_wait, joined, story, uri
from sqlalchemy import select, update

from warehouse import claims, landing, paths
from warehouse import ledger_schema as schema
from warehouse.ledger import LeaseLost
from warehouse.locks import is_held

LATER = NOON + LEASE / 2
TOO_LATE = NOON + LEASE + timedelta(seconds=1)


def _claim(office: Office, run: claims.Run, *files: str, now: object = NOON) -> tuple[list[str], list[str]]:
    assert hasattr(now, "year")
    return claims.claim(office.ledger, run.run_id, [uri(file) for file in files], now=now, lease=LEASE)  # type: ignore[arg-type]


def _status(office: Office, run_id: str) -> tuple[str, str | None]:
    with office.ledger.reading() as connection:
        row = connection.execute(select(schema.runs).where(schema.runs.c.run_id == run_id)).one()
    return row.status, row.error


def _move_to_another_host(office: Office, run_id: str) -> None:
    with office.ledger.writing() as connection:
        connection.execute(update(schema.runs).where(schema.runs.c.run_id == run_id).values(host="elsewhere"))


def _killed_run(office: Office, file: str) -> str:
    """Return the id of a run whose process was killed while it held `file` for an hour."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=begin_and_wait, args=(str(office.root), file, there))
    process.start()
    run_id = here.recv()
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    return str(run_id)


def test_a_file_goes_to_one_run_only(office: Office) -> None:
    first, second = office.begin("a", "b"), office.begin()

    assert _claim(office, second, "b", "c") == ([uri("c")], [uri("b")])

    first.close()
    second.close()


def test_a_run_may_claim_again_what_it_holds(office: Office) -> None:
    run = office.begin("a")

    assert _claim(office, run, "a") == ([uri("a")], [])

    run.close()


def test_files_of_a_killed_process_of_this_host_are_free_at_once(office: Office) -> None:
    dead = _killed_run(office, "a")
    run = office.begin()

    assert _claim(office, run, "a") == ([uri("a")], [])
    assert not is_held(paths.run_lock(office.root, dead))

    run.close()


def test_a_killed_run_is_closed_and_its_row_lands_with_the_next_commit(office: Office) -> None:
    dead = _killed_run(office, "a")

    assert claims.close_dead_runs(office.ledger, now=NOON) == [dead]
    assert claims.close_dead_runs(office.ledger, now=NOON) == []

    office.land(story("b"))
    rows = office.ask(f"SELECT status, error, files FROM runs WHERE run_id = '{dead}'")
    assert rows == [("crashed", "the process ended before the run did", 0)]
    assert not paths.run_lock(office.root, dead).exists()
    office.land(story("c"))
    assert office.findings() == set()


def test_a_living_run_is_not_closed_even_when_its_lease_is_over(office: Office) -> None:
    run = office.begin("a")

    assert claims.close_dead_runs(office.ledger, now=TOO_LATE) == []

    run.close()


def test_files_of_another_host_are_free_when_the_lease_is_over(office: Office) -> None:
    far = office.begin("a")
    _move_to_another_host(office, far.run_id)
    near = office.begin()

    assert _claim(office, near, "a", now=LATER) == ([], [uri("a")])
    assert claims.close_dead_runs(office.ledger, now=LATER) == []
    assert _claim(office, near, "a", now=TOO_LATE) == ([uri("a")], [])
    assert claims.close_dead_runs(office.ledger, now=TOO_LATE) == [far.run_id]

    near.close()


def test_a_renewed_lease_keeps_the_files(office: Office) -> None:
    far, near = office.begin("a"), office.begin()
    _move_to_another_host(office, far.run_id)

    assert claims.renew(office.ledger, far.run_id, now=LATER, lease=LEASE)

    assert _claim(office, near, "a", now=TOO_LATE) == ([], [uri("a")])
    far.close()
    near.close()


def test_a_lease_that_was_lost_cannot_be_renewed(office: Office) -> None:
    slow, quick = office.begin("a"), office.begin()
    _claim(office, quick, "a", now=TOO_LATE)

    claims.renew(office.ledger, slow.run_id, now=TOO_LATE, lease=LEASE)

    with (
        office.ledger.reading() as connection,
        pytest.raises(LeaseLost, match=r"1 of its files.*nothing has to be done"),
    ):
        claims.check_lease(connection, slow.run_id, [uri("a")])
    slow.close()
    quick.close()


def test_a_busy_ledger_costs_one_renewal_and_no_exception(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run = office.begin("a")
    monkeypatch.setattr("warehouse.ledger.BUSY_SECONDS", 0.001)
    monkeypatch.setattr("warehouse.ledger.PAUSES_SECONDS", ())
    impatient = Office(office.root)

    with office.ledger.writing():
        renewed = claims.renew(impatient.ledger, run.run_id, now=LATER, lease=LEASE)

    assert not renewed
    impatient.close()
    run.close()


def test_landed_files_are_given_back_and_the_others_kept(office: Office) -> None:
    run, other = office.begin("a", "b"), office.begin()
    office.land(story("a"), run=run)

    assert _claim(office, other, "a", "b") == ([uri("a")], [uri("b")])

    run.close()
    other.close()


def test_a_failed_run_gives_its_files_back(office: Office) -> None:
    failed, other = office.begin("a"), office.begin()

    claims.fail_run(office.ledger, failed.run_id, "ValueError: no", now=NOON)

    assert _claim(office, other, "a") == ([uri("a")], [])
    assert _status(office, failed.run_id) == ("failed", "ValueError: no")
    failed.close()
    other.close()


def test_a_run_that_has_ended_is_not_failed_any_more(office: Office) -> None:
    run = office.begin("a")
    with landing.committer(office.ledger):
        landing.land(office.ledger, office.to_landing(run, story("a")), now=NOON)

    claims.fail_run(office.ledger, run.run_id, "too late", now=NOON)

    assert _status(office, run.run_id) == ("done", None)
    run.close()


def test_a_run_that_was_taken_for_dead_cannot_commit(office: Office) -> None:
    """Between its beginning and its first claim nothing shows a run of another host to be alive."""
    run = office.begin()
    _move_to_another_host(office, run.run_id)
    assert claims.close_dead_runs(office.ledger, now=NOON) == [run.run_id]
    _claim(office, run, "a")

    with landing.committer(office.ledger), pytest.raises(LeaseLost, match="closed as crashed"):
        landing.land(office.ledger, office.to_landing(run, story("a")), now=NOON)

    office.land(story("b"))
    assert office.ask("SELECT count(*), count(DISTINCT run_id) FROM runs") == [(2, 2)]
    run.close()


def test_ten_thousand_files_are_claimed_and_landed_in_one_go(office: Office) -> None:
    names = [f"{number:05}" for number in range(10_000)]
    run = office.begin(*names)
    files = [story(name)["files"][0] for name in names]

    office.land({**joined(story("a")), "files": [*files, *story("a")["files"]][:-1]}, run=run)

    with office.ledger.reading() as connection:
        assert connection.execute(select(schema.claims)).all() == []
    run.close()
