"""The sources a desk knows: one TOML file each in `sources/`, beside copydesk.toml."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from flows import places, setting_errors
from flows.errors import WrongSetting
from transforms.settings import SourceRule

FOLDER = "sources"


def load(folder: Path) -> tuple[SourceRule, ...]:
    """Return the rules of `folder`'s TOML files in order of their names; none when there is no such folder.

    A rule's `id` is the file's name without `.toml` unless it gives another.
    Raises WrongSetting for a key that no rule has, a value that it cannot have, and an id given twice.
    """
    files = sorted(folder.glob("*.toml"))
    rules = tuple(_rule(file) for file in files)
    taken: dict[str, Path] = {}
    for file, rule in zip(files, rules, strict=True):
        if rule.id in taken:
            raise WrongSetting(
                f"two sources are called `{rule.id}`",
                f"{taken[rule.id]} and {file}",
                "every row names its source by this id",
                "give one of them another `id`",
            )
        taken[rule.id] = file
    return rules


def _rule(file: Path) -> SourceRule:
    keys = {"id": file.stem} | places.read_toml(file)
    known = [field.name for field in dataclasses.fields(SourceRule)]
    for key in keys:
        if key not in known:
            raise setting_errors.unknown(key, f"key `{key}` in {file}", setting_errors.near_keys(key, known))
    try:
        return TypeAdapter(SourceRule).validate_python(keys)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise WrongSetting(
            f"key `{key}` of a source has a value it cannot have",
            str(file),
            f"{first['msg']}; it is {first['input']!r}",
            "correct the value; docs/settings.md shows the form",
        ) from error
