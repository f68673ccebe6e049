"""Words that lie in data files beside the code: names of classes and of meta elements."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


def word_list(file: str, key: str) -> tuple[str, ...]:
    """Return the words under `key` in a file of this folder, in their order."""
    return tuple(_read(file)[key].split())


def word_set(file: str, key: str) -> frozenset[str]:
    """Return the words under `key` in a file of this folder."""
    return frozenset(word_list(file, key))


@cache
def _read(file: str) -> dict[str, str]:
    return tomllib.loads(resources.files("transforms.read.page").joinpath(f"{file}.toml").read_text(encoding="utf-8"))
