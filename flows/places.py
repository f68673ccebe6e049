"""Where a person's data folder and copydesk.toml are, found with the standard library alone.

`sql`, `status` and `--help` need no more than this; everything else that can be set is in `flows.settings`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from flows.errors import WrongSetting, WrongUse

CONFIG_NAME = "copydesk.toml"
DATA_NAME = "data"
DATA_VARIABLE = "COPYDESK_DATA"
CONFIG_VARIABLE = "COPYDESK_CONFIG"


def data_folder(option: str | None, config: str | None = None) -> Path:
    """Return the data folder, absolute: `--data`, else COPYDESK_DATA, else `data` of copydesk.toml, else `./data`.

    A relative folder in copydesk.toml counts from that file. The folder need not exist.
    """
    if option is not None:
        return absolute(option, Path.cwd())
    if os.environ.get(DATA_VARIABLE):
        return absolute(os.environ[DATA_VARIABLE], Path.cwd())
    file = config_file(config)
    named = read_toml(file).get("data") if file is not None else None
    if file is None or named is None:
        return Path.cwd() / DATA_NAME
    if not isinstance(named, str) or not named:
        raise WrongSetting(
            "the data folder is not a path",
            f"key `data` in {file}",
            f"its value is {named!r}, and a path is a text in quotes",
            'write data = "some/folder"',
        )
    return absolute(named, file.parent)


def config_file(option: str | None) -> Path | None:
    """Return `--config`, else COPYDESK_CONFIG, else the working folder's copydesk.toml; None when there is none.

    Raises WrongUse when the option or the variable names no file.
    """
    option = option or os.environ.get(CONFIG_VARIABLE)
    if not option:
        found = Path.cwd() / CONFIG_NAME
        return found if found.is_file() else None
    named = absolute(option, Path.cwd())
    if not named.is_file():
        raise WrongUse(
            "the settings file cannot be read",
            str(named),
            "it is a folder" if named.is_dir() else "there is no such file",
            f"name a file with --config or {CONFIG_VARIABLE}, or neither to read ./{CONFIG_NAME}",
        )
    return named


def read_toml(file: Path) -> dict[str, Any]:
    """Return the keys of a TOML file; raise WrongSetting when it cannot be read as one."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSetting(
            "a settings file is not TOML", str(file), str(error), "correct the line; https://toml.io shows the form"
        ) from error
    except OSError as error:
        raise WrongSetting(
            "a settings file cannot be read", str(file), str(error.strerror), "let this user read it, or move it away"
        ) from error


def absolute(path: str | os.PathLike[str], base: Path) -> Path:
    """Return `path` as an absolute one counted from `base`, with `~` and `..` taken out and links left as they are."""
    return Path(os.path.normpath(base / Path(path).expanduser()))
