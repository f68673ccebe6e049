"""Delimited files: comma, tab, semicolon or bar between the columns, one article per row.

Delimiter, quote and encoding are found from the first rows. A row that is wider or narrower than the header is
quarantined with its line; a quote that is never closed costs its own line, not what follows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from transforms.read import article_rows, row_columns
from transforms.read.article_rows import parse as parse
from transforms.read.columns import find_column, to_key
from transforms.read.decoding import UndecodableError, decode, decode_as, decode_loosely
from transforms.read.lines import Line, Lines
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening, find_binary_kind
from transforms.read.streams import Transcoded, buffered, look_at
from transforms.rows import Arrival, Rejected
from transforms.settings import TransformSettings

FORMAT = "delimited"
SUFFIXES = (".csv", ".tsv", ".tab", ".psv")

_SAMPLE_BYTES = 256 * 1024
_DELIMITERS = ",\t;|"
_MARKS_AS_SPACES = bytes.maketrans(b',\t;|"', b"     ")
"""What divides fields is no neighbour of a letter, when the encoding is guessed from its neighbours."""
_MAX_NAME_CHARS = 64
_TEXT_NAME = re.compile("body|text|content|html|story|http", re.IGNORECASE)
"""What the first line of every table of articles has somewhere."""
_MAX_COLUMNS = 4_000
_MAX_ROW_LINES = 100_000
"""An article that has more of them is an unclosed quote."""
_PER_LINE = 64
"""What a line costs beside its bytes when it is read again."""
_FIELD_CHARS = 131_072
"""The csv module's own limit, which is one for the process."""
_TRAFILATURA = (
    "url", "id", "fingerprint", "hostname", "title", "image", "date", "text", "comments", "license", "pagetype",
)  # fmt: skip
"""Columns of `trafilatura --output-format csv`, which writes no header."""
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Dialect(NamedTuple):
    """How the columns of a file are divided."""

    delimiter: str
    quote: str
    escape: str | None
    line_end: bytes
    encoding: str
    """Of the first rows; a row that does not fit is decoded on its own."""


class Record(NamedTuple):
    """The fields of one row, the line it begins on, and its bytes; fields are None where the line begins no row."""

    fields: Sequence[str] | None
    first: Line
    raw: bytes
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known once the header is read."""

    names: Sequence[str]
    dialect: Dialect
    settings: TransformSettings


def sniff(opening: Opening) -> bool:
    """Return whether the file is, or claims to be, a table of articles."""
    head = opening.head
    if find_binary_kind(head) is not None or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b"<"):
        return False
    if opening.suffix in SUFFIXES:
        return True
    if b"\0" in head and not head.startswith(_WIDE_MARKS):
        return False
    first = head.decode("utf-16" if head.startswith(_WIDE_MARKS) else "utf-8-sig", "ignore").lstrip().partition("\n")[0]
    if _TEXT_NAME.search(first) is None:
        return False
    return any(_is_header(_fields(first.strip(), Dialect(each, '"', None, b"\n", "utf-8"))) for each in _DELIMITERS)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield a document for each row of text, and a rejection for each that is none."""
    sample, source = _look(source)
    try:
        dialect = find_dialect(sample, arrival.name)
    except UndecodableError as error:
        detail = f"no encoding explains the byte {error.offset}: {error}; save the file as UTF-8"
        yield Rejected("read.not_utf8", detail, whole_file=True)
        return
    records = read_records(source, dialect, settings.max_document_bytes)
    names: Sequence[str] | None = None
    holds_rows = False
    for count, record in enumerate(records):
        if count > settings.max_rows:
            offset = record.first.offset_bytes
            detail = f"the file goes on at byte {offset}, beyond max_rows = {settings.max_rows}; divide it"
            yield Rejected("read.too_many_rows", detail)
            return
        if names is None:
            names = _find_names(record, settings)
            if names is None:
                yield _reject_header(record)
                return
            if record.fields is not None and not _is_trafilatura(record.fields):
                continue
        outcome = _to_outcome(record, _Table(names, dialect, settings))
        if outcome is not None:
            holds_rows = True
            yield outcome
    if names is None:
        yield Rejected("read.no_text_column", "the file ends at byte 0 of its rows: it has no header", whole_file=True)
    elif not holds_rows:
        yield Rejected("read.no_rows", "the file has columns, and no row from its second line on", whole_file=True)


