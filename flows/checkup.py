"""What `copydesk doctor` looks at: the installation first, then the data folder; each look is one function."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

import flows
from flows import console
from flows.version import DISTRIBUTION, version
from warehouse import engines, paths, peek

Verdict = Literal["ok", "warn", "fail"]
_MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}

PACKAGES = ("flows", "transforms", "expectations", "warehouse")
PYTHONS = ((3, 11), (3, 14))
"""First Python that will do, and the first that will not."""
SPARE_BYTES = 1_000_000_000
"""Below this an ingest of a few hundred thousand articles may not fit; a tenth of it is an emergency."""
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "fuse.sshfs", "9p"}
"""File systems on which SQLite's write-ahead log does not hold its promises (sqlite.org/wal.html, section 3)."""


class Finding(NamedTuple):
    """What one look found."""

    verdict: Verdict
    about: str
    found: str
    what_to_do: str | None = None

    def lines(self) -> list[str]:
        """Return what is to be printed: the verdict and what was found, and what to do in a line of its own."""
        found = f"{_MARKS[self.verdict]}  {self.about:<18} {self.found}"
        return [found] if self.what_to_do is None else [found, f"{'':<24} {self.what_to_do}"]


def look_at_installation() -> Iterator[Finding]:
    """Yield what is to be said of Python, the packages and the engines."""
    yield _python()
    yield from _requirements()
    yield from _strangers()
    yield _sqlite()
    yield Finding("ok", "DuckDB", engines.duckdb_version())


def look_at_data(root: Path) -> Iterator[Finding]:
    """Yield what is to be said of the data folder and what lies in it; nothing in it is changed."""
    yield _writable(root)
    yield space(root)
    yield _file_system(root)
    if paths.ledger(root).exists():
        yield (ledger := _ledger(root))
        if ledger.verdict == "ok":
            yield _catalog(root)
    yield _left_over_wal(root)


