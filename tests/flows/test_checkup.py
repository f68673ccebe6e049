from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_desk import land, rows

from flows import checkup
from flows.checkup import Finding


def by_subject(root: Path) -> dict[str, Finding]:
    return {finding.about: finding for finding in checkup.look_at_data(root)}


def test_a_healthy_installation_has_nothing_that_fails() -> None:
    assert [finding for finding in checkup.look_at_installation() if finding.verdict == "fail"] == []


def test_a_package_outside_its_caps_is_told_with_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_required", lambda: ["click<8", "no-such-package-here>=1", "duckdb>=1.5"])

    found = {one.about: one for one in checkup.look_at_installation() if one.verdict == "fail"}

    assert found.keys() == {"click", "no-such-package-here"}
    assert found["click"].what_to_do == 'pip install "click<8"'


def test_a_stranger_with_the_name_of_our_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.metadata, "packages_distributions", lambda: {"flows": ["copydesk", "flows"]})

    found = {one.about: one for one in checkup.look_at_installation()}

    assert found["package flows"].verdict == "fail"
    assert "installed by flows" in found["package flows"].found


def test_a_whole_warehouse_is_in_order(warehouse: Path) -> None:
    assert {finding.verdict for finding in by_subject(warehouse).values()} == {"ok"}


def test_a_folder_that_is_not_there_yet_is_no_failure(tmp_path: Path) -> None:
    found = by_subject(tmp_path / "new" / "data")

    assert found["data folder"].verdict == "ok"
    assert "ledger" not in found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A warehouse that a test may damage."""
    data = tmp_path / "data"
    land(data, rows())
    return data


def test_a_catalog_that_is_gone_or_of_another_folder_will_be_renewed(root: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(root, moved)
    (root / "warehouse.duckdb").unlink()

    assert by_subject(root)["catalog"].verdict == "warn"
    assert by_subject(moved)["catalog"].verdict == "warn"


def test_a_write_ahead_log_beside_the_catalog_is_told(root: Path) -> None:
    (root / "warehouse.duckdb.wal").write_bytes(b"x")

    assert by_subject(root)["stray .wal"].verdict == "warn"


def test_a_damaged_ledger_fails(root: Path) -> None:
    ledger = root / "ledger.sqlite"
    for left in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        (root / left).unlink(missing_ok=True)
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])

    assert by_subject(root)["ledger"].verdict == "fail"


def test_a_server_that_reports_its_use_is_told() -> None:
    quiet = list(checkup.look_at_prefect({}))
    talkative = list(checkup.look_at_prefect({"PREFECT_SERVER_ANALYTICS_ENABLED": "true"}))

    assert {finding.verdict for finding in quiet} == {"ok"}
    assert talkative[-1].verdict == "warn"
