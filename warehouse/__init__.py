"""The warehouse: where rows lie and what they are called.

`warehouse.open("data")` is the way in from Python and notebooks; importing this package loads no engine.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.reader import Warehouse


def open(data: str | Path) -> Warehouse:
    """Return the warehouse in the data folder `data`, open for reading at its newest snapshot."""
    from warehouse.reader import Warehouse  # loads duckdb: those who need warehouse.fields only do not pay for it

    return Warehouse(Path(data))