def find_dialect(sample: bytes, name: str) -> Dialect:
    """Return how the columns of a file are divided, by its first bytes; raise UndecodableError for no text."""
    last = sample.rfind(b"\n")
    whole = sample[: last + 1] if last > 0 and len(sample) >= _SAMPLE_BYTES else sample
    decoded = decode(whole.translate(_MARKS_AS_SPACES))
    text = decode_loosely(whole, decoded.encoding)
    lone_returns = sample.count(b"\r") - sample.count(b"\r\n")
    line_end = b"\r" if lone_returns > sample.count(b"\n") else b"\n"
    escape = "\\" if '\\"' in text and '""' not in text.replace(',""', "").replace('\t""', "") else None
    first = text.lstrip("\r\n").partition(line_end.decode())[0].strip("\r\n")
    quote = "'" if first.startswith("'") and first.endswith("'") else '"'
    found = [Dialect(each, quote, escape, line_end, decoded.encoding) for each in _DELIMITERS]
    if name.lower().endswith((".tsv", ".tab")):
        found.sort(key=lambda dialect: dialect.delimiter != "\t")
    return max(found, key=lambda dialect: _likeness(_fields(first, dialect)))


def read_records(source: BinaryIO, dialect: Dialect, limit_bytes: int) -> Iterator[Record]:
    """Yield the rows of a file with the line that they begin on; memory: one row of `limit_bytes`.

    Where lines are no row, the first of them is given without fields, and reading goes on behind it.
    """
    lines = _RowLines(Lines(source, limit_bytes, end=dialect.line_end), limit_bytes)
    form = {"delimiter": dialect.delimiter, "quotechar": dialect.quote, "escapechar": dialect.escape}
    csv.field_size_limit(max(limit_bytes, _FIELD_CHARS))
    while not lines.at_end:
        try:
            for fields in csv.reader(lines, strict=True, **form):  # type: ignore[arg-type]
                if fields:
                    yield Record(fields, lines.first, lines.raw)
                lines.begin_row()
            return
        except (csv.Error, _LineError) as error:
            wrong = "a quote that is opened on it is not closed" if "end of data" in str(error) else str(error)
        has_work = lines.go_back_behind_first()
        yield Record(
            None, lines.first, lines.first.raw or b"", wrong if has_work else f"{wrong}; the rest was not read"
        )
        if not has_work:
            return
        lines.begin_row()


class _LineError(ValueError):
    """A line that can't be part of a row."""


class _RowLines:
    """Lines as text for the csv module; of the row that it is reading all but the first can be given back."""

    def __init__(self, lines: Lines, limit_bytes: int) -> None:
        self._lines = lines
        self._following = iter(lines)
        self._again: list[Line] = []
        self._limit = limit_bytes
        self._again_bytes = 4 * limit_bytes
        self._row: list[Line] = []
        self._row_bytes = 0
        self.first = Line(b"", 0, 1)
        """First line of the row."""
        self.at_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._following, None)
        if line is None:
            self.at_end = True
            raise StopIteration
        if not self._row:
            self.first = line
            self._lines.skips_blank = False
        self._row.append(line)
        if line.raw is None:
            raise _LineError(f"it is longer than max_document_bytes = {self._limit}")
        self._row_bytes += len(line.raw)
        if self._row_bytes > self._limit:
            raise _LineError(f"a quote that is opened on it goes on beyond max_document_bytes = {self._limit}")
        if len(self._row) > _MAX_ROW_LINES:
            raise _LineError(f"a quote that is opened on it goes on for more than {_MAX_ROW_LINES} lines")
        text = line.raw.decode("latin-1")
        return text.removeprefix("\xef\xbb\xbf") if line.number == 1 else text

    @property
    def raw(self) -> bytes:
        """The lines of the row."""
        return b"".join(line.raw or b"" for line in self._row)

    def begin_row(self) -> None:
        """Let the lines of the last row go."""
        self._row.clear()
        self._row_bytes = 0
        self._lines.skips_blank = True

    def go_back_behind_first(self) -> bool:
        """Read on behind the first line of what is no row; return False where too much was read again already."""
        again = [line for line in self._row[1:] if line.raw is not None and line.raw.strip()]
        self._again_bytes -= sum(len(line.raw or b"") for line in again) + _PER_LINE * len(self._row)
        self._again.extend(reversed(again))
        self.at_end = self.at_end and not self._again
        return self._again_bytes >= 0


