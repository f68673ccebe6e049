"""What a watchman asks of a running desk, in half a second: does it serve, does it keep up, and will it tomorrow.

`copydesk doctor` looks at the installation; this looks at the service.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import checkup, console, file_names, nameplates, places, prefect_server
from flows.checkup import Finding
from flows.hand_over import plate_of
from flows.prefect_home import prefect_home
from warehouse import paths, peek, vitals
from warehouse.vitals import Vitals

FAILED_WITHIN = timedelta(hours=24)
WAITS_AT_MOST = timedelta(minutes=15)
"""Three sweeps: what is older and nobody has dealt with is forgotten, not late."""
SMALL_BYTES = 32 * 1024 * 1024
SMALL_AT_MOST = 128
"""Twice what compaction allows by default: it is not keeping up."""


def look(root: Path, config: str | None, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each thing that has to be so; nothing is changed. One that is `fail` is unhealthy."""
    plate = None
    try:
        plate = nameplates.read(plate_of(root))
        yield _service(plate)
    except PermissionError:
        yield Finding("ok", "service", "one of another user's is running, or was")
    yield _server(root, plate)
    yield checkup.space(root)
    if not paths.ledger(root).exists():
        yield Finding("ok", "ledger", "none yet: nothing has arrived")
        yield _waiting(root, _inboxes(root, config, plate), now)
        return
    try:
        vital = vitals.read_vitals(root, since=now - FAILED_WITHIN, small_bytes=SMALL_BYTES)
        yield from _of_ledger(root, vital, now)
        yield _waiting(root, _inboxes(root, config, plate), now)
    except vitals.Errors as error:
        yield Finding("fail", "ledger", f"it cannot be read: {error}", "run `copydesk doctor`")


def _service(plate: dict[str, object] | None) -> Finding:
    if plate is None:
        return Finding("fail", "service", "none is running on this data folder", "start `copydesk serve`")
    return Finding("ok", "service", f"process {plate.get('pid')} serves")


def _server(root: Path, plate: dict[str, object] | None) -> Finding:
    """Ask the server that the service uses, or the one that somebody else has running for this folder."""
    found = prefect_server.find_server(root)
    url = str(plate["api"]) if plate is not None and plate.get("api") else None if found is None else found.url
    if url is None:
        return Finding("ok", "Prefect server", "none is in use")
    if prefect_server.is_healthy(url):
        return Finding("ok", "Prefect server", f"answers at {url}")
    log = prefect_home(root) / prefect_server.LOG_NAME
    return Finding("fail", "Prefect server", f"does not answer at {url}", f"files land without it; look into {log}")


def _of_ledger(root: Path, vital: Vitals, now: datetime) -> Iterator[Finding]:
    yield _ledger(root, vital)
    if vital.last_landing_at is None:
        yield Finding("ok", "last landing", "none yet")
    else:
        yield Finding("ok", "last landing", f"{_ago(now - vital.last_landing_at)}, snapshot {vital.snapshot}")
    yield _runs(vital)
    if peek.is_current(root):
        yield Finding("ok", "catalog", f"shows snapshot {vital.snapshot}")
    else:
        yield Finding("warn", "catalog", "behind the ledger", "nothing: the next run or `copydesk sql` renews it")
    table, small = max(vital.small_files.items(), key=lambda item: item[1], default=("articles", 0))
    crowded = small > SMALL_AT_MOST
    told = f"{small:,} small Parquet files in {table}, the most of all tables"
    yield Finding("warn" if crowded else "ok", "compaction", told, "run `copydesk compact`" if crowded else None)


def _ledger(root: Path, vital: Vitals) -> Finding:
    if not vital.is_known_version:
        return Finding("fail", "ledger", f"has version {vital.ledger_version}, of a newer copydesk", "upgrade copydesk")
    if (problem := vitals.find_write_problem(root)) is not None:
        return Finding("fail", "ledger", f"nobody can write: {problem}", "`fuser` names who has it open")
    return Finding("ok", "ledger", f"version {vital.ledger_version}, takes writes")


def _runs(vital: Vitals) -> Finding:
    if vital.ended is not None and vital.ended[0] != "done":
        status, error = vital.ended
        return Finding("fail", "runs", f"the last one {status}: {error}", "mend that; the next takes what it left")
    if vital.dead:
        return Finding("warn", "runs", f"{', '.join(vital.dead)} died", "nothing: the next run closes it")
    if vital.failed:
        return Finding("warn", "runs", f"{vital.failed:,} failed in the last 24 hours", "SELECT * FROM runs says why")
    return Finding("ok", "runs", "none failed in the last 24 hours")


def _waiting(root: Path, inboxes: Sequence[Path], now: datetime) -> Finding:
    """Say how much lies in the inbox that nobody has dealt with, files that are still being written among it."""
    found = {
        file_names.uri_of(path): (facts.st_size, facts.st_mtime_ns, facts.st_ctime)
        for inbox in inboxes
        for path, facts in file_names.listed(os.fsencode(inbox))
    }
    left = vitals.waiting(root, ((uri, size, modified) for uri, (size, modified, _) in found.items()))
    if not left:
        return Finding("ok", "inbox", f"nothing waits; {len(found):,} files lie there, all dealt with")
    since = datetime.fromtimestamp(min(found[uri][2] for uri in left), UTC)
    told = f"{len(left):,} files wait, the oldest came {_ago(now - since)}"
    if now - since <= WAITS_AT_MOST:
        return Finding("ok", "inbox", told)
    oldest = min(left, key=lambda uri: found[uri][2])
    return Finding("fail", "inbox", f"{told}: {oldest}", "run `copydesk ingest`, and look at what it says of that file")


def _inboxes(root: Path, config: str | None, plate: dict[str, object] | None) -> list[Path]:
    """Return the folders that are watched: as the service says, else as copydesk.toml, else `inbox` in the folder."""
    if plate is not None and isinstance(plate.get("inbox"), list):
        return [Path(str(folder)) for folder in plate["inbox"]]  # type: ignore[attr-defined]
    file = places.config_file(config)
    named = places.read_toml(file).get("inbox") if file is not None else None
    listed = os.environ.get("COPYDESK_INBOX", "").split(os.pathsep) if named is None else named
    folders = [listed] if isinstance(listed, str) else [one for one in listed if one]
    base = Path.cwd() if file is None else file.parent
    return [places.absolute(folder, base) for folder in folders] or [root / "inbox"]


def _ago(age: timedelta) -> str:
    return f"{console.seconds_text(max(age.total_seconds(), 0))} ago"
