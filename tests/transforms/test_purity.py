"""Transforms are pure: no clock, network, environment or chance, and the same values in any order."""

from __future__ import annotations

import ast
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from transforms.clean import STEPS, clean
from transforms.clean.draft import Draft
from transforms.clean.mojibake import mend
from transforms.clean.paragraphs import split_paragraphs
from transforms.extract import EXTRACTORS, extract
from transforms.extract.damage import DETECTORS, find_damage
from transforms.extract.damage.language_words import language_words
from transforms.read import BY_FORMAT, read
from transforms.rows import Arrival, Cleaned, Reading, Story
from transforms.settings import TransformSettings

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
SETTINGS = TransformSettings()
FILES = sorted(
    [*(ROOT / "samples").glob("*.txt"), *(ROOT / "samples" / "formats").iterdir(), *SEEDS.glob("*.txt")],
    key=lambda path: path.name,
)

IMPURE_MODULES = frozenset(
    {
        "asyncio", "getpass", "http", "httpx", "locale", "multiprocessing", "platform", "random", "requests", "secrets",
        "shutil", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "uuid", "zoneinfo",
    }
)  # fmt: skip
IMPURE_CALLS = frozenset({"now", "today", "utcnow", "getenv", "environ", "urandom", "getcwd", "urlopen", "uuid4"})
EXCUSED = {
    "transforms/read/leaves.py": frozenset({"tempfile"}),
    "transforms/read/formats_page.py": frozenset({"sys"}),
}
"""Leaves that need random access are unpacked into a file that nobody sees; the page of formats is a command."""


MODULES = sorted((ROOT / "transforms").rglob("*.py"))


def _imported(tree: ast.AST) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module is not None}
    return {name.partition(".")[0] for name in names | named} | ({"urllib.request"} & (names | named))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_transform_asks_neither_clock_nor_network_nor_chance(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & IMPURE_CALLS
    excused = EXCUSED.get(str(path.relative_to(ROOT)), frozenset())
    assert _imported(tree) & (IMPURE_MODULES | {"urllib.request"}) <= excused
    assert asked == set()


def _readings() -> list[Reading]:
    readings = []
    for path in FILES:
        arrival = Arrival(f"file:///{path.name}", path.name, datetime(2024, 3, 4, tzinfo=UTC))
        for document in read(io.BytesIO(path.read_bytes()), arrival, SETTINGS).split.kept["documents"].to_pylist():
            reading = BY_FORMAT[document["format"]].parse(document["raw"], document["encoding"], SETTINGS)
            if isinstance(reading, Reading):
                readings.append(reading)
    return readings


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return _readings()


@pytest.fixture(scope="module")
def stories(readings: list[Reading]) -> list[Story]:
    arrival = Arrival("file:///a.txt", "a.txt", datetime(2024, 3, 4, tzinfo=UTC))
    cleaned = [(reading, clean(reading)) for reading in readings]
    return [Story(arrival, reading, each) for reading, each in cleaned if isinstance(each, Cleaned)]


def test_reading_twice_gives_the_same(readings: list[Reading]) -> None:
    assert len(readings) > len(FILES) // 2
    assert _readings() == readings


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_of_cleaning_gives_the_same_forwards_and_backwards(step, readings) -> None:  # type: ignore[no-untyped-def]
    drafts = [Draft(text := mend(reading.text).text, split_paragraphs(text)) for reading in readings]

    forwards = [step(draft) for draft in drafts]
    backwards = [step(draft) for draft in reversed(drafts)]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: extractor.__name__)
def test_an_extractor_gives_the_same_forwards_and_backwards(extractor, stories) -> None:  # type: ignore[no-untyped-def]
    forwards = [extractor(story) for story in stories]
    backwards = [extractor(story) for story in reversed(stories)]

    assert forwards == backwards[::-1]


def test_cleaning_extraction_and_damage_give_the_same_in_any_order(stories: list[Story]) -> None:
    def run(story: Story) -> tuple[object, ...]:
        body = story.cleaned.body
        flaws = [list(detector(body, language_words("en"))) for each in DETECTORS.values() for detector in each]
        return clean(story.reading), extract(story), find_damage(body, "en"), flaws

    forwards = [run(story) for story in stories]

    assert [run(story) for story in reversed(stories)][::-1] == forwards
