"""The samples are what docs/samples.md says: every trait is there, and every file is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"


def read(name: str) -> str:
    return (SAMPLES / name).read_bytes().decode("utf-8")


def test_every_sample_is_described_and_every_description_has_its_sample() -> None:
    described = re.findall(r"^\| `([^`]+\.txt)`", (ROOT / "docs" / "samples.md").read_text("utf-8"), re.MULTILINE)
    there = [file.relative_to(SAMPLES).as_posix() for file in SAMPLES.rglob("*.txt")]

    assert sorted(described) == sorted(there)


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("03-strike-called-world-desk.txt", r"\AHomeWorld News(.+)\n\n\1\n\n\1\n\n"),
        ("03-strike-called-world-desk.txt", r"Part of the article was reported by Meridian Press\.\n\Z"),
        ("04-strike-first-day-ledger.txt", r"\n(Nineteen ships) were [^.]+\.\1 were"),
        ("04-strike-first-day-ledger.txt", r"\n\nLeave a Comment\n\Z"),
        ("05-strike-second-day-broadcast.txt", r"\A([^\n]+\n){10}Source: OBN\n\Z"),
        ("06-strike-explained-harbour-review.txt", r"“[^”]+ »"),
        ("06-strike-explained-harbour-review.txt", r"\nCopyright 2024 Harbour Review Media Ltd\."),
        ("07-strike-settled-meridian.txt", r"\nPORT ELMS \(Meridian Press\) — "),
        ("09-strike-settled-other-foot.txt", r"\n\nShare this article\n\nRead more: "),
        ("22-court-bridge-verdict.txt", r"\n© 2024 Hadring Evening Post\n\Z"),
        ("26-greve-vue-du-large.txt", "«\u00a0Nous"),
    ],
)
def test_a_sample_has_its_trait(name: str, trait: str) -> None:
    assert re.search(trait, read(name))


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("21-science-deep-lake.txt", b"\xef\xbb\xbfLife"),
        ("23-economy-prices.txt", b"\x802.60"),
        ("30-archive/hollin-dam-evacuated.txt", b"homes\r\n\r\nEngineers"),
        ("30-archive/night-library.txt", b"sleep\r\n\r\nA library"),
    ],
)
def test_a_checkout_keeps_the_bytes_of_a_sample(name: str, mark: bytes) -> None:
    assert mark in (SAMPLES / name).read_bytes()


def test_the_settlement_is_there_twice_by_bytes_and_once_more_by_text() -> None:
    first, again, other_foot = (
        read(f"{name}.txt")
        for name in ("07-strike-settled-meridian", "08-strike-settled-same-bytes", "09-strike-settled-other-foot")
    )

    assert first == again
    assert first.removesuffix("Leave a Comment\n") == other_foot[: other_foot.index("Share this article")]


def test_the_articles_are_between_150_and_600_words_long() -> None:
    articles = [file for file in SAMPLES.rglob("*.txt") if "-fails-" not in file.name]
    words = {file.name: len(file.read_bytes().split()) for file in articles}

    assert len(articles) > 16
    assert {name: count for name, count in words.items() if not 150 <= count <= 600} == {}
