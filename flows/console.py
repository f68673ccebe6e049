"""What the command says to people: on stderr, in plain text, safe for any terminal.

Data goes to stdout and is no business of this module.
Text from articles and names of files are data: `printable` makes their control characters visible.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from flows.errors import CopydeskError

PLAIN_WIDTH = 100
"""Columns when stderr is no terminal."""
PLAIN_PAUSE_SECONDS = 5.0
"""Progress in a log is a line every few seconds, not every step."""

_NEVER_RAW = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories that steer a terminal, reorder the line or have no glyph."""
_JOINERS = "\u200c\u200d"
"""Format characters that Persian, Indic scripts and emoji need inside words; they steer nothing."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The log lies on a disk that is full: a line that cannot be written ends nobody's work."""


def printable(text: str) -> str:
    """Return `text` on one line, with all that could steer a terminal written as an escape.

    A line break or tab becomes a space; other control, bidirectional and format characters become `\\x1b`, `\\u202e`.
    """
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def say(line: str = "") -> None:
    """Print one line for people on stderr; `line` is trusted, its data already `printable`."""
    _listeners[-1](line)


def write_line(line: str) -> None:
    """Write one line to stderr, whoever listens to what is said."""
    _write(sys.stderr, line + "\n")


_listeners: list[Callable[[str], None]] = [write_line]


@contextmanager
def said_to(listener: Callable[[str], None]) -> Iterator[None]:
    """Hand every line that is said within a block, by any thread, to `listener` instead of stderr."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def say_error(error: CopydeskError) -> None:
    """Print the four parts of `error`, each on its line."""
    for line in error.lines():
        say(printable(line))


def width() -> int:
    """Return how many columns stderr has."""
    return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if sys.stderr.isatty() else PLAIN_WIDTH


def heading(text: str) -> str:
    """Return `text` as a heading: bold on a terminal, else underlined by nothing but its place."""
    return f"\x1b[1m{text}\x1b[0m" if _colours() else text


def cut(text: str, columns: int) -> str:
    """Return `text` made printable and no wider than `columns`, with … where it was cut."""
    shown = printable(text)
    if _columns(shown) <= columns:
        return shown
    room = columns - 1
    for at, character in enumerate(shown):
        room -= _columns(character)
        if room < 0:
            return shown[:at] + "…"
    return shown


def pad(text: str, columns: int) -> str:
    """Return `text` filled with spaces to `columns`; wide characters count two."""
    return text + " " * (columns - _columns(text))


def aligned(rows: Iterable[Sequence[object]], *, headings: Sequence[str] = (), indent: int = 2) -> list[str]:
    """Return `rows` as lines with aligned columns, numbers to the right, the last column cut to the terminal."""
    cells = [[_cell(value) for value in row] for row in rows]
    if headings:
        cells.insert(0, list(headings))
    if not cells:
        return []
    widths = [max(_columns(cell) for cell in column) for column in zip(*cells, strict=True)]
    widths[-1] = max(1, min(widths[-1], width() - indent - sum(widths[:-1]) - 2 * (len(widths) - 1)))
    return [" " * indent + "  ".join(_aligned_cells(row, widths)).rstrip() for row in cells]


def beside(left: Sequence[str], right: Sequence[str], *, columns: int) -> list[str]:
    """Return two texts side by side, each wrapped to half of `columns`."""
    half = max(10, (columns - 3) // 2)
    lefts = [line for paragraph in left for line in _wrapped(paragraph, half)]
    rights = [line for paragraph in right for line in _wrapped(paragraph, half)]
    height = max(len(lefts), len(rights))
    lefts += [""] * (height - len(lefts))
    rights += [""] * (height - len(rights))
    return [f"{pad(one, half)} │ {other}".rstrip() for one, other in zip(lefts, rights, strict=True)]


def bytes_text(size: int) -> str:
    """Return a size for people: `812 B`, `14.2 kB`, `3.1 GB` (decimal units)."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def seconds_text(seconds: float) -> str:
    """Return a duration for people: `34 ms`, `2.4 s`, `3 min 05 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


class Progress:
    """What is going on right now: one line that changes on a terminal, a line now and then in a log."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._last_line_at: float | None = None
        self._shown = False

    def __call__(self, text: str) -> None:
        """Show `text`; in a log it is left out when the last line was a moment ago."""
        if self._live:
            _write(self._stream, "\r\x1b[K" + cut(text, width() - 1))
            self._shown = True
            return
        now = time.monotonic()
        if self._last_line_at is None or now - self._last_line_at >= PLAIN_PAUSE_SECONDS:
            self._last_line_at = now
            _write(self._stream, printable(text) + "\n")

    def close(self) -> None:
        """Take the changing line away, so that what follows starts on a clean one."""
        if self._shown:
            _write(self._stream, "\r\x1b[K")
            self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _visible(character: str) -> str:
    if character in "\t\n\r\v\f\x85\u2028\u2029":
        return " "
    if unicodedata.category(character) not in _NEVER_RAW or character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return printable(str(value))


def _aligned_cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(columns) if cell.replace(",", "").isdigit() else pad(cut(cell, columns), columns)
        for cell, columns in zip(row, widths, strict=True)
    ]


def _wrapped(text: str, columns: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in printable(text).split(" "):
        candidate = f"{line} {word}" if line else word
        if _columns(candidate) <= columns:
            line = candidate
        else:
            lines.append(line)
            line = cut(word, columns)
    return [*lines, line]


def _colours() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
