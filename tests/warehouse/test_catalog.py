"""Publishing: whole or not at all, never backwards, whatever others do with the file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest
from fake_lake import FakeLake, article, ask_fresh

from warehouse import analyst_views, catalog, paths, peek
from warehouse.tables import TABLES


@pytest.fixture
def lake(tmp_path: Path) -> FakeLake:
    return FakeLake(tmp_path)


def test_an_empty_warehouse_has_all_tables_and_views_with_their_columns_and_no_rows(lake: FakeLake) -> None:
    lake.publish(0)

    shown = {name for (name,) in lake.ask("SHOW TABLES")}
    assert shown == {table.name for table in TABLES} | set(analyst_views.VIEWS)
    for name in shown:
        assert lake.ask(f'SELECT * FROM "{name}"') == []
    assert lake.ask("FROM quotes_by('Xi')") == []
    assert lake.ask("FROM story('s')") == []


def test_the_columns_of_a_view_are_those_of_its_table_in_order(lake: FakeLake) -> None:
    lake.publish(0)

    for table in TABLES:
        described = [row[0] for row in lake.ask(f'DESCRIBE "{table.name}"')]
        assert described == [*table.columns, *table.view_only]


def test_columns_have_the_same_types_with_and_without_files(lake: FakeLake) -> None:
    lake.publish(1)
    before = {table.name: lake.ask(f'DESCRIBE "{table.name}"') for table in TABLES}
    for table in TABLES:
        lake.add(table, {})

    lake.publish(2)

    assert {table.name: lake.ask(f'DESCRIBE "{table.name}"') for table in TABLES} == before


def test_rows_of_several_files_are_seen_together(lake: FakeLake) -> None:
    lake.add("articles", article("a"), article("b"))
    lake.add("articles", article("c"))

    lake.publish()

    assert lake.ask("SELECT article_id FROM articles ORDER BY 1") == [("a",), ("b",), ("c",)]


def test_a_file_that_no_snapshot_names_is_not_seen(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.publish()
    lake.add("articles", article("b"))

    assert lake.ask("SELECT article_id FROM articles") == [("a",)]


def test_a_newer_catalog_is_never_replaced(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    assert lake.publish(2)

    assert not lake.publish(1)

    with peek.open_catalog(lake.root) as connection:
        stamp = peek.read_stamp(connection)
    assert stamp is not None
    assert stamp.snapshot == 2


def test_the_catalog_of_another_folder_is_replaced_whatever_its_number(lake: FakeLake, tmp_path: Path) -> None:
    lake.publish(9)
    moved = tmp_path / "moved"
    moved.mkdir()
    os.rename(paths.catalog(lake.root), paths.catalog(moved))

    assert FakeLake(moved).publish(1)


def test_a_file_that_is_no_catalog_is_replaced(lake: FakeLake) -> None:
    paths.catalog(lake.root).write_bytes(b"no database at all")

    assert lake.publish()

    assert lake.ask("SELECT count(*) FROM articles") == [(0,)]


def test_a_foreign_database_under_the_name_is_replaced(lake: FakeLake) -> None:
    with duckdb.connect(str(paths.catalog(lake.root))) as connection:
        connection.execute("CREATE TABLE mine (x INTEGER)")

    assert lake.publish()

    assert lake.ask("SELECT count(*) FROM articles") == [(0,)]


def test_nothing_but_the_catalog_and_the_lock_is_left_behind(lake: FakeLake) -> None:
    lake.publish(1)
    lake.publish(2)

    assert sorted(path.name for path in lake.root.iterdir()) == ["locks", "warehouse.duckdb"]


def test_what_a_killed_publisher_left_is_written_over(lake: FakeLake) -> None:
    (lake.root / ".warehouse.duckdb.fresh").write_bytes(b"half a file")
    (lake.root / "warehouse.duckdb.wal").write_bytes(b"half a log")

    lake.publish()

    assert sorted(path.name for path in lake.root.iterdir()) == ["locks", "warehouse.duckdb"]


def test_nobody_may_write_to_the_catalog(lake: FakeLake) -> None:
    lake.publish()

    assert paths.catalog(lake.root).stat().st_mode & 0o777 == 0o444


def test_a_failed_publish_leaves_the_old_catalog_and_the_next_one_goes_through(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.publish(1)
    lake.add("articles", article("b"))
    (paths.lake(lake.root) / lake.files[0].path).rename(lake.root / "aside")

    with pytest.raises(duckdb.IOException):
        lake.publish(2)

    (lake.root / "aside").rename(paths.lake(lake.root) / lake.files[0].path)
    assert lake.ask("SELECT article_id FROM articles") == [("a",)]
    assert lake.publish(2)
    assert len(lake.ask("FROM articles")) == 2


def test_a_log_beside_the_catalog_that_fits_another_file_does_not_hide_the_new_one(lake: FakeLake) -> None:
    """A user opened the catalog for writing and was killed: his log stays behind when the file is replaced."""
    lake.publish(1)
    leave_a_log(paths.catalog(lake.root))
    lake.add("articles", article("a"))

    lake.publish(2)

    assert not paths.catalog(lake.root).with_name("warehouse.duckdb.wal").exists()
    assert ask_fresh(lake.root, "SELECT article_id FROM articles") == [("a",)]


def test_a_log_that_appears_after_the_publish_does_not_hide_the_catalog_from_us(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.publish()
    other = lake.root / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE theirs (x INTEGER)")
    leave_a_log(other)
    other.with_name("other.duckdb.wal").rename(paths.catalog(lake.root).with_name("warehouse.duckdb.wal"))

    assert lake.ask("SELECT article_id FROM articles") == [("a",)]


def test_a_user_who_has_it_open_for_writing_keeps_nobody_from_publishing_or_reading(lake: FakeLake) -> None:
    lake.publish(1)
    paths.catalog(lake.root).chmod(0o644)
    user = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute('CREATE VIEW mine AS SELECT 1');"
            "print('open', flush=True); sys.stdin.read()",
            str(paths.catalog(lake.root)),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "open\n"
    try:
        assert lake.ask("SELECT count(*) FROM articles") == [(0,)]
        lake.add("articles", article("a"))
        lake.publish(2)

        assert lake.ask("SELECT article_id FROM articles") == [("a",)]
    finally:
        user.communicate("")
    assert lake.ask("SELECT article_id FROM articles") == [("a",)]


def test_an_open_connection_keeps_its_snapshot_and_a_new_one_sees_the_newest(lake: FakeLake) -> None:
    lake.publish(1)
    with (
        duckdb.connect(str(paths.catalog(lake.root)), read_only=True) as by_path,
        peek.open_catalog(lake.root) as attached,
    ):
        lake.add("articles", article("a"))
        lake.publish(2)

        assert by_path.execute("SELECT count(*) FROM articles").fetchall() == [(0,)]
        assert attached.execute("SELECT count(*) FROM articles").fetchall() == [(0,)]
        assert lake.ask("SELECT count(*) FROM articles") == [(1,)]


READER = """
import sys
import duckdb

