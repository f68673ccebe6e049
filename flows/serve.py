"""The service: files that arrive are rows a moment later; sweeps, reports and compaction run on schedule.

One process watches and works; Prefect's server is its child, and starts up while the process imports the rest.
Each folder has one service at most.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flows import nameplates
from flows.console import printable, say
from flows.errors import DONE, RunFailed
from flows.hand_over import plate_of
from flows.journal import Journal
from flows.nameplates import Lock
from flows.prefect_home import QUIET, configure_prefect
from flows.prefect_server import Address, start_server
from flows.settings import Settings
from warehouse import paths

if TYPE_CHECKING:
    from flows.office import Office
    from flows.service import Service

SEAT_SECONDS = 1.0
"""A command that looks who serves shares the seat for a moment."""


def serve(settings: Settings, *, with_prefect: bool = True) -> int:
    """Serve the data folder until SIGTERM or SIGINT, then end the batch in hand; return the exit code.

    Raises RunFailed when another service holds the folder, or Prefect's server does not come up. A second signal
    ends the process at once; what has not landed then is taken by the next run.
    """
    seat = _take_seat(settings.data)
    journal = Journal(settings.log_format, settings.log_level)
    if not with_prefect:
        from flows.desk import utc_now
        from flows.lone_office import LoneOffice

        return _serve(settings, seat, LoneOffice(settings, utc_now), journal, None)
    level = "WARNING" if settings.log_format == "text" else QUIET  # else the journal takes what Prefect logs
    configure_prefect(settings.data, console=level, retention_days=settings.prefect_retention_days)
    with start_server(settings.data, settings.ui_host, settings.ui_port, on_wait=_tell_wait) as server:
        from flows.prefect_office import PrefectOffice

        return _serve(settings, seat, PrefectOffice(settings, server, journal), journal, server.address.url)


def _serve(settings: Settings, seat: Lock, office: Office, journal: Journal, api: str | None) -> int:
    """Serve with this office; `api` is where Prefect answers."""
    from flows.service import Service

    folders = [str(folder) for folder in settings.inbox]
    facts = {"pid": os.getpid(), "api": api, "inbox": folders}
    nameplates.write(seat, facts, private=True)

    def announce(reception: Mapping[str, object]) -> None:
        nameplates.write(seat, {**facts, **reception}, private=True)
        _announce(settings, api)

    return _run_until_signal(Service(settings, office, journal, announce))


def _run_until_signal(service: Service) -> int:
    """Run the service in a thread of its own: in the main thread every flow run takes SIGTERM for its own end."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with service.journal.taking_all():
                asyncio.run(service.run())
        except BaseException as error:
            failures.append(error)

    def on_signal(number: int, _: object) -> None:
        if service.is_stopping:
            os._exit(128 + number)
        say(f"{signal.Signals(number).name}: finishing the batch in hand")
        service.stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    thread = threading.Thread(target=work, name="service")
    thread.start()
    thread.join()
    for number, handler in before.items():
        signal.signal(number, handler)
    if failures:
        raise failures[0]
    return DONE


def _take_seat(data: Path) -> Lock:
    """Return the lock that makes this process the one service of `data`; raise RunFailed when another one is."""
    plate = plate_of(data)
    plate.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + SEAT_SECONDS
    while (seat := nameplates.lock(plate)) is None and time.monotonic() < end:
        time.sleep(SEAT_SECONDS / 20)
    if seat is not None:
        nameplates.write(seat, {"pid": os.getpid()}, private=True)
        return seat
    holder = nameplates.read(plate) or {}
    pages = str(holder.get("api") or "").removesuffix("/api")
    raise RunFailed(
        "this data folder is served already",
        str(data),
        f"process {holder.get('pid', 'unknown')} serves it" + (f", with Prefect at {pages}" if pages else ""),
        "use that one, end it first, or name another folder with --data",
    )


def _tell_wait(address: Address) -> None:
    say(f"waiting for process {address.pid}, an ingest that uses Prefect's database, to end")


def _announce(settings: Settings, api: str | None) -> None:
    """Tell where everything is."""
    lines = {
        "inbox": ", ".join(str(folder) for folder in settings.inbox),
        "warehouse": str(paths.catalog(settings.data)),
        "report": str(settings.data / "reports" / "index.html"),
        "Prefect": "not in use: no pages and no events" if api is None else api.removesuffix("/api"),
    }
    say("serving; Ctrl-C ends it")
    for name, value in lines.items():
        say(f"  {name:<10} {printable(value)}")
