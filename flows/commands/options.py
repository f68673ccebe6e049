"""The options that every command has, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from flows import places

if TYPE_CHECKING:
    from flows.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])


class Place(NamedTuple):
    """Which warehouse a command is about, as its options say."""

    data: str | None
    config: str | None

    def folder(self) -> Path:
        """Return the data folder; costs no more than the standard library."""
        return places.data_folder(self.data, self.config)

    def settings(self, **options: object) -> Settings:
        """Return all settings; costs the import of pydantic."""
        from flows import settings

        return settings.load({"data": self.data, **options}, config=self.config)


def with_place(function: Function) -> Function:
    """Give a command `--data` and `--config`; its parameters are `data` and `config`."""
    function = click.option(
        "--config",
        metavar="FILE",
        help="Settings file; by default copydesk.toml in the working folder, if there is one.",
    )(function)
    return click.option(
        "--data",
        metavar="DIR",
        help="Data folder; by default COPYDESK_DATA, else what copydesk.toml says, else ./data.",
    )(function)
