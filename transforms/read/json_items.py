"""Items of a JSON file: objects one after the other, in an array, or in the array `items` of an object.

Each is cut out as its own bytes while the file streams by, so that one broken item costs only itself.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from transforms.read.columns import Given
from transforms.read.decoding import UndecodableError, decode

NOT_JSON = "read.not_json"
TOO_LARGE = "read.document_too_large"
ITEMS = b'"items"'

_CHUNK = 64 * 1024
_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')
_TOKEN = re.compile(r'"(?P<key>(?:[^"\\]|\\.)*+)"(?=\s*:)|"(?:[^"\\]|\\.)*+"()|[{}\[\]]')
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"\x00\x00\xfe\xff", b"{\x00", b"\x00{", b"[\x00", b"\x00[")


class JsonError(ValueError):
    """JSON that can't be read: `reason` is the quarantine's, the message says where and why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Loaded(NamedTuple):
    """A JSON value, and whether an object of it names one key twice (the later stands)."""

    value: Given
    has_duplicates: bool


class JsonItem(NamedTuple):
    """The bytes of an object, and where in the file it begins."""

    raw: bytes
    offset_bytes: int
    line: int


class JsonRest(NamedTuple):
    """What is around the items, as an object without them; comes last, once."""

    head: bytes
    failure: JsonError | None


class _Scan:
    """How far a file was looked through; positions are offsets in `buffer`."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.buffer = bytearray()
        self.base = 0
        """Offset of the buffer in the file."""
        self.line = 1
        """Line of the buffer's first byte."""
        self.at = 0
        self.in_string = False
        self.depth = 0
        self.level: int | None = 0
        """Depth at which items lie; None when no more can come."""
        self.start: int | None = None
        """Where the current item begins."""
        self.is_top_object = False
        self.last_string = (0, 0)
        self.head = bytearray()


def read_items(source: BinaryIO, limit_bytes: int) -> Iterator[JsonItem | JsonRest]:
    """Yield the objects of a file as bytes of UTF-8, then the rest; memory: one item of `limit_bytes`."""
    scan = _Scan(limit_bytes)
    try:
        for chunk in _chunks(source, limit_bytes):
            scan.buffer += chunk
            yield from _take_items(scan)
            if len(scan.buffer) + len(scan.head) > limit_bytes:
                raise _too_large(scan)
        _refuse_cut(scan)
    except JsonError as error:
        yield JsonRest(b"", error)
        return
    yield JsonRest(bytes(scan.head + scan.buffer), None)


def load(raw: bytes, *, line: int = 1) -> Loaded:
    """Return the value of `raw`; raise JsonError with line and column. `line` is that of its first byte in the file."""
    duplicates: list[str] = []
    try:
        value = json.loads(
            _without_halves(raw.decode("utf-8-sig")),
            parse_constant=_refuse_constant,
            object_pairs_hook=lambda pairs: _to_object(pairs, duplicates),
        )
    except json.JSONDecodeError as error:
        raise JsonError(NOT_JSON, _detail(line + error.lineno - 1, error.colno, error.msg)) from error
    except RecursionError as error:
        raise JsonError("read.json_limits", _detail(line, 1, "objects and arrays are nested too deep")) from error
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = (line + before.count(b"\n"), error.start - before.rfind(b"\n"))
        raise JsonError("read.not_utf8", _detail(*place, "the bytes are no UTF-8")) from error
    except ValueError as error:
        raise JsonError(NOT_JSON, _detail(line, 1, str(error))) from error
    return Loaded(value, bool(duplicates))


def dump(value: Given) -> bytes:
    """Return a value as canonical JSON in UTF-8: no space, keys in their order."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


class Keys(NamedTuple):
    """Keys of a file's first object, of the first item within it or within an array; as far as its head shows them."""

    top: frozenset[str]
    item: frozenset[str]


def find_keys(head: bytes) -> Keys:
    """Return the keys that open a JSON file; none for what is no JSON."""
    text = _narrow(head).decode("utf-8", "ignore").removeprefix("\ufeff").lstrip()
    if text[:1] not in ("{", "["):
        return Keys(frozenset(), frozenset())
    found: tuple[set[str], set[str]] = (set(), set())
    open_marks: list[str] = []
    key = ""
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark[0] == '"' and token["key"] is None:
            continue
        if mark in "{[":
            open_marks.append("i" if mark == "[" and open_marks == ["{"] and key == "items" else mark)
        elif mark in "}]":
            open_marks = open_marks[:-1]
            if not open_marks:
                break
        else:
            key = token["key"]
            if open_marks == ["{"]:
                found[0].add(key)
            elif open_marks in (["[", "{"], ["{", "i", "{"]):
                found[1].add(key)
    return Keys(frozenset(found[0]), frozenset(found[1]))


