"""What runs by itself, and when. In a process of its own: importing Prefect fixes its settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PLAN = """
import json, sys
from pathlib import Path
from flows.prefect_home import configure_prefect
configure_prefect(Path.cwd())
from flows import settings
from flows.deployments import plan
rows = [
    (one.name, one.flow.name, one.cron, one.interval_seconds, sorted(one.trigger.expect) if one.trigger else [])
    for one in plan(settings.load())
]
print(json.dumps(rows))
"""


def planned(folder: Path) -> list[list[object]]:
    done = subprocess.run([sys.executable, "-c", PLAN], cwd=folder, check=True, capture_output=True, timeout=60)
    rows: list[list[object]] = json.loads(done.stdout)
    return rows


def test_what_runs_by_itself_has_a_schedule_or_an_event_and_a_reprocess_waits_for_a_hand(tmp_path: Path) -> None:
    assert planned(tmp_path) == [
        ["ingest-sweep", "ingest", "*/5 * * * *", None, []],
        ["ingest-offered", "ingest", None, None, ["copydesk.files.offered"]],
        ["report", "report", "17 5 * * *", None, ["copydesk.articles.landed"]],
        ["lines", "lines", "23 2 * * *", None, []],
        ["reprocess", "reprocess", None, None, []],
        ["stories", "stories", "11 3 * * *", None, []],
        ["compact", "compact", "41 3 * * *", None, []],
    ]


def test_an_interval_takes_the_place_of_the_cron_line(tmp_path: Path) -> None:
    (tmp_path / "copydesk.toml").write_text("[schedules]\ningest_seconds = 90\n")

    assert planned(tmp_path)[0] == ["ingest-sweep", "ingest", None, 90.0, []]
