"""The catalogue of rules: writes docs/expectations.md.

python -m expectations.catalogue docs/expectations.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from expectations import plan, volume
from expectations.rules import Rule

COMMAND = "python -m expectations.catalogue docs/expectations.md"

_HEAD = f"""\
# Expectations

Generated from the code by `{COMMAND}`.

Every batch is validated with Great Expectations before it lands.
A rule has a severity, and a setting may give it another one by its id:

* `critical`: the whole document waits in `quarantine`; the rule is its `reason`, and `detail` tells all that is wrong.
* `warning`: the row lands, and `articles.quality_flags` names the rule (rules about articles without `articles.`).
* `info`: it is counted in `expectation_results`.

Each expectation costs 3 ms, however few rows there are.
Rules of one family and severity are therefore evaluated as one expectation over a column that names the rules a row
breaks; its id in `expectation_results` is shown in the last column, and `details` counts by rule, by source, and shows
some articles.
`source` is set where the batch comes from a single source, and NULL where it comes from several.
"""


def main(arguments: list[str]) -> int:
    """Write the page to the file that `arguments` names; return the exit code."""
    if len(arguments) != 1:
        print(f"usage: {COMMAND}", file=sys.stderr)
        return 2
    Path(arguments[0]).write_text(to_markdown(), encoding="utf-8")
    return 0


def to_markdown() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *_batch_section(), *_volume_section()])


def _batch_section() -> Iterator[str]:
    for table in dict.fromkeys(rule.table for rule in plan.RULES):
        rules = [rule for rule in plan.RULES if rule.table == table]
        yield f"## {table}\n"
        yield from _to_rows(rules)
        yield ""


def _volume_section() -> Iterator[str]:
    yield "## The whole warehouse\n"
    yield "Looked at on a schedule, per source and for all sources together, against their own history.\n"
    yield from _to_rows(volume.RULES)
    yield ""


def _to_rows(rules: Iterable[Rule]) -> Iterator[str]:
    yield "| id | columns | severity | what is wrong | evaluated in |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        columns = " ".join(f"`{column}`" for column in rule.columns)
        yield f"| `{rule.id}` | {columns} | {rule.severity} | {rule.sentence} | `{_evaluated_in(rule)}` |"


def _evaluated_in(rule: Rule) -> str:
    return rule.id if rule.check is not None else f"{plan.suite_of(rule)}.{rule.family}.{rule.severity}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
