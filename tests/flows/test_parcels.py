from __future__ import annotations

import pickle
from operator import itemgetter

import pyarrow as pa
import pytest

from flows import parcels

TABLE = pa.table({"name": ["x" * 100] * 10_000, "tags": [["a"], None] * 5_000}).replace_schema_metadata({"k": "v"})


@pytest.mark.parametrize(
    "table",
    [TABLE, TABLE.slice(7, 3), TABLE.slice(0, 0), pa.concat_tables([TABLE, TABLE.slice(5, 1)]), pa.table({})],
    ids=["whole", "slice", "no rows", "chunks", "no columns"],
)
def test_a_table_arrives_with_its_rows_and_its_schema(table: pa.Table):
    function, (arrived,), keywords = pickle.loads(parcels.pack(len, table))

    assert (function, keywords) == (len, {})
    assert arrived.equals(table)
    assert arrived.schema.equals(table.schema, check_metadata=True)


def test_a_slice_of_a_table_weighs_what_its_rows_weigh():
    assert len(parcels.pack(len, TABLE.slice(7, 3))) < 2_000 < len(parcels.pack(len, TABLE)) // 100


def test_tables_inside_other_values_are_sent_in_the_same_way():
    parcel = parcels.pack(itemgetter("rows"), {"rows": TABLE.slice(7, 3)})

    assert len(parcel) < 2_000
