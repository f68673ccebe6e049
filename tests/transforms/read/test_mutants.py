"""No file, however broken, raises: it becomes rows or rejections. benchmarks/fuzz_readers.py runs longer."""

from __future__ import annotations

import hashlib
import io
import random
import tempfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import mutate, seeds
from reading import arrival

from transforms.prepare import prepare
from transforms.read import read
from transforms.settings import TransformSettings
from warehouse import tables

SEEDS = seeds()
LIMITS = TransformSettings(max_document_bytes=200_000, max_unpacked_bytes=5_000_000, max_members=200, max_rows=2_000)


def read_and_prepare(raw: bytes, name: str) -> int:
    """Return how many outcomes a file has; raises what no file may raise."""
    file = arrival(name)
    reading = read(io.BytesIO(raw), file, LIMITS)
    assert reading.file_id == hashlib.sha256(raw).hexdigest()[:32]
    documents = tables.DOCUMENTS.checked(reading.split.kept["documents"])
    rejected = tables.QUARANTINE.checked(reading.split.rejected)
    split = prepare(documents, {file.file_uri: replace(file, members=reading.members)}, LIMITS, strict=True)
    assert split.kept["articles"].num_rows + split.rejected.num_rows == documents.num_rows
    return documents.num_rows + rejected.num_rows + reading.split.kept["skipped"].num_rows


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_mutants_of_a_sample_end_as_rows(name: str) -> None:
    chance = random.Random(name)

    for _ in range(25):
        mutant = mutate(SEEDS[name], list(SEEDS.values()), chance)
        assert read_and_prepare(mutant, name) >= 0


@pytest.mark.parametrize("name", SEEDS)
def test_every_cut_of_a_sample_ends_as_rows(name: str) -> None:
    raw = SEEDS[name]

    for size in range(0, len(raw), max(len(raw) // 8, 1)):
        assert read_and_prepare(raw[:size], name) >= 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(SEEDS)), st.sampled_from(sorted(SEEDS)))
def test_the_head_of_one_format_and_the_name_of_another_end_as_rows(tail: bytes, head: str, name: str) -> None:
    assert read_and_prepare(SEEDS[head][:200] + tail, name) >= 1


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    for name, raw in SEEDS.items():
        read_and_prepare(raw, name)

    assert list(folder.iterdir()) == []
