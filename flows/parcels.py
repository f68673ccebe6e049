"""What crosses the border to a worker process, as bytes.

Arrow pickles a slice of a table with the buffers of the whole table, so that a batch sent in n slices would be sent
n times; here a table is sent as an Arrow stream, which holds its own rows only.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from flows.worker_main import PICKLE_PROTOCOL


def pack(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    """Return the call as bytes for `flows.worker_main.answer`.

    Raises PicklingError, AttributeError or TypeError when something in it cannot be sent.
    """
    return to_bytes((fn, args, kwargs))


def to_bytes(value: object) -> bytes:
    """Return any value that can be pickled, with its tables as Arrow streams; raises as `pack` does."""
    buffer = io.BytesIO()
    _Packer(buffer, PICKLE_PROTOCOL).dump(value)
    return buffer.getvalue()


def from_bytes(data: bytes) -> object:
    """Return what `to_bytes` was given; only for bytes that this program wrote itself."""
    return pickle.loads(data)


def read_table(stream: bytes) -> pa.Table:
    """Return the table that an Arrow stream holds."""
    return pa.ipc.open_stream(stream).read_all()


def _reduce_table(table: pa.Table) -> tuple[Callable[[bytes], pa.Table], tuple[bytes]]:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return read_table, (sink.getvalue().to_pybytes(),)


class _Packer(pickle.Pickler):
    def reducer_override(self, value: object) -> Any:
        return _reduce_table(value) if isinstance(value, pa.Table) else NotImplemented
