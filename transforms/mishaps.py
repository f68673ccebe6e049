"""Mishaps: exceptions that nobody expected, each of which costs its document or file and nothing else.

The only place in the code base where any exception is caught and the work goes on.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from transforms.rows import Rejected

Result = TypeVar("Result")


def survive(
    act: Callable[[], Result],
    stage: Callable[[], str],
    *,
    strict: bool,
    expected: tuple[type[Exception], ...] = (),
) -> Result | Rejected:
    """Return what `act` returns, or the rejection that its exception amounts to; `stage` says how far it came.

    Exceptions that are `expected`, and all of them with `strict`, are raised.
    """
    try:
        return act()
    except expected:
        raise
    except MemoryError:
        if strict:
            raise
        detail = "memory ran out on this document; bring it again with a higher limit"
        return Rejected(f"{stage()}.out_of_memory", detail)
    except Exception:
        if strict:
            raise
        return Rejected(f"{stage()}.crashed", traceback.format_exc())
