from __future__ import annotations

from pathlib import Path

import pytest

from flows import places, settings
from flows.errors import WrongSetting


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder and without the environment's settings."""
    monkeypatch.chdir(tmp_path)
    for key in ("DATA", "CONFIG"):
        monkeypatch.delenv(f"COPYDESK_{key}", raising=False)
    return tmp_path


@pytest.mark.parametrize("option", [None, "here", "/srv/there", "~/mine", "a/../b"])
@pytest.mark.parametrize("variable", [None, "", "from-environment"])
@pytest.mark.parametrize("text", [None, "", 'data = "from-file"'])
def test_the_short_way_to_the_data_folder_leads_where_the_settings_lead(
    desk: Path, monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str | None, text: str | None
) -> None:
    if variable is not None:
        monkeypatch.setenv("COPYDESK_DATA", variable)
    if text is not None:
        (desk / "copydesk.toml").write_text(text)

    assert places.data_folder(option) == settings.load({"data": option}).data


def test_a_data_folder_that_is_no_text_is_told(desk: Path) -> None:
    (desk / "copydesk.toml").write_text("data = 3\n")

    with pytest.raises(WrongSetting, match="the data folder is not a path"):
        places.data_folder(None)


def test_a_file_with_a_byte_order_mark_is_read(desk: Path) -> None:
    (desk / "copydesk.toml").write_bytes(b'\xef\xbb\xbfdata = "marked"\n')

    assert places.data_folder(None) == desk / "marked"
