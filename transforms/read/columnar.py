"""Parquet files with one article per row, read row group by row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.read import article_rows, row_columns
from transforms.read.article_rows import parse as parse
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening
from transforms.rows import Arrival, Rejected
from transforms.settings import MEBIBYTE, TransformSettings

FORMAT = "columnar"

_MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_BATCH_BYTES = 8 * MEBIBYTE
_MAX_BATCH_ROWS = 1_000
_BUFFER_BYTES = MEBIBYTE
_MAX_FOOTER_ITEMS = 1_000_000
_MAX_FOOTER_TEXT = 64 * MEBIBYTE
_MAX_GROUP_BYTES = 1024 * MEBIBYTE
"""A column of a row group comes as a whole where its writer made one page of it."""
_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, NotImplementedError)
"""What pyarrow raises on damaged files."""


def sniff(opening: Opening) -> bool:
    """Return whether the file is Parquet."""
    return opening.head.startswith((_MAGIC, _ENCRYPTED))


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield a document for each row with a text, and a rejection for each without; `source` must be seekable."""
    try:
        file = pq.ParquetFile(
            source,
            buffer_size=_BUFFER_BYTES,
            pre_buffer=False,
            thrift_string_size_limit=_MAX_FOOTER_TEXT,
            thrift_container_size_limit=_MAX_FOOTER_ITEMS,
        )
        names = list(file.schema_arrow.names)
    except _ERRORS as error:
        yield _reject_broken("the footer", error)
        return
    if not any(row_columns.is_text_name(name, settings) for name in _leaf_names(file.schema_arrow)):
        yield Rejected(
            "read.no_text_column", f"the footer names {article_rows.say_no_text_column(names)}", whole_file=True
        )
        return
    if file.metadata.num_rows == 0:
        yield Rejected("read.no_rows", "the file has columns, and no row from byte 4 on", whole_file=True)
        return
    count = 0
    for group in range(file.num_row_groups):
        for outcome in _split_group(file, group, settings):
            count += 1
            if count > settings.max_rows:
                detail = f"the file has more than max_rows = {settings.max_rows} rows; the rest was not read: divide it"
                yield Rejected("read.too_many_rows", detail)
                return
            yield outcome


def _split_group(file: pq.ParquetFile, group: int, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the outcomes of a row group; damage in it costs what is left of it, and nothing else."""
    read = 0
    try:
        facts = file.metadata.row_group(group)
        if facts.total_byte_size > _MAX_GROUP_BYTES:
            detail = (
                f"row group {group} has {facts.total_byte_size} bytes, more than {_MAX_GROUP_BYTES}; write smaller ones"
            )
            yield Rejected("read.row_group_too_large", detail)
            return
        per_row = max(facts.total_byte_size // max(facts.num_rows, 1), 1)
        rows = max(min(_BATCH_BYTES // per_row, _MAX_BATCH_ROWS), 1)
        for batch in file.iter_batches(rows, row_groups=[group], use_threads=False):
            for row in _to_rows(batch):
                yield article_rows.to_document(row, format=FORMAT, offset_bytes=None, settings=settings)
                read += 1
    except _ERRORS as error:
        yield _reject_broken(f"row group {group}, behind its first {read} rows,", error, whole_file=False)


def _to_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield the rows of a batch; one that can't be read raises."""
    columns = [_to_values(column) for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _to_values(column: pa.Array[Any]) -> Sequence[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        zone = "UTC" if kind.tz is not None else None
        column = column.cast(pa.timestamp("us", tz=zone), safe=False)
        return [None if each is None else _to_iso(each) for each in column.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = column.cast(pa.large_binary())
    return [article_rows.to_json_value(each) for each in column.to_pylist()]


def _to_iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _leaf_names(schema: pa.Schema) -> Iterator[str]:
    """Yield the names of the columns, and of the fields of structs as a row names them."""
    for field in schema:
        yield field.name
        if pa.types.is_struct(field.type):
            yield from (f"{field.name}.{field.type.field(index).name}" for index in range(field.type.num_fields))


def _reject_broken(part: str, error: Exception, *, whole_file: bool = True) -> Rejected:
    first = str(error).partition("\n")[0]
    return Rejected(
        "read.parquet_broken", f"{part} can't be read ({first}); bring the file again, whole", whole_file=whole_file
    )
