"""Watchlists as files: what they can say, and what is said of those that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import watchlists
from flows.errors import WrongSetting, WrongUse
from transforms.watch.lists import Watched
from transforms.watch.matcher import Matcher

EXAMPLES = Path(__file__).parents[2] / "docs" / "watchlists"


def write(folder: Path, text: str, name: str = "strikes.toml") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def matches(file: Path, body: str) -> bool:
    return bool(Matcher([watchlists.read(file)]).match(Watched(None, body, "gazette", "en")))


def refusal(file: Path) -> list[str]:
    with pytest.raises(WrongSetting) as caught:
        watchlists.read(file)
    assert all((caught.value.what, caught.value.where, caught.value.why, caught.value.what_to_do))
    return caught.value.lines()


def test_any_all_and_none_are_joined_by_and(tmp_path: Path) -> None:
    file = write(tmp_path, 'any = ["dockers", "harbour*"]\nall = ["strike", "port"]\nnone = ["football"]')

    assert matches(file, "dockers on strike in the port")
    assert not matches(file, "on strike in the port")
    assert not matches(file, "dockers in the port")
    assert not matches(file, "dockers on strike in the port, football")


def test_find_is_joined_to_the_rest(tmp_path: Path) -> None:
    file = write(tmp_path, """find = '(dockers or "harbour workers") near/3 strike'\nnone = ["football"]""")

    assert matches(file, "harbour workers on strike")
    assert not matches(file, "harbour workers on strike, not football")


def test_a_phrase_in_a_list_is_no_query(tmp_path: Path) -> None:
    file = write(tmp_path, 'any = ["death and taxes"]')

    assert matches(file, "Death and taxes")
    assert not matches(file, "taxes, death")


def test_the_name_of_the_file_names_a_list_without_name(tmp_path: Path) -> None:
    read = watchlists.read(write(tmp_path, 'any = ["strike"]'))
    named = watchlists.read(write(tmp_path, 'name = "Strikes\\n all over"\nany = ["strike"]'))

    assert (read.id, read.name) == ("strikes", "strikes")
    assert named.name == "Strikes all over"
    assert named.version == read.version


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('phrases = ["a1"]', "unknown key `phrases`", "write `any`"),
        ('any = ["a1"]\nlanguage = ["en"]', "unknown key `language`", "write `languages`"),
        ('any = ["a1"]\nsuorces = ["ap"]', "unknown key `suorces`", "write `sources`"),
        ('any = ["a1"]\nMatch-Case = true', "unknown key `Match-Case`", "write `match_case`"),
        ('any = ["a1"]\nwibble = 1', "unknown key `wibble`", "its keys are name, any"),
        ('any = "a1"', "key `any` of a watchlist", 'a list of texts in quotes, e.g. ["one"'),
        ('any = ["a1", 2]', "key `any` of a watchlist", "['a1', 2]"),
        ('any = ["a1", " "]', "key `any` of a watchlist", "a list of texts"),
        ('any = ["a1"]\nmatch_case = "yes"', "key `match_case` of a watchlist", "true or false"),
        ('any = ["a1"]\nname = 7', "key `name` of a watchlist", "a text in quotes"),
        ('name = "Empty"', "a watchlist is empty", 'any = ["dockers"'),
        ('none = ["a1"]', "a watchlist asks for no phrase", "at least one phrase that has to be there"),
        ('find = "a1 or not b1"', "a watchlist asks for no phrase", "at least one phrase"),
        ('any = ["!"]', "a watchlist cannot be read", "no letter or digit"),
        ('find = "harbour strike"', "a watchlist cannot be read", "character 9 of `harbour strike`"),
        ("any = [", "a settings file is not TOML", "correct the line"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str, what: str, hint: str) -> None:
    told = "\n".join(refusal(write(tmp_path, text)))

    assert what in told
    assert hint in told
    assert "strikes.toml" in told


def test_a_long_query_is_shown_around_its_error(tmp_path: Path) -> None:
    told = refusal(write(tmp_path, f"find = '{' or '.join(['harbour'] * 50)} strike'"))

    assert "…harbour or harbour or harbour strike`" in told[1]


def test_lists_are_read_in_order_and_hidden_files_left_alone(tmp_path: Path) -> None:
    write(tmp_path, 'any = ["b1"]', "b.toml")
    write(tmp_path, 'any = ["a1"]', "a.toml")
    write(tmp_path, "swap", ".a.toml")
    write(tmp_path, "notes", "notes.txt")

    assert [one.id for one in watchlists.load(tmp_path)] == ["a", "b"]
    assert watchlists.load(tmp_path / "nowhere") == ()


def test_all_broken_files_are_told_beside_the_good_ones(tmp_path: Path) -> None:
    files = [
        write(tmp_path, text, name) for name, text in {"a.toml": "", "b.toml": 'any = ["b1"]', "c.toml": "x"}.items()
    ]

    lists, broken = watchlists.look_over(files)

    assert [one.id for one in lists] == ["b"]
    assert [one.file.name for one in broken] == ["a.toml", "c.toml"]


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="there is no such watchlist"):
        watchlists.read(tmp_path / "none.toml")


def test_the_examples_of_the_documentation_can_be_read() -> None:
    assert [one.id for one in watchlists.load(EXAMPLES)] == ["court-verdicts", "harbour-strike"]


def test_the_example_finds_the_strike_among_the_samples() -> None:
    matcher = Matcher(watchlists.load(EXAMPLES))
    found: dict[str, list[str]] = {"harbour-strike": [], "court-verdicts": []}
    for file in sorted((EXAMPLES.parents[1] / "samples").glob("*.txt")):
        for match in matcher.match(Watched(None, file.read_text("utf-8", "replace"), "sample", "en")):
            found[match.watchlist.id].append(file.name)

    strike = [name for name in found["harbour-strike"] if "strike" in name]
    assert len(strike) == 11
    assert "26-greve-vue-du-large.txt" in found["harbour-strike"]
    assert found["court-verdicts"] == ["22-court-bridge-verdict.txt"]
    assert not [name for name in found["harbour-strike"] if name.startswith(("20", "21", "22", "24"))]
