"""The long form of benchmarks/chaos.py, as `make soak` runs it: half an hour, at least 60 kills of the real service."""

from __future__ import annotations

import sys

import chaos

LONG = ("--seconds", "1800", "--kills", "60", "--served")

if __name__ == "__main__":
    sys.argv[1:] = [*LONG, *sys.argv[1:]]
    sys.exit(chaos.main())
