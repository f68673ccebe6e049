"""What Prefect is told before it is imported."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest

from flows.prefect_home import API_URL, CERTIFICATES, RETENTION, SETTINGS, configure_prefect, turn_away, turn_to


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an environment without Prefect's variables, put back after it."""
    for name in [*SETTINGS, *RETENTION, *os.environ]:
        if name in (*SETTINGS, *RETENTION) or name.startswith("PREFECT_") or name.lower() == "no_proxy":
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)
    for name in ("PREFECT_HOME", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "PREFECT_INTERNAL_LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")


def test_prefects_home_is_in_the_data_folder_wherever_children_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    configure_prefect(Path("D"))

    assert os.environ["PREFECT_HOME"] == str(tmp_path / "D" / "prefect")


def test_no_telemetry_is_sent() -> None:
    configure_prefect(Path("D"))

    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_what_the_user_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", "/elsewhere")
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "9")

    configure_prefect(Path("D"))

    assert os.environ["PREFECT_HOME"] == "/elsewhere"
    assert os.environ["PREFECT_CLIENT_MAX_RETRIES"] == "9"


def test_no_server_is_named_by_default() -> None:
    configure_prefect(Path("D"))

    assert API_URL not in os.environ


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.org,localhost")

    configure_prefect(Path("D"))

    assert os.environ["NO_PROXY"] == "example.org,localhost,127.0.0.1"


def test_runs_and_events_are_kept_for_as_long_as_the_setting_says() -> None:
    configure_prefect(Path("D"), retention_days=2.5)

    assert {os.environ[name] for name in RETENTION} == {"216000", "PT216000S"}


def test_clients_of_our_server_read_one_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_URL, "http://elsewhere.example/api")
    monkeypatch.setenv(CERTIFICATES, "")
    monkeypatch.delenv(CERTIFICATES)

    turn_to("http://127.0.0.1:1/api", tmp_path)
    context = ssl.create_default_context(cafile=os.environ[CERTIFICATES])
    turn_away()

    assert len(context.get_ca_certs()) == 1
    assert not {API_URL, CERTIFICATES} & os.environ.keys()


def test_certificates_that_the_user_names_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_URL, "http://elsewhere.example/api")
    monkeypatch.setenv(CERTIFICATES, "/etc/company.pem")

    turn_to("http://127.0.0.1:1/api", tmp_path)
    turn_away()

    assert os.environ[CERTIFICATES] == "/etc/company.pem"
