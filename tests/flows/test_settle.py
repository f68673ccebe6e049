"""Settling: each document is new, a repeat, rejected, or has been dealt with before."""

from __future__ import annotations

from batches import file_uri, memory, taken, waiting

from flows.inbox import Problem
from flows.settle import Settled, settle, without_waiting
from flows.work import StillChanging
from transforms.identity import to_id
from warehouse.tables import values

A, B = b"Story A.", b"Story B."
EMPTY = b""
ELSEWHERE = '[["headline", "Storm", "sidecar"]]'


def _new(settled: Settled) -> list[str]:
    return [uri.removeprefix(file_uri("")) for uri in values(settled.documents, "file_uri")]


def _repeated(settled: Settled) -> list[str]:
    return [uri.removeprefix(file_uri("")) for uri in values(settled.repeats, "file_uri")]


def _expected(settled: Settled) -> dict[str, int]:
    return {uri.removeprefix(file_uri("")): number for uri, number in settled.expected.items()}


def test_documents_that_nobody_knows_are_new() -> None:
    settled = settle([taken("a", A), taken("b", B)], memory())

    assert (_new(settled), _repeated(settled)) == (["a", "b"], [])
    assert _expected(settled) == {"a": 1, "b": 1}


def test_an_empty_batch_settles_to_nothing() -> None:
    settled = settle([], memory())

    assert (settled.documents.num_rows, settled.expected) == (0, {})


def test_the_same_bytes_under_another_name_are_a_repeat() -> None:
    settled = settle([taken("other", A)], memory(known=[A], seen={"a": (A, "[]")}))

    assert (_new(settled), _repeated(settled)) == ([], ["other"])


def test_of_two_files_with_the_same_bytes_the_first_is_new_and_the_second_a_repeat() -> None:
    settled = settle([taken("a", A), taken("b", A)], memory())

    assert (_new(settled), _repeated(settled)) == (["a"], ["b"])


def test_a_file_that_was_dealt_with_is_not_dealt_with_again() -> None:
    settled = settle([taken("a", A)], memory(known=[A], seen={"a": (A, "[]")}))

    assert (_new(settled), _repeated(settled), _expected(settled)) == ([], [], {})


def test_new_bytes_under_an_old_name_are_new() -> None:
    settled = settle([taken("a", B)], memory(known=[A], seen={"a": (A, "[]")}))

    assert _new(settled) == ["a"]


def test_a_file_whose_place_says_something_else_lands_anew() -> None:
    settled = settle([taken("a", A, placement=ELSEWHERE)], memory(known=[A], seen={"a": (A, "[]")}))

    assert _new(settled) == ["a"]
    assert settled.again == {to_id(A)}


def test_it_is_the_file_with_the_other_place_that_lands_anew_and_not_one_with_the_same_bytes_before_it() -> None:
    batch = [taken("0-first", A), taken("a", A, placement=ELSEWHERE)]

    settled = settle(batch, memory(known=[A], seen={"a": (A, "[]")}))

    assert (_new(settled), _repeated(settled)) == (["a"], ["0-first"])


def test_a_known_document_is_not_again_because_its_twin_is() -> None:
    settled = settle([taken("a", A), taken("b", B, placement=ELSEWHERE)], memory(known=[A, B], seen={"b": (B, "[]")}))

    assert settled.again == {to_id(B)}
    assert _repeated(settled) == ["a"]


def test_a_document_that_waits_in_quarantine_is_tried_again() -> None:
    settled = settle([taken("a", A)], memory(seen={"a": (A, "[]")}, waiting=[waiting("a", A)]))

    assert _new(settled) == ["a"]
    assert settled.again == frozenset()


def test_a_waiting_document_that_has_landed_under_another_name_is_left_alone() -> None:
    settled = settle([taken("a", A)], memory(known=[A], seen={"a": (A, "[]")}, waiting=[waiting("a", A)]))

    assert (_new(settled), _repeated(settled)) == ([], [])


def test_a_file_that_could_not_be_opened_before_is_dealt_with_wholly() -> None:
    settled = settle([taken("a", A)], memory(waiting=[waiting("a", None, "inbox.not_readable")]))

    assert _new(settled) == ["a"]


def test_what_waits_of_one_file_says_nothing_of_another() -> None:
    known = memory(seen={"a": (A, "[]"), "b": (A, "[]")}, waiting=[waiting("a", A)])

    settled = settle([taken("b", A), taken("a", A)], known)

    assert (_new(settled), _repeated(settled)) == (["a"], [])


def test_a_file_that_is_no_document_is_rejected_with_its_reason() -> None:
    settled = settle([taken("a", EMPTY)], memory())

    assert values(settled.rejected, "reason") == ["read.empty_file"]
    assert _expected(settled) == {"a": 1}


def test_a_file_that_cannot_be_opened_is_rejected_with_its_problem() -> None:
    settled = settle([taken("a", Problem("inbox.file_vanished", "it is gone"))], memory())

    (row,) = settled.rejected.to_pylist()
    assert (row["stage"], row["reason"], row["detail"]) == ("inbox", "inbox.file_vanished", "it is gone")
    assert (row["file_id"], row["document_id"], row["position"]) == (None, None, None)
    assert _expected(settled) == {"a": 1}


def test_a_file_that_is_still_written_is_nothing_yet() -> None:
    settled = settle([taken("a", StillChanging())], memory())

    assert (settled.documents.num_rows, settled.rejected.num_rows, _expected(settled)) == (0, 0, {})


def test_what_waits_for_the_same_reason_is_not_rejected_twice() -> None:
    settled = settle([taken("a", EMPTY), taken("b", EMPTY)], memory())

    left = without_waiting(settled.rejected, [waiting("a", EMPTY, "read.empty_file")])

    assert values(left, "file_uri") == [file_uri("b")]
    assert without_waiting(left, [waiting("b", EMPTY, "read.other")]).num_rows == 1
