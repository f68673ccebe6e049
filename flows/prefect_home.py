"""Prefect's home inside the data folder: its settings, fixed before Prefect is imported.

Prefect reads its settings once, at import. What the user set in the environment always wins.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

DAY_SECONDS = 24 * 60 * 60
RETENTION_DAYS = 7.0
CHATTER = (
    *(f"prefect.task-run.{state}" for state in ("Pending", "Running", "Completed")),
    *(f"prefect.flow-run.{state}" for state in ("Scheduled", "Pending", "Running", "Completed", "heartbeat")),
    "prefect.artifact.created",
    "prefect.artifact-collection.updated",
)
"""Events of runs that go as they should: four fifths of what a run leaves, of use to nobody an hour later."""
CHATTER_SECONDS = 60 * 60

SETTINGS = {
    # No telemetry: the server's, the client library's (it heeds DO_NOT_TRACK alone), and the resource metrics.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # A fresh home is migrated through a hundred revisions: 8 s alone, far more on a busy machine; the default is 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # One task run at a time costs the server 24 ms, in batches 5 ms. The interval is whole seconds: 0.5 becomes 0
    # and burns a core.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
    # Without a bound, events pile up in memory while the server is away.
    "PREFECT_EVENTS_WORKER_MAX_QUEUE_SIZE": "10000",
    # An ingest run with its five tasks leaves 170 kB, without that chatter 30 kB; the ledger keeps our own history.
    # By default only events go. Prefect looks once an hour (tests/flows/test_serve.py sees both go).
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": json.dumps(dict.fromkeys(CHATTER, CHATTER_SECONDS)),
    # A request that a dying server took with it is given up and sent again; the default waits for a minute.
    "PREFECT_API_REQUEST_TIMEOUT": "25",
    # A request is tried again after 2, 4 and 8 s; the default goes on for minutes where the server is gone for good.
    "PREFECT_CLIENT_MAX_RETRIES": "3",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # Results live in the warehouse, never in Prefect.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}
"""Environment variables and the values they get where the user set none."""

RETENTION = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "{seconds}",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "PT{seconds}S",
}
"""The variables that say how long runs and events are kept, each in the form that it is read in."""
API_URL = "PREFECT_API_URL"
DATABASE_NAME = "prefect.db"
CERTIFICATES = "PREFECT_API_SSL_CERT_FILE"
CERTIFICATES_NAME = "one-certificate.pem"
END_OF_CERTIFICATE = "-----END CERTIFICATE-----"
LOOPBACK = "127.0.0.1,localhost"
QUIET = "CRITICAL"


def configure_prefect(data: Path, *, console: str = QUIET, retention_days: float = RETENTION_DAYS) -> None:
    """Set Prefect's environment for this process and its children; call it before anything imports prefect.

    Prefect's database and settings live in `data/prefect`, so a data folder is whole and the user's own
    `~/.prefect` (profiles, a Cloud login) is neither read nor written. `console` is the least severe level that
    Prefect prints: the console belongs to the command, and the log of a run is in Prefect's pages. `retention_days` is
    how long its database keeps runs, with their logs and artifacts, and events.
    """
    os.environ.setdefault("PREFECT_HOME", str(prefect_home(data)))
    seconds = int(retention_days * DAY_SECONDS)
    kept = {name: form.format(seconds=seconds) for name, form in RETENTION.items()}
    for name, value in (SETTINGS | kept).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", console)
    os.environ.setdefault("PREFECT_INTERNAL_LOGGING_LEVEL", console)
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = _with_loopback(os.environ.get(name))


def turn_to(url: str, home: Path) -> None:
    """Let this process and its children use the server at `url`: our own, on this machine, in plain HTTP.

    Each client that Prefect makes reads the certificates of all authorities, for 28 ms of CPU, and each flow run makes
    one. Ours get a file with a single certificate, which nobody ever asks for; a file that the user names wins.
    """
    os.environ[API_URL] = url
    if CERTIFICATES not in os.environ:
        os.environ[CERTIFICATES] = str(_one_certificate(home))


def turn_away() -> None:
    """Forget the server that `turn_to` named."""
    os.environ.pop(API_URL, None)
    if Path(os.environ.get(CERTIFICATES, "")).name == CERTIFICATES_NAME:
        del os.environ[CERTIFICATES]


def prefect_home(data: Path) -> Path:
    """Return the folder of Prefect's database, below `data`; absolute, as children may have another working folder."""
    return data.absolute() / "prefect"


def _one_certificate(home: Path) -> Path:
    """Return a file in `home` with the first certificate of the authorities that certifi lists."""
    path = home / CERTIFICATES_NAME
    if not path.exists():
        import certifi

        one, end, _ = certifi.contents().partition(END_OF_CERTIFICATE)
        new = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        new.write_text(one + end + "\n")
        new.replace(path)
    return path


def _with_loopback(no_proxy: str | None) -> str:
    """Return `no_proxy` with the loopback addresses: a company's proxy can't reach the server on this machine."""
    hosts = [host for host in (no_proxy or "").split(",") if host]
    return ",".join([*hosts, *(host for host in LOOPBACK.split(",") if host not in hosts)])
