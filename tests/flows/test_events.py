"""Events: told where a server is known, and nothing at all elsewhere. tests/flows/test_serve.py has the real server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flows import events

TELL = """
import sys
from pathlib import Path
from flows import events
events.emit("copydesk.lake.seen", events.warehouse_id(Path("data")), {"depth": 3})
print("prefect" in sys.modules)
"""


def test_without_a_server_nothing_is_told_and_prefect_is_not_even_imported() -> None:
    done = subprocess.run([sys.executable, "-c", TELL], capture_output=True, text=True, timeout=60, check=True, env={})

    assert (done.stdout, done.stderr) == ("False\n", "")


def test_a_warehouse_is_named_by_its_folder_in_letters_that_automations_can_match(tmp_path: Path) -> None:
    assert events.warehouse_id(Path("/srv/news desk")) == "copydesk.warehouse./srv/news%20desk"
    assert events.warehouse_id(tmp_path / "data") == f"copydesk.warehouse.{tmp_path}/data"
