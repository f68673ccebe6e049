"""Why a setting was refused, for a person: the key, where it stands, and what was probably meant."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError

from flows.errors import WrongSetting

_LIST = "docs/settings.md lists them all"
_VARIABLE_SIMILARITY = 0.75
"""Platforms set variables of their own under a service's name (COPYDESK_SERVICE_HOST): only misspelt ones count."""


class Origins(NamedTuple):
    """Where the values of one call can have come from."""

    options: Sequence[str]
    file: Path | None
    prefix: str
    nested: str

    def find(self, key: Sequence[str], environment: Iterable[str] = ()) -> str:
        """Return where `key` was set, in the order of precedence."""
        if key[0] in self.options:
            return f"option --{key[0].replace('_', '-')}"
        variables = (self.prefix + self.nested.join(key).upper(), self.prefix + key[0].upper())
        for variable in environment:
            if variable.upper() in variables:
                return f"environment variable {variable}"
        return f"key `{'.'.join(key)}` in {self.file}" if self.file is not None else f"key `{'.'.join(key)}`"


def check_variables(environment: Mapping[str, str], model: type[BaseModel], origins: Origins) -> None:
    """Raise WrongSetting for an environment variable that is nearly, but not quite, one of the settings."""
    known = list(_variable_keys(model, origins.nested))
    for variable in sorted(environment):
        key = variable.upper().removeprefix(origins.prefix)
        if key == variable.upper() or key in known:
            continue
        near = difflib.get_close_matches(key, known, n=3, cutoff=_VARIABLE_SIMILARITY)
        if near:
            raise unknown(variable, f"environment variable {variable}", [origins.prefix + name for name in near])


def unknown(key: str, where: str, near: Sequence[str]) -> WrongSetting:
    """Return the error for a key that nobody knows."""
    meant = " or ".join(f"`{name}`" for name in near)
    return WrongSetting(
        f"unknown setting `{key}`",
        where,
        f"Copydesk has no setting of that name{f'; near it is {meant}' if near else ''}",
        f"{f'write {meant}' if near else 'take it out'}; {_LIST}",
    )


def explain(error: ValidationError, model: type[BaseModel], origins: Origins) -> WrongSetting:
    """Return the first of pydantic's complaints in four parts."""
    first = error.errors(include_url=False)[0]
    key = [str(part) for part in first["loc"]]
    where = origins.find(key, os.environ)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        return unknown(key[-1], where, near_keys(key[-1], _section(model, key[:-1]).model_fields))
    return WrongSetting(
        f"setting `{'.'.join(key)}` has a value it cannot have{more}",
        where,
        f"{first['msg'].removeprefix('Value error, ')}; it is {first['input']!r}",
        f"correct the value, or take it out to get the default; {_LIST}",
    )


def near_keys(key: str, known: Iterable[str]) -> list[str]:
    """Return up to three known keys that look like `key`, the most similar first."""
    return difflib.get_close_matches(key.lower().replace("-", "_"), list(known), n=3)


def _variable_keys(model: type[BaseModel], nested: str) -> Iterable[str]:
    for name, field in model.model_fields.items():
        yield name.upper()
        section = model_in(field.annotation)
        if section is not None:
            yield from (f"{name}{nested}{key}".upper() for key in section.model_fields)


def _section(model: type[BaseModel], path: Sequence[str]) -> type[BaseModel]:
    for name in path:
        section = model_in(model.model_fields[name].annotation) if name in model.model_fields else None
        if section is None:
            return model
        model = section
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field of this annotation holds, or None when it holds a single value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for model in map(model_in, get_args(annotation)) if model is not None), None)
