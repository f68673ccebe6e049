"""Modules that are imported when something of them is used, not where they are named."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class DeferredModule(ModuleType):
    """Stands for a module until one of its attributes is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"{self.__name__!r} is not imported yet, so {name!r} is not known")
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def deferred(names: Sequence[str]) -> Iterator[None]:
    """Let imports inside the block take stand-ins for modules that nobody has imported yet.

    After the block everybody else imports the modules as ever; who got a stand-in keeps it.
    `importlib.util.LazyLoader` would import them at once: an import statement looks at the module's attributes.
    """
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update({name: DeferredModule(name) for name in missing})
    try:
        yield
    finally:
        for name in missing:
            if isinstance(sys.modules.get(name), DeferredModule):
                del sys.modules[name]