def look_at_prefect(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is to be said of Prefect's settings in the environment."""
    server = environment.get("PREFECT_API_URL")
    if server is None:
        yield Finding("ok", "Prefect server", "one of its own, started when it is needed")
    else:
        yield Finding("ok", "Prefect server", f"{server} (PREFECT_API_URL)")
    if environment.get("PREFECT_SERVER_ANALYTICS_ENABLED", "false").lower() in ("1", "true", "yes"):
        yield Finding(
            "warn",
            "Prefect analytics",
            "PREFECT_SERVER_ANALYTICS_ENABLED is on: the server reports its use",
            "unset the variable, if that is not wanted",
        )


def _python() -> Finding:
    name = ".".join(str(part) for part in sys.version_info[:3])
    if PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        return Finding("ok", "Python", name)
    return Finding("fail", "Python", name, "install copydesk with Python 3.11, 3.12 or 3.13")


def _requirements() -> Iterator[Finding]:
    """Yield one line when all packages are there in versions that go together, else one line for each that is not."""
    from packaging.requirements import Requirement

    wrong = 0
    listed = [Requirement(line) for line in _required()]
    needed = [one for one in listed if one.marker is None or one.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong += 1
            yield Finding("fail", requirement.name, "not installed", f'pip install "{requirement}"')
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            wrong += 1
            found = f"{installed}, but only {requirement.specifier} was seen to go"
            yield Finding("fail", requirement.name, found, f'pip install "{requirement}"')
    if not wrong:
        yield Finding("ok", "packages", f"copydesk {version()} and the {len(needed)} packages it needs go together")


def _required() -> list[str]:
    """Return the requirements of the distribution, or of the checkout when nobody installed it."""
    try:
        return metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        project = Path(flows.__file__).parent.parent / "pyproject.toml"
        if not project.exists():
            return []
        declared: list[str] = tomllib.loads(project.read_text())["project"]["dependencies"]
        return declared


def _strangers() -> Iterator[Finding]:
    """Yield a line for each of our package names that another distribution uses too."""
    home = Path(flows.__file__).parent.parent
    owners = metadata.packages_distributions()
    wrong = False
    for name in PACKAGES:
        strangers = sorted({owner for owner in owners.get(name, []) if owner != DISTRIBUTION})
        if strangers:
            wrong = True
            found = f"also installed by {', '.join(strangers)}"
            yield Finding("fail", f"package {name}", found, "install copydesk in an environment of its own (pipx)")
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).parent.parent != home:
            wrong = True
            found = f"comes from {spec.origin if spec is not None else 'nowhere'}, not from {home}"
            yield Finding("fail", f"package {name}", found, "leave that folder, or take it off PYTHONPATH")
    if not wrong:
        yield Finding("ok", "names", f"{', '.join(PACKAGES)} are all from {home}")


def _sqlite() -> Finding:
    name = ".".join(str(part) for part in engines.sqlite_version())
    if engines.sqlite_version() >= engines.OLDEST_SQLITE:
        return Finding("ok", "SQLite", name)
    oldest = ".".join(str(part) for part in engines.OLDEST_SQLITE)
    return Finding("fail", "SQLite", f"{name}, older than {oldest}", "use a Python that is built with a newer SQLite")


def _writable(root: Path) -> Finding:
    place = _nearest(root)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding(
            "fail", "data folder", f"{place} cannot be written: {error.strerror}", "name another one with --data"
        )
    return Finding("ok", "data folder", f"{root}{'' if root.exists() else ' (not there yet; it can be made)'}")


def space(root: Path) -> Finding:
    """Return whether there is room on the disk of the data folder."""
    free = shutil.disk_usage(_nearest(root)).free
    verdict: Verdict = "ok" if free >= SPARE_BYTES else "warn" if free >= SPARE_BYTES // 10 else "fail"
    advice = None if verdict == "ok" else "make room, or name a data folder on another disk with --data"
    return Finding(verdict, "disk", f"{console.bytes_text(free)} free", advice)


def _file_system(root: Path) -> Finding:
    import psutil

    place = os.path.realpath(_nearest(root))
    mounts = [disk for disk in psutil.disk_partitions(all=True) if _is_below(place, disk.mountpoint)]
    kind = max(mounts, key=lambda disk: len(disk.mountpoint)).fstype if mounts else "unknown"
    if kind in REMOTE:
        return Finding(
            "fail", "file system", f"{kind}: the ledger needs a local one", "put the data folder on a local disk"
        )
    return Finding("ok", "file system", kind)


def _ledger(root: Path) -> Finding:
    try:
        newest = engines.check_ledger(root)
    except engines.LEDGER_ERRORS as error:
        return Finding("fail", "ledger", str(error), "keep a copy of the data folder, then restore ledger.sqlite")
    return Finding("ok", "ledger", f"whole, at snapshot {newest}")


def _catalog(root: Path) -> Finding:
    if peek.is_current(root):
        return Finding("ok", "catalog", f"{paths.CATALOG} opens and shows the newest snapshot")
    found = f"{paths.CATALOG} is missing, behind the ledger, or of another folder or release"
    return Finding("warn", "catalog", found, "nothing: the next `copydesk sql`, `status` or `ingest` renews it")


def _left_over_wal(root: Path) -> Finding:
    stale = root / f"{paths.CATALOG}.wal"
    if stale.exists():
        found = f"{stale.name} is there: somebody opened {paths.CATALOG} for writing"
        return Finding("warn", "stray .wal", found, "open it read-only; the next ingest takes the stray file away")
    return Finding("ok", "stray .wal", "none")


def _nearest(path: Path) -> Path:
    """Return `path` or the nearest folder above it that is there."""
    return next(place for place in (path, *path.parents) if place.exists())


def _is_below(place: str, mount: str) -> bool:
    return place == mount or place.startswith(mount.rstrip("/") + "/")
