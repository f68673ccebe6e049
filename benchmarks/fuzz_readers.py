"""Does any file, however broken, crash or hang a reader, or lose a document?

Question:  samples of all formats are mutated, and mixed into each other, and taken through *read* and *prepare*. Is
           every one of them rows or quarantine, with the right id, without an exception, within SLOW_SECONDS each?
Command:   python benchmarks/fuzz_readers.py --seconds 600
Answer:    exit code 0 and a line of figures; 1, and the file that did it in --keep, with its traceback.

`tests/transforms/read/test_mutants.py` is the short form.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from memory import peak_mib
from mutants import mutate, seeds

from transforms.prepare import prepare
from transforms.read import read
from transforms.rows import Arrival
from transforms.settings import TransformSettings

LIMITS = TransformSettings(max_document_bytes=500_000, max_unpacked_bytes=20_000_000, max_members=500, max_rows=5_000)
SLOW_SECONDS = 10.0
_NOW = datetime(2025, 1, 1, tzinfo=UTC)


def main(arguments: Sequence[str]) -> int:
    """Run for the seconds asked for; return the exit code."""
    options = _options(arguments)
    chance = random.Random(options.seed)
    files = seeds()
    found: Counter[str] = Counter()
    end = time.monotonic() + options.seconds
    rounds = slowest = 0.0
    while time.monotonic() < end:
        name = chance.choice(list(files))
        mutant = mutate(files[name], list(files.values()), chance)
        begin = time.process_time()
        try:
            found.update(_outcomes(mutant, name))
        except Exception:
            return _keep(options.keep, name, mutant, traceback.format_exc())
        seconds = time.process_time() - begin
        if seconds > SLOW_SECONDS:
            return _keep(options.keep, name, mutant, f"took {seconds:.1f} s")
        slowest = max(slowest, seconds)
        rounds += 1
    print(f"{rounds:.0f} files, slowest {slowest:.2f} s, peak {peak_mib()} MiB, seed {options.seed}")
    print(", ".join(f"{count} {what}" for what, count in found.most_common()))
    return 0


def _outcomes(raw: bytes, name: str) -> Counter[str]:
    """Return what a file became; raise AssertionError where something of it got lost."""
    arrival = Arrival(f"file:///{name}", name, _NOW)
    reading = read(io.BytesIO(raw), arrival, LIMITS)
    assert reading.file_id == hashlib.sha256(raw).hexdigest()[:32]
    documents = reading.split.kept["documents"]
    split = prepare(documents, {arrival.file_uri: replace(arrival, members=reading.members)}, LIMITS, strict=True)
    assert split.kept["articles"].num_rows + split.rejected.num_rows == documents.num_rows
    told = Counter(reading.split.rejected["reason"].to_pylist()) + Counter(split.rejected["reason"].to_pylist())
    told["articles"] = split.kept["articles"].num_rows
    told["skipped"] = reading.split.kept["skipped"].num_rows
    return told


def _keep(folder: Path, name: str, raw: bytes, why: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(raw)
    print(f"{path}: {why}", file=sys.stderr)
    return 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
