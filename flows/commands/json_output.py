"""What `--json` prints on stdout."""

from __future__ import annotations

import json

import click

from flows.json_values import to_iso


def print_json(value: object) -> None:
    """Print rows, or what they are part of, as JSON over several lines."""
    click.echo(json.dumps(value, default=to_iso, ensure_ascii=False, indent=2))
