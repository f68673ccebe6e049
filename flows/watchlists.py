"""The watchlists a desk knows: one TOML file each in `watchlists/`, beside copydesk.toml.

Costs the standard library alone, so that a list can be checked in a moment.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flows import places
from flows.errors import CopydeskError, WrongSetting, WrongUse
from transforms.watch.lists import Watchlist
from transforms.watch.query import QueryError, parse_phrase, parse_query
from transforms.watch.terms import AllOf, AnyOf, Not, Term, asks_for_a_phrase

FOLDER = "watchlists"
SUFFIX = ".toml"
PAGE = "docs/how-to/watchlists.md"
_PHRASES = ("any", "all", "none")
_TEXTS = ("sources", "languages")
_SWITCHES = ("match_case", "ignore_accents")
KEYS = ("name", *_PHRASES, "find", *_TEXTS, *_SWITCHES)
_MEANT = {
    **dict.fromkeys(("phrase", "phrases", "words", "keywords", "or", "match"), "any"),
    **dict.fromkeys(("and", "must"), "all"),
    **dict.fromkeys(("not", "exclude", "except", "without"), "none"),
    **dict.fromkeys(("near", "query", "search", "expression"), "find"),
    **dict.fromkeys(("case", "case_sensitive"), "match_case"),
    **dict.fromkeys(("accents", "umlauts", "fold"), "ignore_accents"),
    **dict.fromkeys(("lang", "language"), "languages"),
    **dict.fromkeys(("title", "id"), "name"),
}
"""What people write who know other systems."""


class Broken(NamedTuple):
    """A file that is no watchlist, and why."""

    file: Path
    error: CopydeskError


def folder(config: str | None = None) -> Path:
    """Return the folder of the watchlists: beside copydesk.toml, else in the working folder; it need not exist."""
    file = places.config_file(config)
    return (file.parent if file is not None else Path.cwd()) / FOLDER


def files(folder: Path) -> list[Path]:
    """Return the files of the lists in `folder` in order of their names; none when there is no such folder."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in sorted(names) if is_list(name)]


def is_list(name: str) -> bool:
    """Return whether a file of this name in the folder is a watchlist; editors leave hidden ones behind."""
    return name.endswith(SUFFIX) and not name.startswith(".")


def load(folder: Path) -> tuple[Watchlist, ...]:
    """Return the watchlists of a folder in order of their files' names; raise WrongSetting for the first broken one."""
    return tuple(map(read, files(folder)))


def look_over(listed: Sequence[Path]) -> tuple[list[Watchlist], list[Broken]]:
    """Return the watchlists of these files, and what is wrong with those that are none."""
    lists: list[Watchlist] = []
    broken: list[Broken] = []
    for file in listed:
        try:
            lists.append(read(file))
        except WrongSetting as error:
            broken.append(Broken(file, error))
    return lists, broken


def read(file: Path) -> Watchlist:
    """Return the watchlist that a file holds; raise WrongSetting, WrongUse when there is no such file."""
    if not file.exists():
        raise WrongUse("there is no such watchlist", str(file), "the file does not exist", "name a TOML file")
    if not file.stem.isprintable():
        raise _wrong(file, "a watchlist has a name that cannot be printed", "rows name the list by it", "rename it")
    keys = places.read_toml(file)
    for key in keys:
        if key not in KEYS:
            raise _unknown(file, key)
    phrases = {key: _list_of_texts(file, keys, key) for key in (*_PHRASES, *_TEXTS)}
    switches = {key: _value(file, keys, key, bool, "true or false", default=False) for key in _SWITCHES}
    find = _value(file, keys, "find", str, "a text in quotes", default=None)
    name = _value(file, keys, "name", str, "a text in quotes", default=file.stem)
    return Watchlist(
        file.stem,
        " ".join(name.split()) or file.stem,
        _to_term(file, phrases, find),
        sources=tuple(phrases["sources"]),
        languages=tuple(phrases["languages"]),
        **switches,
    )


def _to_term(file: Path, phrases: Mapping[str, Sequence[str]], find: str | None) -> Term:
    """Return what a list looks for: its keys joined by and."""
    parts: list[Term] = []
    any_of, all_of, none_of = (
        tuple(_read(file, key, parse_phrase, phrase) for phrase in phrases[key]) for key in _PHRASES
    )
    if any_of:
        parts.append(AnyOf(any_of))
    parts.extend(all_of)
    parts.extend(map(Not, none_of))
    if find is not None:
        parts.append(_read(file, "find", parse_query, find))
    term = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
    if not asks_for_a_phrase(term):
        raise _wrong(
            file,
            "a watchlist asks for no phrase" if parts else "a watchlist is empty",
            "what only says which phrases must not stand in an article would match nearly all of them"
            if parts
            else "it has none of the keys any, all, find",
            'write at least one phrase that has to be there, e.g. any = ["dockers", "harbour strike"]',
        )
    return term


def _read(file: Path, key: str, parse: Callable[[str], Term], text: str) -> Term:
    try:
        return parse(text)
    except QueryError as error:
        shown = "" if error.at is None else f", character {error.at + 1} of `{_around(text, error.at)}`"
        raise WrongSetting(
            "a watchlist cannot be read", f"key `{key}` in {file}{shown}", error.what, f"{error.advice}; see {PAGE}"
        ) from error


def _around(text: str, at: int, reach: int = 30) -> str:
    """Return the part of a query in which the error lies."""
    before, after = max(0, at - reach), at + reach
    return f"{'…' if before else ''}{text[before:after]}{'…' if after < len(text) else ''}"


def _list_of_texts(file: Path, keys: Mapping[str, Any], key: str) -> list[str]:
    value = keys.get(key, [])
    if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
        return value
    raise _wrong_value(file, key, value, 'a list of texts in quotes, e.g. ["one", "another"]')


def _value(file: Path, keys: Mapping[str, Any], key: str, type_: type, form: str, *, default: Any) -> Any:
    value = keys.get(key, default)
    if key in keys and not isinstance(value, type_):
        raise _wrong_value(file, key, value, form)
    return value


def _unknown(file: Path, key: str) -> WrongSetting:
    plain = key.lower().replace("-", "_")
    near = [_MEANT[plain]] if plain in _MEANT else difflib.get_close_matches(plain, KEYS, n=1)
    return WrongSetting(
        f"unknown key `{key}` in a watchlist",
        f"key `{key}` in {file}",
        f"a watchlist has no key of that name{f'; near it is `{near[0]}`' if near else ''}",
        f"{f'write `{near[0]}`' if near else 'take it out'}; its keys are {', '.join(KEYS)}: {PAGE}",
    )


def _wrong_value(file: Path, key: str, value: object, form: str) -> WrongSetting:
    return WrongSetting(
        f"key `{key}` of a watchlist has a value it cannot have",
        f"key `{key}` in {file}",
        f"it is {value!r}, and has to be {form}",
        f"correct the value; {PAGE} shows the form",
    )


def _wrong(file: Path, what: str, why: str, what_to_do: str) -> WrongSetting:
    return WrongSetting(what, str(file), why, f"{what_to_do}; see {PAGE}")
