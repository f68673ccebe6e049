"""Values of a JSON file as it streams by: those of an array, of a list in an object, or one after another."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from transforms.read.decoding import UndecodableError, decode
from transforms.read.labels import find_codec
from transforms.read.limits import UnreadableError
from transforms.read.streams import look_at, read_piece
from transforms.settings import MEBIBYTE

LIST_KEYS = frozenset(
    (
        "items",
        "articles",
        "docs",
        "documents",
        "data",
        "results",
        "records",
        "rows",
        "entries",
        "posts",
        "stories",
        "hits",
    )
)
"""Keys under which an object holds the list that it was sent for."""

_FIRST_BYTES = MEBIBYTE
_PIECE_CHARS = 64 * 1024
_COUNTED_CHARS = 2 * MEBIBYTE
_MAX_MARKS = 1_000_000
_SPACE = re.compile(r"[ \t\r\n\ufeff\x1e]*")
_OPENS_OBJECT = re.compile(r"\[\s*\{")
_LONGEST_WORD = len("-Infinity") + 3
_WITHOUT_MARK = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_DECODER = json.JSONDecoder(parse_constant=lambda name: None)


class JsonStreamError(ValueError):
    """The file can't be read on; `reason` is the quarantine's, the message says where and why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Value(NamedTuple):
    """A value, and the byte at which it begins."""

    value: Any
    offset_bytes: int


