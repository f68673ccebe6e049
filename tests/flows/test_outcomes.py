"""Outcomes: what each document turned out to be, and what no longer waits."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from batches import NOW, file_uri, memory, rejected, taken, waiting

from flows.outcomes import Outcomes, resolve, tell_apart
from flows.settle import Taken, settle
from transforms.identity import to_id
from warehouse import tables
from warehouse.seen import OpenQuarantine
from warehouse.tables import values

A, B = b"Story A.", b"Story B."
NONE = tables.QUARANTINE.empty()


def _tell_apart(batch: list[Taken], *, reject: tuple[bytes, ...] = (), known: tuple[bytes, ...] = ()) -> Outcomes:
    """Return the outcomes of a batch of which some documents are rejected and some have landed meanwhile."""
    settled = settle(batch, memory())
    failed = {to_id(raw) for raw in reject}
    fails = pa.array([document_id in failed for document_id in values(settled.documents, "document_id")], pa.bool_())
    passed = settled.documents.filter(pc.invert(fails))
    return tell_apart(
        batch, passed, settled.repeats, rejected(settled.documents.filter(fails)), {to_id(raw) for raw in known}
    )


def _uris(table: pa.Table) -> list[str]:
    return [uri.removeprefix(file_uri("")) for uri in values(table, "file_uri")]


def test_a_repeat_of_a_document_that_lands_is_a_repeat() -> None:
    outcomes = _tell_apart([taken("a", A), taken("b", A)])

    assert (_uris(outcomes.documents), _uris(outcomes.repeats), outcomes.rejected.num_rows) == (["a"], ["b"], 0)


def test_a_repeat_of_a_rejected_document_is_rejected_like_it() -> None:
    outcomes = _tell_apart([taken("a", A), taken("b", A)], reject=(A,))

    assert (outcomes.documents.num_rows, outcomes.repeats.num_rows) == (0, 0)
    first, second = outcomes.rejected.to_pylist()
    assert (first["file_uri"], second["file_uri"]) == (file_uri("a"), file_uri("b"))
    for name in ("document_id", "reason", "stage", "raw", "position", "file_id"):
        assert first[name] == second[name]


def test_a_document_that_landed_meanwhile_is_a_repeat() -> None:
    outcomes = _tell_apart([taken("a", A), taken("b", B)], known=(A,))

    assert (_uris(outcomes.documents), _uris(outcomes.repeats)) == (["b"], ["a"])
    assert values(outcomes.repeats, "received_at") == [NOW.replace(tzinfo=None)]


def test_a_repeat_whose_document_went_missing_is_missing_too() -> None:
    """So that the law says it; nothing is made up for it."""
    batch = [taken("a", A), taken("b", A)]
    settled = settle(batch, memory())

    outcomes = tell_apart(batch, tables.DOCUMENTS.empty(), settled.repeats, NONE, ())

    assert [table.num_rows for table in outcomes] == [0, 0, 0]


def _resolved(
    batch: list[Taken], entries: list[OpenQuarantine], *, landed: bool = True, known: tuple[bytes, ...] = ()
) -> list[Any]:
    settled = settle(batch, memory(known=known))
    documents = settled.documents if landed else settled.documents.slice(0, 0)
    return values(resolve({"documents": documents, "repeats": settled.repeats}, entries, batch), "quarantine_id")


def test_a_document_that_lands_waits_no_longer_wherever_it_came_from() -> None:
    entries = [waiting("a", A, quarantine_id="1"), waiting("elsewhere", A, quarantine_id="2")]

    assert _resolved([taken("a", A)], entries) == ["1", "2"]


def test_a_document_that_turns_out_to_be_a_repeat_waits_no_longer() -> None:
    assert _resolved([taken("a", A)], [waiting("a", A, quarantine_id="1")], known=(A,)) == ["1"]


def test_an_entry_that_is_named_twice_is_resolved_once() -> None:
    entry = waiting("a", A, quarantine_id="1")

    assert _resolved([taken("a", A)], [entry, entry]) == ["1"]


def test_a_document_that_fails_again_goes_on_waiting() -> None:
    assert _resolved([taken("a", A)], [waiting("a", A)], landed=False) == []


def test_a_file_that_could_not_be_opened_waits_no_longer_once_it_was_read() -> None:
    entry = waiting("a", None, "inbox.not_readable", quarantine_id="1")

    assert _resolved([taken("a", A)], [entry]) == ["1"]
    assert _resolved([taken("a", A)], [entry], landed=False) == ["1"]
    assert _resolved([taken("b", A)], [entry]) == []


def test_an_empty_file_waits_no_longer_once_something_landed_from_its_address() -> None:
    entry = waiting("a", b"", "read.empty_file", quarantine_id="1")

    assert _resolved([taken("a", A)], [entry]) == ["1"]
    assert _resolved([taken("a", A)], [entry], landed=False) == []
    assert _resolved([taken("b", A)], [entry]) == []


def test_a_document_goes_on_waiting_when_another_one_lands_from_its_address() -> None:
    """Overwriting a file does not make its earlier story land."""
    assert _resolved([taken("a", B)], [waiting("a", A, "clean.no_story_text")]) == []
