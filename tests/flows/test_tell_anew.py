"""Stories told apart anew: what a schedule does at night, so that late articles end where they belong."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from shelf import words

from flows import settings
from flows.chores import tell_anew
from transforms.deduplicate import to_story_terms
from warehouse import peek, records
from warehouse.ledger import Ledger
from warehouse.tables import ARTICLES

NOON = datetime(2031, 4, 12, 12)


def test_articles_that_were_missed_are_brought_together_in_one_run(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ledger = Ledger(data)
    told = ARTICLES.from_rows(
        {
            "article_id": name,
            "headline": words("dam", 5),
            "body": f"{words('dam', 20)} {words(name, 10)}",
            "published_at": NOON + timedelta(hours=hour),
        }
        for hour, name in enumerate(("a", "b", "c"))
    )
    with ledger.writing() as connection:
        records.record_story_terms(connection, to_story_terms(told), None)
    ledger.close()

    first, second = (tell_anew(settings.load({"data": str(data)})) for _ in range(2))

    assert (first, second) == (3, 0)
    with peek.open_catalog(data) as catalog:
        members = catalog.execute("SELECT article_id, story_id FROM story_members ORDER BY 1").fetchall()
        runs = catalog.execute("SELECT trigger, status FROM runs").fetchall()
    assert members == [("a", "a"), ("b", "a"), ("c", "a")]
    assert runs == [("schedule", "done")]
