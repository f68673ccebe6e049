"""A new database of Prefect's is what its own migrations would have made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flows.prefect_database import DATABASE_NAME

MAKE = """
import json, sqlite3, sys
from pathlib import Path

from flows.prefect_home import configure_prefect, prefect_home

home = prefect_home(Path(sys.argv[1]))
home.mkdir(parents=True)
configure_prefect(Path(sys.argv[1]))

from alembic.script import ScriptDirectory
from flows.prefect_database import DATABASE_NAME, make_database
from prefect.server.database.alembic_commands import alembic_config
from prefect.server.database.dependencies import provide_database_interface

make_database(home)
orm = provide_database_interface()
scripts = ScriptDirectory.from_config(alembic_config())
scripts.version_locations = [str(orm.orm.versions_dir)]
file = sqlite3.connect(home / DATABASE_NAME)
print(json.dumps({
    "revision": file.execute("SELECT version_num FROM alembic_version").fetchall(),
    "head": scripts.get_current_head(),
    "whole": file.execute("PRAGMA integrity_check").fetchone()[0],
    "lacks": [
        f"{table.name}.{column.name}" for table in orm.Base.metadata.sorted_tables for column in table.columns
        if column.name not in {row[1] for row in file.execute(f'PRAGMA table_info("{table.name}")')}
    ],
    "left": sorted(path.name for path in home.iterdir()),
}))
"""


def test_a_new_database_is_migrated_to_the_newest_revision_and_has_every_column(tmp_path: Path) -> None:
    script = tmp_path / "make.py"
    script.write_text(MAKE)

    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    told = json.loads(done.stdout)

    assert told["revision"] == [[told["head"]]]
    assert told["whole"] == "ok"
    assert told["lacks"] == []
    assert told["left"] == [DATABASE_NAME]