def _chunks(source: BinaryIO, limit_bytes: int) -> Iterator[bytes]:
    """Yield a file in chunks of UTF-8 without byte order mark."""
    chunk = source.read(_CHUNK)
    if chunk.startswith(_WIDE_MARKS):
        raw = chunk + source.read(max(limit_bytes + 1 - len(chunk), 0))
        yield _narrow(raw)
        return
    chunk = chunk.removeprefix(codecs.BOM_UTF8)
    while chunk:
        yield chunk
        chunk = source.read(_CHUNK)


def _narrow(raw: bytes) -> bytes:
    """Return JSON in UTF-16 or UTF-32 as UTF-8."""
    try:
        encoding = json.detect_encoding(raw)
        return raw if encoding in ("utf-8", "utf-8-sig") else raw.decode(encoding, "replace").encode("utf-8")
    except (UnicodeError, UndecodableError):
        return decode(raw).text.encode("utf-8")


def _take_items(scan: _Scan) -> Iterator[JsonItem]:
    while scan.at < len(scan.buffer):
        pattern = _INSIDE if scan.in_string else _OUTSIDE
        match = pattern.search(scan.buffer, scan.at)
        if match is None:
            scan.at = len(scan.buffer)
            return
        mark = match.group()
        if mark == b"\\":
            if match.end() == len(scan.buffer):
                return
            scan.at = match.end() + 1
            continue
        scan.at = match.end()
        if mark == b'"':
            _note_string(scan, match.start())
        elif mark in b"{[":
            _open(scan, mark)
        elif (item := _close(scan)) is not None:
            yield item


def _note_string(scan: _Scan, start: int) -> None:
    scan.last_string = (scan.last_string[0], start + 1) if scan.in_string else (start, start)
    scan.in_string = not scan.in_string


def _open(scan: _Scan, mark: bytes) -> None:
    before = scan.depth
    scan.depth += 1
    if before == 0:
        scan.is_top_object = mark == b"{"
    if mark == b"[" and before == 0 and scan.level == 0:
        scan.level = 1
        _drop(scan, scan.at)
    elif mark == b"[" and before == 1 and scan.level == 0 and scan.is_top_object and _is_items_key(scan):
        scan.level = 2
        scan.head += scan.buffer[: scan.at]
        scan.start = None
        _drop(scan, scan.at)
    elif before == scan.level and scan.start is None and mark == b"{":
        scan.start = scan.at - 1


def _close(scan: _Scan) -> JsonItem | None:
    scan.depth -= 1
    if scan.depth < 0:
        raise JsonError(NOT_JSON, _detail(*_place(scan), "a bracket closes that was not opened"))
    if scan.level and scan.depth < scan.level:
        if scan.level == 1:
            scan.head.clear()
        _drop(scan, scan.at - 1)
        scan.level = None
        return None
    if scan.depth != scan.level or scan.start is None:
        return None
    start, scan.start = scan.start, None
    item = JsonItem(
        bytes(scan.buffer[start : scan.at]), scan.base + start, scan.line + scan.buffer.count(b"\n", 0, start)
    )
    _drop(scan, scan.at)
    return item


def _is_items_key(scan: _Scan) -> bool:
    start, end = scan.last_string
    return bytes(scan.buffer[start:end]) == ITEMS and scan.buffer[end : scan.at - 1].strip() == b":"


def _drop(scan: _Scan, count: int) -> None:
    """Forget the first bytes of the buffer."""
    scan.line += scan.buffer.count(b"\n", 0, count)
    scan.base += count
    del scan.buffer[:count]
    scan.at -= count
    scan.last_string = (0, 0)


def _refuse_cut(scan: _Scan) -> None:
    if scan.depth or scan.in_string:
        raise JsonError(NOT_JSON, _detail(*_place(scan), "the file ends inside an object, array or string"))


def _place(scan: _Scan) -> tuple[int, int]:
    before = scan.buffer[: scan.at]
    return scan.line + before.count(b"\n"), len(before) - before.rfind(b"\n")


def _too_large(scan: _Scan) -> JsonError:
    return JsonError(
        TOO_LARGE,
        f"the object at byte {scan.base} goes on beyond the limit max_document_bytes = {scan.limit_bytes}; "
        "split the file, or raise the limit and bring it again",
    )


def _detail(line: int, column: int, why: str) -> str:
    return f"line {line}, column {column}: {why}, so it can't be read as JSON; repair it and bring it again"


def _without_halves(text: str) -> str:
    """Return JSON without the escapes of half a surrogate pair, which is no character."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda match: "" if match["half"] else match.group(), text)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _to_object(pairs: list[tuple[str, Any]], duplicates: list[str]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        duplicates.append("")
    return value
