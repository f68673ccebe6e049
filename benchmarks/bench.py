"""All benchmarks of speed one after the other, each in a form of a few minutes at most, as `make bench` runs them.

Question:  is anything slower than its bar on this machine?
Command:   make bench, or python benchmarks/bench.py [NAME…]; names are those of BENCHMARKS
Answer:    what each benchmark prints, then a line for each; exit code 1 when one missed a bar.

The long forms stand at the head of each benchmark. Quality has its own command (`make quality`), and so has the
half hour of kills (`make soak`).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BENCHMARKS = {
    "formats": ("--articles", "2000"),
    "watchlists": (),
    "repeated_lines": ("--articles", "20000"),
    "scan": ("--files", "20000"),
    "near_duplicates": ("--articles", "20000"),
    "growth": ("--sizes", "0", "10000"),
    "latency": ("--seconds", "60", "--bursts", "2", "--flood", "1000", "--events", "3"),
}
"""Name and options of each, the quick ones first."""


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return the exit code."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark is called {unknown[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results = {name: run(name) for name in names or BENCHMARKS}
    print()
    for name, (code, seconds) in results.items():
        print(f"{name:<16} {'ok' if code == 0 else f'exit code {code}':<12} {seconds:6.0f} s")
    return int(any(code for code, _ in results.values()))


def run(name: str) -> tuple[int, float]:
    """Run a benchmark; return its exit code and the seconds it took."""
    print(f"\n== {name} {' '.join(BENCHMARKS[name])}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", f"benchmarks.{name}", *BENCHMARKS[name]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