def _look(source: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of a file, and the file from there again; UTF-16 comes as UTF-8."""
    sample, again = look_at(source, _SAMPLE_BYTES)
    if sample.startswith(_WIDE_MARKS):
        narrow = sample[: len(sample) // 2 * 2].decode("utf-16", "replace").encode()
        return narrow, buffered(Transcoded(again, "utf-16"))
    return sample, again


def _to_outcome(record: Record, table: _Table) -> Outcome | None:
    first = record.first
    if record.fields is None:
        reason = "read.line_too_long" if first.raw is None else "read.row_unreadable"
        return _reject(reason, record, record.wrong)
    fields = list(record.fields)
    while len(fields) > len(table.names) and not fields[-1].strip():
        fields.pop()
    if len(fields) == 1 and not fields[0].strip():
        return None
    if len(fields) != len(table.names):
        return _reject("read.ragged_row", record, f"it has {len(fields)} fields under {len(table.names)} names")
    try:
        row, encoding = _decode(dict(zip(table.names, fields, strict=True)), table.dialect)
    except UndecodableError as error:
        return _reject("read.not_utf8", record, f"no encoding explains its bytes: {error}")
    outcome = article_rows.to_document(row, format=FORMAT, offset_bytes=first.offset_bytes, settings=table.settings)
    if isinstance(outcome, Rejected):
        return outcome
    return article_rows.with_encoding(outcome, encoding)


def _decode(fields: Mapping[str, str], dialect: Dialect) -> tuple[row_columns.Row, str]:
    """Return the fields of a row as text, and the encoding that explains them all."""
    names, values = [*fields], [*fields.values()]
    joined = "\x1e".join(values)
    if joined.isascii():
        return dict(zip(names, values, strict=True)), dialect.encoding
    raw = joined.encode("latin-1")
    if dialect.encoding == "utf-8":
        decoded = decode(raw)
        text, encoding = decoded.text, decoded.encoding
    else:
        text, encoding = decode_as(raw, dialect.encoding), dialect.encoding
    parts = text.split("\x1e")
    if len(parts) != len(names):  # a field holds the mark itself, or a letter of the encoding does
        parts = [decode_as(value.encode("latin-1"), encoding) for value in values]
    return dict(zip(names, parts, strict=True)), encoding


def _find_names(record: Record, settings: TransformSettings) -> Sequence[str] | None:
    """Return the names of the columns, or None where none of them holds text."""
    if record.fields is None:
        return None
    if _is_trafilatura(record.fields):
        return _TRAFILATURA
    names = [_to_name(each, index) for index, each in enumerate(record.fields)]
    while names and names[-1] == f"column_{len(names)}":
        names.pop()
    return names if any(row_columns.is_text_name(name, settings) for name in names) else None


def _to_name(field: str, index: int) -> str:
    raw = field.encode("latin-1", "replace")
    try:
        name = decode(raw).text.strip()
    except UndecodableError:
        name = field.strip()
    return name or f"column_{index + 1}"


def _is_trafilatura(fields: Sequence[str]) -> bool:
    return len(fields) == len(_TRAFILATURA) and fields[0].startswith("http") and fields[3] in fields[0]


def _is_header(fields: Sequence[str]) -> bool:
    """Return whether fields name columns: short words, one of a text and another that we know."""
    if not 1 < len(fields) < _MAX_COLUMNS or any(len(each) > _MAX_NAME_CHARS for each in fields):
        return _is_trafilatura(fields)
    words = [to_key(each) for each in fields]
    known = [word for word in words if _is_known(word)]
    texts = [word for word in words if word in row_columns.BODY_NAMES or word in row_columns.HTML_NAMES]
    return bool(texts) and len(set(known)) > 1 and 2 * len(known) >= len(words)


def _is_known(word: str) -> bool:
    return word in row_columns.BODY_NAMES or word in row_columns.HTML_NAMES or find_column(word) is not None


def _likeness(fields: Sequence[str]) -> tuple[int, int]:
    """Return how much fields look like a header: names that we know, then columns."""
    return sum(_is_known(to_key(each)) for each in fields), len(fields)


def _fields(line: str, dialect: Dialect) -> Sequence[str]:
    try:
        reader = csv.reader(io.StringIO(line), delimiter=dialect.delimiter, quotechar=dialect.quote)
        return next(reader, [])
    except csv.Error:
        return []


def _reject(reason: str, record: Record, wrong: str) -> Rejected:
    first = record.first
    detail = f"the row on line {first.number}, at byte {first.offset_bytes}: {wrong}; mend it and bring it again"
    return Rejected(reason, detail, raw=record.raw or None)


def _reject_header(record: Record) -> Rejected:
    if record.fields is None:
        return _reject("read.row_unreadable", record, record.wrong)
    names = [_to_name(each, index) for index, each in enumerate(record.fields)]
    detail = f"the header on line {record.first.number} has {article_rows.say_no_text_column(names)}"
    return Rejected("read.no_text_column", detail, whole_file=True)
