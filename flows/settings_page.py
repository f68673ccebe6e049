"""docs/settings.md: every setting with its type, default and meaning, written from `flows.settings`."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ByteSize
from pydantic.fields import FieldInfo

from flows.setting_errors import model_in
from flows.settings import NESTED, PREFIX, Settings
from transforms.settings import SourceRule

COMMAND = "python -m flows.settings_page docs/settings.md"

_INTRODUCTION = f"""\
# Settings

<!-- Written by `{COMMAND}`; a test fails when this page and flows/settings.py differ. -->

An option counts before an environment variable, that before `copydesk.toml`, and that before the default.
`copydesk.toml` is read from the working folder, or from where `--config` or `{PREFIX}CONFIG` say.
Relative folders in it count from the folder it lies in.
A key that Copydesk does not know is an error; so is an environment variable that is nearly one of these.
Sizes are bytes: a number, or a text such as `"16 MB"` (1000²) or `"64 MiB"` (1024²).
Several inboxes in `{PREFIX}INBOX` are separated as in `PATH`.

```toml
# copydesk.toml
data = "data"
batch_files = 200
keep_raw_max = "16 MB"

[schedules]
report = "30 5 * * *"
```
"""

_SOURCES = """\
## sources/*.toml

One file per source, in the folder `sources` beside `copydesk.toml`.
The first that matches a file or document names its source.

```toml
# sources/example-courier.toml
paths = ["courier/**"]
hosts = ["courier.example"]
```

## watchlists/*.toml

One file per [watchlist](how-to/watchlists.md), in the folder `watchlists` beside `copydesk.toml`.

```toml
# watchlists/harbour-strike.toml
any = ["dockers", "Hafenstreik*"]
```
"""


def main(arguments: Sequence[str]) -> None:
    """Write the page to the file that the one argument names; print it without one."""
    if arguments:
        Path(arguments[0]).write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")


def page() -> str:
    """Return the page as Markdown."""
    parts = [_INTRODUCTION, _section(Settings, "")]
    for name, field in Settings.model_fields.items():
        section = model_in(field.annotation)
        if section is not None:
            meaning = (section.__doc__ or "").strip().partition("\n")[0]
            parts.append(f"## [{name}]\n\n{meaning}\n\n{_section(section, name)}")
    parts.append(_SOURCES + "\n" + _table(("key", "type", "default", ""), _source_rows()))
    return "\n".join(parts)


def _section(model: type[BaseModel], name: str) -> str:
    rows = [
        (
            f"`{key}`",
            f"`{PREFIX}{f'{name}{NESTED}' if name else ''}{key}`".upper(),
            _type(field.annotation),
            _default(field),
            (field.description or "").replace("\n", " "),
        )
        for key, field in model.model_fields.items()
        if model_in(field.annotation) is None
    ]
    return _table(("key", "environment", "type", "default", ""), rows)


def _source_rows() -> Iterable[tuple[str, ...]]:
    meanings = {
        "id": "Name of the source in every row.",
        "paths": "Glob patterns over the file's path below its inbox; any may match.",
        "hosts": "Hosts of the canonical URL, without `www.`.",
        "columns": 'Our column by the source\'s name for it, in tables of articles: `columns = {"Volltext" = "body"}`.',
    }
    for field in dataclasses.fields(SourceRule):
        default = "the file's name" if field.name == "id" else "none"
        kind = {"id": "text", "columns": "table of texts"}.get(field.name, "list of texts")
        yield f"`{field.name}`", kind, default, meanings[field.name]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _type(annotation: Any) -> str:
    names = {Path: "path", str: "text", int: "integer", float: "number", bool: "true or false", ByteSize: "size"}
    annotation = getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
    if annotation in names:
        return names[annotation]
    if get_origin(annotation) is dict:
        return "texts by name"
    inner = [part for part in get_args(annotation) if part is not type(None) and part is not Ellipsis]
    if all(isinstance(part, str) for part in inner):
        return " or ".join(f"`{part}`" for part in inner)
    return ("list of " if "tuple" in str(annotation) else "") + " or ".join(_type(part) for part in inner)


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default_text" in extra:
        return str(extra["default_text"])
    if field.default is None or field.default_factory is not None:
        return "none"
    if isinstance(field.default, ByteSize):
        return field.default.human_readable(separator=" ")
    return f"`{os.fspath(field.default) if isinstance(field.default, Path) else field.default}`"


if __name__ == "__main__":
    main(sys.argv[1:])
