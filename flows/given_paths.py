"""Paths that a person gave: whether they are there, how much they come to, how they are told to Prefect.

The standard library is all it needs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from flows.errors import WrongUse
from flows.file_names import SCHEME, path_of, uri_of


def check_paths(paths: Iterable[str | os.PathLike[str]]) -> None:
    """Raise WrongUse, before anything lands, when one of the given paths is not there."""
    for path in paths:
        if not os.path.lexists(path):
            raise WrongUse(
                "there is no such file or folder",
                os.fspath(path),
                "a path that was given has to exist",
                "check the spelling, or run `copydesk ingest` without paths to take the inbox",
            )


def are_few(paths: Iterable[str | os.PathLike[str]], *, files: int, size_bytes: int) -> bool:
    """Return whether the files at `paths` and below are no more than so many and so large; stops when they are."""
    for size in _sizes(paths):
        files -= 1
        size_bytes -= size
        if files < 0 or size_bytes < 0:
            return False
    return True


def to_text(path: str | os.PathLike[str]) -> str:
    """Return a path as text that may go into JSON: as it is, or as its address when its bytes are no UTF-8."""
    text = os.fspath(path)
    return text if _is_text(text) else uri_of(os.fsencode(os.path.abspath(text)))


def to_path(text: str) -> str:
    """Return the path that `to_text`, or a `file://` address, means."""
    return os.fsdecode(path_of(text)) if text.startswith(SCHEME) else text


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sizes(paths: Iterable[str | os.PathLike[str]]) -> Iterator[int]:
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in os.walk(path):
                yield from (_size(os.path.join(folder, name)) for name in names)
        else:
            yield _size(path)


def _size(path: str | os.PathLike[str]) -> int:
    try:
        return os.stat(path).st_size
    except OSError:  # what is wrong with it the run says, of the file itself
        return 0
