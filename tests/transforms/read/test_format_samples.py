"""The samples of packed and tabular formats are one article each, the same in all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from mutants import seeds
from reading import arrival

from transforms.prepare import prepare
from transforms.read import BY_FORMAT, read
from transforms.settings import TransformSettings

SAMPLES = seeds()
OF_ROWS = ("array.json", "jsonl", "csv", "tsv", "parquet", "trafilatura.json", "trafilatura.tsv", "newspaper4k.json")
OF_ROWS_TOO = ("news-please.json", "fundus.json", "datatrove.jsonl", "dolma.jsonl.gz")
PACKED = ("txt.gz", "txt.bz2", "txt.xz", "txt.zst", "zip", "tar", "tar.gz", "warc", "warc.gz")


def articles(name: str) -> Iterator[dict[str, Any]]:
    file = replace(arrival(name), received_at=arrival(name).received_at.replace(year=2025))
    reading = read(io.BytesIO(SAMPLES[name]), file, TransformSettings())
    assert reading.split.rejected.num_rows == 0
    documents = reading.split.kept["documents"]
    split = prepare(
        documents, {file.file_uri: replace(file, members=reading.members)}, TransformSettings(), strict=True
    )
    assert split.rejected.num_rows == 0
    yield from split.kept["articles"].to_pylist()


EXPECTED = next(articles("bridge-verdict.txt.gz"))


@pytest.mark.parametrize("form", [*OF_ROWS, *OF_ROWS_TOO, *PACKED])
def test_a_sample_is_the_one_article(form: str) -> None:
    (article,) = articles(f"bridge-verdict.{form}")

    assert article["body"] == EXPECTED["body"]
    assert article["headline"] == "Engineer cleared over fall of Larkwater bridge"


@pytest.mark.parametrize("form", [*OF_ROWS, *OF_ROWS_TOO, "warc", "warc.gz"])
def test_a_row_gives_the_values_that_its_format_has(form: str) -> None:
    (article,) = articles(f"bridge-verdict.{form}")

    if form != "dolma.jsonl.gz":
        assert article["published_on"].isoformat() == "2024-06-14"
    if form not in ("dolma.jsonl.gz", "trafilatura.tsv"):
        assert article["authors"] == ["Tamsin Holloway"]
    assert article["source"] != "unknown"
    assert article["language"] == "en"


def test_documents_can_be_read_alone_from_their_raw() -> None:
    for form in (*OF_ROWS, *OF_ROWS_TOO, *PACKED):
        reading = read(io.BytesIO(SAMPLES[f"bridge-verdict.{form}"]), arrival(form), TransformSettings())
        for row in reading.split.kept["documents"].to_pylist():
            again = read(io.BytesIO(row["raw"]), arrival(form), TransformSettings())
            assert again.split.kept["documents"]["document_id"].to_pylist() == [row["document_id"]]
            assert BY_FORMAT[row["format"]].parse(row["raw"], row["encoding"], TransformSettings())
