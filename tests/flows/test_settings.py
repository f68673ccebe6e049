from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from expectations.checks import Checks
from flows import settings, settings_page
from flows.errors import WRONG_USE, WrongSetting, WrongUse
from transforms.settings import TransformSettings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder and without the environment's settings."""
    monkeypatch.chdir(tmp_path)
    for key in ("DATA", "CONFIG", "INBOX", "WORKERS"):
        monkeypatch.delenv(f"COPYDESK_{key}", raising=False)
    return tmp_path


def write(folder: Path, text: str, name: str = "copydesk.toml") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_without_anything_the_data_folder_is_data_below_the_working_folder(desk: Path) -> None:
    found = settings.load()

    assert found.data == desk / "data"
    assert found.inbox == (desk / "data" / "inbox",)


def test_an_option_counts_before_the_environment_and_that_before_the_file(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, "workers = 3\nbatch_files = 4\ncompact_above = 5\n")
    monkeypatch.setenv("COPYDESK_BATCH_FILES", "40")
    monkeypatch.setenv("COPYDESK_COMPACT_ABOVE", "50")

    found = settings.load({"compact_above": 500})

    assert (found.workers, found.batch_files, found.compact_above) == (3, 40, 500)


def test_an_option_that_is_none_counts_as_not_given(desk: Path) -> None:
    write(desk, 'data = "archive"\n')

    assert settings.load({"data": None}).data == desk / "archive"


def test_relative_folders_in_a_file_count_from_its_folder(desk: Path) -> None:
    file = write(desk / "etc", 'data = "../archive"\ninbox = ["drop", "/srv/drop"]\n')

    found = settings.load(config=str(file))

    assert found.data == desk / "archive"
    assert found.inbox == (desk / "etc" / "drop", Path("/srv/drop"))


def test_the_environment_may_name_the_file_and_several_inboxes(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_CONFIG", str(write(desk / "etc", "workers = 7\n", "desk.toml")))
    monkeypatch.setenv("COPYDESK_INBOX", "/srv/one:two")

    found = settings.load()

    assert found.workers == 7
    assert found.inbox == (Path("/srv/one"), desk / "two")


def test_sections_are_merged_key_by_key(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(desk, '[schedules]\nreport = "0 6 * * *"\n')
    monkeypatch.setenv("COPYDESK_SCHEDULES__INGEST_SECONDS", "2.5")

    found = settings.load().schedules

    assert (found.report, found.ingest_seconds) == ("0 6 * * *", 2.5)


@pytest.mark.parametrize(("text", "size"), [("16 MB", 16_000_000), ("64 MiB", 67_108_864), ("2kB", 2000)])
def test_sizes_may_be_written_with_a_unit(text: str, size: int) -> None:
    assert settings.load({"keep_raw_max": text}).transform_settings().keep_raw_max == size


def test_a_misspelt_key_is_told_with_its_file_and_what_was_meant(desk: Path) -> None:
    file = write(desk, "batch_filse = 3\n")

    with pytest.raises(WrongSetting) as caught:
        settings.load()

    assert caught.value.exit_code == WRONG_USE
    assert caught.value.what == "unknown setting `batch_filse`"
    assert str(file) in caught.value.where
    assert "`batch_files`" in caught.value.what_to_do


def test_a_misspelt_key_in_a_section_is_compared_with_that_section(desk: Path) -> None:
    write(desk, "[checks]\nmin_word = 3\n")

    with pytest.raises(WrongSetting) as caught:
        settings.load()

    assert "checks.min_word" in caught.value.where
    assert "`min_words`" in caught.value.what_to_do


def test_a_misspelt_environment_variable_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_WORKRES", "3")

    with pytest.raises(WrongSetting) as caught:
        settings.load()

    assert "COPYDESK_WORKRES" in caught.value.where
    assert "COPYDESK_WORKERS" in caught.value.what_to_do


def test_variables_that_a_platform_sets_under_our_name_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SERVICE_HOST", "10.0.0.1")

    assert settings.load().workers >= 1


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("workers = 0", "workers"),
        ('keep_raw = "some"', "keep_raw"),
        ('keep_raw_max = "a lot"', "keep_raw_max"),
        ("keep_raw_max = -1", "keep_raw_max"),
        ('[schedules]\nreport = "at dawn"', "schedules.report"),
        ('[checks.severities]\n"articles.short_body" = "fatal"', "checks.severities"),
    ],
)
def test_a_value_that_cannot_be_one_names_its_key(desk: Path, text: str, key: str) -> None:
    write(desk, text)

    with pytest.raises(WrongSetting) as caught:
        settings.load()

    assert key in caught.value.what
    assert "copydesk.toml" in caught.value.where


def test_a_file_that_is_not_toml_is_told_with_its_line(desk: Path) -> None:
    write(desk, "workers = 3\nthis is no TOML\n")

    with pytest.raises(WrongSetting, match="line 2"):
        settings.load()


def test_a_settings_file_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match="there is no such file"):
        settings.load(config="nowhere.toml")


def test_the_file_cannot_name_another_file(desk: Path) -> None:
    write(desk, 'config = "other.toml"\n')

    with pytest.raises(WrongSetting, match="unknown setting `config`"):
        settings.load()


def test_sources_are_read_from_beside_the_file_in_order_of_their_names(desk: Path) -> None:
    file = write(desk / "etc", "")
    write(desk / "etc" / "sources", 'hosts = ["b.example"]\n', "b.toml")
    write(desk / "etc" / "sources", 'id = "first"\npaths = ["a/**"]\n', "a.toml")

    rules = settings.load(config=str(file)).transform_settings().sources

    assert [rule.id for rule in rules] == ["first", "b"]
    assert rules[0].paths == ("a/**",)
    assert rules[1].hosts == ("b.example",)


def test_a_misspelt_key_of_a_source_is_told(desk: Path) -> None:
    write(desk / "sources", 'host = ["b.example"]\n', "b.toml")

    with pytest.raises(WrongSetting) as caught:
        settings.load()

    assert "b.toml" in caught.value.where
    assert "`hosts`" in caught.value.what_to_do


def test_a_source_value_of_another_kind_is_told(desk: Path) -> None:
    write(desk / "sources", 'hosts = "b.example"\n', "b.toml")

    with pytest.raises(WrongSetting, match="hosts"):
        settings.load()


def test_two_sources_cannot_share_an_id(desk: Path) -> None:
    write(desk / "sources", "", "a.toml")
    write(desk / "sources", 'id = "a"\n', "b.toml")

    with pytest.raises(WrongSetting, match="two sources are called `a`"):
        settings.load()


def test_the_defaults_are_those_of_the_folders_that_use_them() -> None:
    found = settings.load()
    now = datetime(2024, 5, 1, tzinfo=UTC)

    assert found.transform_settings() == TransformSettings()
    assert found.checks_for(3, now) == Checks(batch=3, validated_at=now)


def test_every_setting_says_what_it_is() -> None:
    models: list[type[BaseModel]] = [settings.Settings, settings.CheckSettings, settings.Schedules]

    assert [key for model in models for key, field in model.model_fields.items() if not field.description] == []


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page.page(), f"run: {settings_page.COMMAND}"