class JsonStream:
    """A JSON file, of which about one value is held at a time; none may have more than `limit_bytes`."""

    def __init__(self, source: BinaryIO, limit_bytes: int) -> None:
        self._source = source
        self._limit = limit_bytes
        self._text = ""
        self._at = 0
        self._base = 0
        self._at_end = False
        self.encoding = "utf-8"
        self._decoder: codecs.IncrementalDecoder | None = None

    def rows(self) -> Iterator[Value]:
        """Yield the values that the file was made for; raise JsonStreamError where it can't be read on."""
        while mark := self._next_mark():
            if mark == "[":
                yield from self._array()
            elif mark == "{":
                yield from self._object()
            elif mark == ",":
                self._at += 1
            else:
                offset = self._offset()
                yield Value(self._value(), offset)

    def _array(self) -> Iterator[Value]:
        self._at += 1
        if self._next_mark() == "]":
            self._at += 1
            return
        while True:
            self._next_mark()
            offset = self._offset()
            yield Value(self._value(), offset)
            if self._take_one_of(",]") == "]":
                return

    def _object(self) -> Iterator[Value]:
        """Yield what a list in an object holds; without such a list, or beside a text of its own, the object itself."""
        offset = self._offset()
        self._at += 1
        fields: dict[str, Any] = {}
        has_list = False
        if self._next_mark() == "}":
            self._at += 1
            yield Value(fields, offset)
            return
        while True:
            self._next_mark()
            key = self._value()
            if not isinstance(key, str):
                raise self._error("read.not_json", "a name was expected")
            self._take_one_of(":")
            if self._next_mark() == "[" and key.lower() in LIST_KEYS and self._opens_objects():
                has_list = True
                yield from self._array()
            else:
                fields[key] = self._value()
            if self._offset() - offset > self._limit and not has_list:
                raise self._too_large()
            if self._take_one_of(",}") == "}":
                break
        if not has_list or any(isinstance(fields.get(name), str) for name in ("text", "body", "content")):
            yield Value(fields, offset)

    def _value(self) -> Any:
        """Return the value that begins here, reading on as long as it does not end."""
        while True:
            self._refuse_too_many()
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_open = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _LONGEST_WORD
                if not is_open or self._at_end:
                    self._at = min(error.pos, len(self._text))
                    raise self._error(
                        "read.not_json", error.msg if not self._at_end else self._say_end(error)
                    ) from error
            except RecursionError as error:
                raise self._error("read.json_limits", "objects and lists are nested too deep") from error
            except ValueError as error:
                raise self._error("read.not_json", str(error)) from error
            else:
                if end < len(self._text) or self._at_end:
                    self._at = end
                    return value
            self._fill()

    def _say_end(self, error: json.JSONDecodeError) -> str:
        return f"{error.msg}, and the file ends" if error.pos >= len(self._text) - _LONGEST_WORD else error.msg

    def _take_one_of(self, marks: str) -> str:
        mark = self._next_mark()
        if not mark or mark not in marks:
            raise self._error("read.not_json", f"{' or '.join(map(repr, marks))} was expected, not {mark or 'the end'}")
        self._at += 1
        return mark

    def _opens_objects(self) -> bool:
        """Return whether a list with an object in it begins here."""
        while len(self._text) - self._at < _PIECE_CHARS and not self._at_end:
            self._fill()
        return _OPENS_OBJECT.match(self._text, self._at) is not None

    def _next_mark(self) -> str:
        """Go to the next character that is no space; return it, or the empty string at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = self._at if space is None else space.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._at_end:
                return ""
            self._fill()

    def _fill(self) -> None:
        """Read on: as much again as is held, so that a long value is not begun too often."""
        self._base = self._offset()
        held = self._text[self._at :]
        if len(held) > self._limit:
            raise self._too_large()
        self._text, self._at = held, 0
        wanted = max(_PIECE_CHARS, min(len(held), self._limit))
        pieces = [held]
        while wanted > 0 and not self._at_end:
            piece = self._read()
            wanted -= len(piece)
            pieces.append(piece)
        self._text = "".join(pieces)

    def _read(self) -> str:
        if self._decoder is None:
            return self._read_first()
        piece = read_piece(self._source)
        self._at_end = not piece
        try:
            return self._decoder.decode(piece, not piece)
        except UnicodeDecodeError as error:
            raise self._error("read.not_utf8", f"the bytes are no {self.encoding}: {error.reason}") from error

    def _read_first(self) -> str:
        """Return the first text of the file, all of it where it is short; then the encoding may be an old one."""
        first, _ = look_at(self._source, _FIRST_BYTES)
        self._at_end = len(first) < _FIRST_BYTES and not _is_broken(self._source)
        detected = str(json.detect_encoding(first))
        self._base = {"utf-8-sig": 3, "utf-16": 2, "utf-32": 4}.get(detected, 0)
        self.encoding = detected.removesuffix("-sig")
        self._decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            if self._at_end and self.encoding == "utf-8":
                decoded = decode(first)
                self.encoding = decoded.encoding
                return decoded.text
            return self._decoder.decode(first, self._at_end).removeprefix("\ufeff")
        except (UnicodeDecodeError, UndecodableError) as error:
            raise self._error("read.not_utf8", f"no encoding explains the bytes: {error}") from error

    def _offset(self) -> int:
        passed = self._text[: self._at]
        if self.encoding == "utf-8" and passed.isascii():
            return self._base + len(passed)
        return self._base + len(passed.encode(_WITHOUT_MARK.get(self.encoding, find_codec(self.encoding)), "replace"))

    def _refuse_too_many(self) -> None:
        """Raise where a value has more parts than may be held as objects."""
        if len(self._text) - self._at <= _COUNTED_CHARS:
            return
        marks = sum(self._text.count(mark, self._at) for mark in "{[,:")
        if marks > _MAX_MARKS:
            raise self._error("read.json_limits", f"more than {_MAX_MARKS} values in one")

    def _too_large(self) -> JsonStreamError:
        return self._error(
            "read.document_too_large",
            f"it goes on beyond max_document_bytes = {self._limit}; raise the limit, or divide it",
        )

    def _error(self, reason: str, why: str) -> JsonStreamError:
        line = "the value at byte" if reason == "read.document_too_large" else "at byte"
        return JsonStreamError(reason, f"{line} {self._offset()}: {why}; what follows was not read: mend the file")


def _is_broken(stream: BinaryIO) -> bool:
    """Return whether a stream that gives no more bytes does so because it is damaged; it says so again when asked."""
    try:
        return bool(read_piece(stream))
    except UnreadableError:
        return True
