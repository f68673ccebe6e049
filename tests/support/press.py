"""A press whose articles are landed by hand, hundreds at once: for tests of what is counted over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows import lines, settings
from transforms.identity import to_id
from warehouse import catalog, claims, landing, line_counts, peek
from warehouse.landing import Landing, RunEnd
from warehouse.ledger import Ledger
from warehouse.tables import BY_NAME

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
DAY = date(2031, 1, 1)
_TOPICS = ("harbour", "orchard", "railway", "theatre", "glacier", "parliament", "lighthouse", "vineyard")


def paragraphs(number: int, count: int = 4) -> list[str]:
    """Return paragraphs that no other article has."""
    topic = _TOPICS[number % len(_TOPICS)]
    return [
        f"In case {number} the {topic} board heard witness {number}{line} for {line + 2} hours and put off its vote."
        for line in range(count)
    ]


def article(
    number: int, *lines: str, head: Sequence[str] = (), source: str = "courier", **values: Any
) -> Mapping[str, Any]:
    """Return an article of its own day whose last lines are `lines`."""
    body = "\n\n".join((*head, *paragraphs(number), *lines))
    return {
        "article_id": to_id(f"{source} {number}".encode()),
        "source": source,
        "headline": f"Case {number}",
        "body": body,
        "published_on": DAY + timedelta(days=number),
        "paragraph_count": body.count("\n\n") + 1,
        "lines_version": 0,
        "transform_version": "1",
        **values,
    }


class Press:
    """A warehouse below `root` that holds what was printed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = settings.load({"data": root})
        self.ledger = Ledger(root)

    def print(self, **tables: Iterable[Mapping[str, Any]]) -> None:
        """Land rows of the tables that are named, in one commit."""
        run = claims.begin_run(self.ledger, "manual", now=NOW, version="1")
        made = {name: BY_NAME[name].from_rows(rows) for name, rows in tables.items()}
        with landing.committer(self.ledger):
            landing.land(self.ledger, Landing(run.run_id, made, end=RunEnd()), now=NOW)
        run.close()
        catalog.publish(self.root, self.ledger.read_snapshot())

    def count(self, known: Iterable[tuple[str, str]] = (), **thresholds: Any) -> list[dict[str, Any]]:
        """Return the lines that recur, with their counts."""
        asked = self.settings.line_thresholds()._replace(**thresholds)
        with peek.open_catalog(self.root) as connection:
            return line_counts.count(connection, asked, lines.WORDS, known=known).lines.to_pylist()
