"""Receipts: the law, file by file, and what the ledger keeps."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from batches import NO_PLACE, file_uri, memory, rejected, taken, waiting
from hypothesis import given
from hypothesis import strategies as st

from flows import receipts
from flows.inbox import Kept, Problem
from flows.outcomes import tell_apart
from flows.receipts import Counts, LawBroken, check_law
from flows.settle import Memory, Taken, settle, without_waiting
from flows.work import StillChanging
from transforms.identity import to_id
from warehouse import tables
from warehouse.tables import values

NOTHING: dict[str, dict[str, int]] = {}
"""No large file has landed in part."""

A = b"Story A."
URI = file_uri("a")


def _counts(articles: int = 0, repeats: int = 0, quarantined: int = 0, skipped: int = 0) -> Counts:
    return Counts(*({URI: number} if number else {} for number in (articles, repeats, quarantined, skipped)))


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (_counts(articles=2), "landed"),
        (_counts(repeats=1), "landed"),
        (_counts(skipped=1), "landed"),
        (_counts(articles=1, quarantined=1), "partly_quarantined"),
        (_counts(repeats=1, quarantined=1), "partly_quarantined"),
        (_counts(quarantined=2), "quarantined"),
        (_counts(), "seen_before"),
    ],
)
def test_the_status_of_a_file_follows_from_its_counts(counts: Counts, status: str) -> None:
    (row,) = receipts.to_files([taken("a", A)], counts, NOTHING).to_pylist()

    assert row["status"] == status
    assert row["documents"] == row["articles"] + row["repeats"] + row["quarantined"]


def test_a_file_that_is_still_written_is_held_and_unknown_to_the_ledger() -> None:
    one = taken("a", StillChanging())

    (row,), (receipt,) = (
        receipts.to_files([one], _counts(), NOTHING).to_pylist(),
        receipts.to_receipts([one], _counts(), NOTHING),
    )

    assert row["status"] == "held"
    assert receipt.file_id is None


def test_a_file_that_could_not_be_opened_has_a_receipt_and_is_looked_at_again() -> None:
    one = taken("a", Problem("inbox.file_vanished", "gone"))

    (row,), (receipt,) = (
        receipts.to_files([one], _counts(quarantined=1), NOTHING).to_pylist(),
        receipts.to_receipts([one], _counts(), NOTHING),
    )

    assert (row["status"], row["size_bytes"], row["file_id"]) == ("quarantined", None, None)
    assert receipt.file_id is None


def test_the_receipt_of_a_file_names_its_bytes_and_place() -> None:
    (receipt,) = receipts.to_receipts([taken("a", A, placement="[1]")], _counts(), NOTHING)

    assert receipt == receipts.Receipt(URI, to_id(A), len(A), 9, "[1]")


def test_a_replayed_document_changes_nothing_of_what_the_ledger_knows_of_its_file() -> None:
    (receipt,) = receipts.to_receipts([taken("a", A, kept=Kept(A, to_id(A), 0))], _counts(), NOTHING)

    assert receipt.file_id is None


def test_documents_of_one_file_that_are_replayed_apart_have_one_receipt() -> None:
    batch = [taken("a", A, kept=Kept(A, "f", number)) for number in range(2)]

    assert receipts.to_files(batch, _counts(articles=2), NOTHING).num_rows == 1


def test_the_law_holds_when_every_document_is_accounted_for() -> None:
    check_law({URI: 4}, _counts(articles=1, repeats=1, quarantined=1, skipped=9), {URI: 1})


@pytest.mark.parametrize(("expected", "counts"), [({URI: 2}, _counts(articles=1)), ({}, _counts(articles=1))])
def test_the_law_is_broken_by_a_document_that_goes_missing_or_comes_from_nowhere(
    expected: dict[str, int], counts: Counts
) -> None:
    with pytest.raises(LawBroken, match=r"a: \d documents were read, but 1 accounted for"):
        check_law(expected, counts, {})


# -- the law over any batch, any memory and any verdict of the checks

_NAMES = "abcd"
_CONTENTS = [b"Story A.", b"Story B.", b"Story C.", b"", b"\x00\x01"]
_PLACES = [NO_PLACE, '[["headline", "Storm", "sidecar"]]']
_contents = st.sampled_from(_CONTENTS)
_files = st.builds(
    taken,
    st.sampled_from(_NAMES),
    _contents | st.just(StillChanging()) | st.just(Problem("inbox.not_readable", "no")),
    placement=st.sampled_from(_PLACES),
)
_memories = st.builds(
    memory,
    st.lists(st.sampled_from(_CONTENTS[:3])),
    st.dictionaries(st.sampled_from(_NAMES), st.tuples(_contents, st.sampled_from(_PLACES))),
    st.lists(st.builds(waiting, st.sampled_from(_NAMES), _contents | st.none()), unique=True),
)


@given(
    st.lists(_files, max_size=4, unique_by=lambda one: one.arrival.file_uri),
    _memories,
    st.sets(_contents),
    st.sets(_contents),
)
def test_documents_are_articles_repeats_or_quarantined(
    batch: list[Taken], remembered: Memory, failing: set[bytes], meanwhile: set[bytes]
) -> None:
    settled = settle(batch, remembered)
    fails = pc.is_in(settled.documents["document_id"], value_set=pa.array([to_id(raw) for raw in failing], pa.string()))
    passed = settled.documents.filter(pc.invert(fails))
    lost = pa.concat_tables([settled.rejected, rejected(settled.documents.filter(fails))])
    known = {*remembered.known, *map(to_id, meanwhile)}

    outcomes = tell_apart(batch, passed, settled.repeats, lost, known)

    quarantine = without_waiting(outcomes.rejected, remembered.waiting)
    skipped = tables.SKIPPED.empty()
    landing = {
        "documents": outcomes.documents,
        "repeats": outcomes.repeats,
        "quarantine": quarantine,
        "skipped": skipped,
    }
    still = Counter(values(outcomes.rejected, "file_uri")) - Counter(values(quarantine, "file_uri"))
    check_law(settled.expected, receipts.count(landing), still)
    ids = values(outcomes.documents, "document_id")
    assert len(ids) == len(set(ids))
    assert not known & set(ids)
    for one in batch:
        _check_file(one, remembered, settled.expected.get(one.arrival.file_uri, 0))


def _check_file(one: Taken, remembered: Memory, expected: int) -> None:
    """A file that nobody has dealt with accounts for all that is in it."""
    file_id = getattr(one.outcome, "file_id", None)
    earlier = remembered.seen.get(one.arrival.file_uri, {}).get(file_id) if file_id else None
    if earlier is None and not isinstance(one.outcome, StillChanging):
        assert expected == 1