highest = 0
print("ready", flush=True)
while highest < 30:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{sys.argv[1]}' AS warehouse (READ_ONLY)")
        connection.execute("USE warehouse")
        snapshot, = connection.execute("SELECT snapshot FROM copydesk.catalog").fetchone()
        articles, quotes = connection.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes)").fetchone()
    assert snapshot == articles == quotes, (snapshot, articles, quotes)
    assert snapshot >= highest, (snapshot, highest)
    highest = snapshot
"""


def test_another_process_reads_whole_snapshots_while_thirty_are_published(lake: FakeLake) -> None:
    lake.publish(0)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(paths.catalog(lake.root))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for number in range(1, 31):
            lake.add("articles", article(str(number)))
            lake.add("quotes", {"quote_id": str(number), "article_id": str(number), "run_id": "run-1"})
            lake.publish(number)
        _, errors = reader.communicate(timeout=60)

    assert errors == ""
    assert reader.returncode == 0


HEADERS = 3 * 4096
"""What DuckDB reads of a database before it closes the file, and opens it again for the rest."""


def looks_whole(content: bytes, path: Path) -> tuple[int, int, int]:
    path.write_bytes(content)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS warehouse (READ_ONLY)")
        connection.execute("USE warehouse")
        ((snapshot, articles, quotes),) = connection.execute(
            "SELECT snapshot, (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes) FROM copydesk.catalog"
        ).fetchall()
    return snapshot, articles, quotes


def test_a_catalog_that_comes_while_duckdb_opens_the_one_before_shows_one_of_both(
    lake: FakeLake, tmp_path: Path
) -> None:
    catalog = paths.catalog(lake.root)
    lake.publish(0)
    for number in range(1, 26):
        before = catalog.read_bytes()
        lake.add("articles", article(str(number)))
        lake.add("quotes", {"quote_id": str(number), "article_id": str(number), "run_id": "run-1"})
        if number > 12:
            lake.add("mentions", {"article_id": str(number), "ordinal": 0, "run_id": "run-1"})
        lake.publish(number, superseded=[("no such article", "run-0")] if number > 18 else [])
        after = catalog.read_bytes()

        opened_between = looks_whole(before[:HEADERS] + after[HEADERS:], tmp_path / f"{number}.duckdb")

        assert opened_between in {(number - 1,) * 3, (number,) * 3}
        assert looks_whole(after, tmp_path / f"{number}-after.duckdb") == (number,) * 3


def test_the_catalog_does_not_grow_with_the_times_it_was_written(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.publish(1)
    first = paths.catalog(lake.root).stat().st_size

    for number in range(2, 60):
        lake.publish(number)

    assert paths.catalog(lake.root).stat().st_size < 3 * first


def test_a_catalog_that_somebody_changed_is_made_anew(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    lake.publish(1)
    catalog = paths.catalog(lake.root)
    catalog.chmod(0o644)
    with duckdb.connect(str(catalog)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS one")

    lake.publish(2)

    assert lake.ask("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'mine'") == [(0,)]
    assert lake.ask("SELECT count(*) FROM articles") == [(1,)]


def test_a_catalog_that_another_duckdb_wrote_is_made_anew_unless_it_is_newer(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.add("articles", article("a"))
    lake.publish(2)
    monkeypatch.setattr(duckdb, "__version__", "1.5.99")

    assert not lake.publish(1)
    lake.publish(3)

    assert lake.ask("SELECT snapshot FROM copydesk.catalog") == [(3,)]
    assert lake.ask("SELECT count(*) FROM articles") == [(1,)]


def test_several_threads_may_publish_at_once_and_the_newest_stays(lake: FakeLake) -> None:
    lake.add("articles", article("a"))
    threads = [threading.Thread(target=lake.publish, args=(number,)) for number in (3, 1, 5, 2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lake.ask("SELECT snapshot FROM copydesk.catalog") == [(5,)]


@pytest.mark.parametrize(
    "name",
    [
        "o'clock",
        'dou"ble',
        "two  spaces",
        "Zeitung für Übermorgen 新聞",
        "data[1]",
        "st*r",
        "wh?t",
        "back\\slash",
        "x=1",
        "'; DROP VIEW articles; --",
        "<script>alert(1)<script>",
    ],
)
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    lake = FakeLake(tmp_path / name)
    lake.root.mkdir()
    lake.add("articles", article("a"))

    lake.publish()

    assert lake.ask("SELECT article_id, body FROM articles") == [("a", "Text of a.")]


def test_a_folder_whose_name_reads_as_a_pattern_is_not_taken_for_another_one(tmp_path: Path) -> None:
    other, lake = FakeLake(tmp_path / "data1"), FakeLake(tmp_path / "data[1]")
    other.root.mkdir()
    lake.root.mkdir()
    other.add("articles", article("theirs"))
    lake.add("articles", article("ours"))

    lake.publish()

    assert lake.ask("SELECT article_id FROM articles") == [("ours",)]


def test_the_catalog_opens_and_answers_without_any_extension_to_be_fetched(lake: FakeLake) -> None:
    lake.add("articles", article("a", headline="A"))
    lake.publish()
    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

    with duckdb.connect(str(paths.catalog(lake.root)), read_only=True, config=offline) as connection:
        for name in analyst_views.VIEWS:
            connection.execute(f"SELECT * FROM {name}").fetchall()
        assert connection.execute("SELECT headline FROM unique_articles").fetchall() == [("A",)]


def test_a_catalog_aside_is_written_to_its_target_only(lake: FakeLake, tmp_path: Path) -> None:
    lake.publish(5)
    target = tmp_path / "aside" / "then.duckdb"
    target.parent.mkdir()

    assert catalog.publish(lake.root, lake.snapshot(2), target=target)

    with peek.open_file(target) as connection:
        stamp = peek.read_stamp(connection)
    assert stamp is not None
    assert stamp.snapshot == 2
    assert lake.ask("SELECT snapshot FROM copydesk.catalog") == [(5,)]


def leave_a_log(database: Path) -> None:
    """Open `database` for writing in another process, change something, and die without closing it."""
    database.chmod(0o644)
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
            "c.execute(\"PRAGMA disable_checkpoint_on_shutdown; SET wal_autocheckpoint='1GB'\");"
            "c.execute('CREATE TABLE mine (x INTEGER)'); os._exit(0)",
            str(database),
        ],
        check=True,
    )
    assert database.with_name(f"{database.name}.wal").exists()
