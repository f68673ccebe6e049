"""Modules imported at first use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.deferral import DeferredModule, deferred


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "heavy_module.py").write_text("weight = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "heavy_module"
    sys.modules.pop("heavy_module", None)


def test_a_deferred_module_is_imported_when_something_of_it_is_used(heavy: str) -> None:
    with deferred([heavy]):
        import heavy_module

    assert isinstance(heavy_module, DeferredModule)
    assert heavy not in sys.modules
    assert heavy_module.weight == 7
    assert not isinstance(sys.modules[heavy], DeferredModule)


def test_it_may_be_used_inside_the_block(heavy: str) -> None:
    with deferred([heavy]):
        import heavy_module

        assert heavy_module.weight == 7

    assert not isinstance(sys.modules[heavy], DeferredModule)


def test_who_imports_it_later_gets_the_module_itself(heavy: str) -> None:
    with deferred([heavy]):
        pass
    import heavy_module

    assert heavy_module.__file__


def test_a_module_that_is_there_is_left_alone(heavy: str) -> None:
    import heavy_module as first

    with deferred([heavy]):
        import heavy_module as second

    assert first is second


def test_what_it_does_not_have_is_an_error_as_ever(heavy: str) -> None:
    with deferred([heavy]):
        import heavy_module

    with pytest.raises(AttributeError, match="lightness"):
        _ = heavy_module.lightness
