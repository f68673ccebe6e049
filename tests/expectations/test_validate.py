"""*validate* as the flow sees it: what goes on, what waits in quarantine, and what was evaluated."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import Checks, Validation, validate
from warehouse import tables

Make = Callable[..., Mapping[str, pa.Table]]

CHILDREN = ("removals", "quotes", "mentions", "dates", "figures", "evidence", "matches")
BUDGET = 25


def flags_of(validation: Validation) -> list[list[str] | None]:
    return list(validation.kept["articles"]["quality_flags"].to_pylist())


def results_of(validation: Validation) -> dict[str, dict[str, Any]]:
    return {row["expectation_id"]: row for row in validation.results.to_pylist()}


def joined(*parts: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    return {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}


def test_a_sound_article_lands_as_it_is(make_tables: Make, checks: Checks) -> None:
    given = make_tables()

    validation = validate(given, checks)

    assert {name: table.equals(given[name]) for name, table in validation.kept.items()} == dict.fromkeys(given, True)
    assert validation.rejected.num_rows == 0
    assert pc.all(validation.results["success"]).as_py()


def test_tables_have_the_schemas_of_the_warehouse(make_tables: Make, body: str, checks: Checks) -> None:
    validation = validate(make_tables([body, ""]), checks)

    assert tables.QUARANTINE.checked(validation.rejected).num_rows == 1
    assert tables.EXPECTATION_RESULTS.checked(validation.results).num_rows > 0
    for name, table in validation.kept.items():
        assert tables.BY_NAME[name].checked(table).num_rows == 1


def test_nothing_in_nothing_out(checks: Checks) -> None:
    validation = validate({}, checks)

    assert sum(table.num_rows for table in validation.kept.values()) == 0
    assert validation.rejected.num_rows == validation.results.num_rows == 0


def test_a_single_article_stays_within_the_budget(make_tables: Make, checks: Checks) -> None:
    validation = validate(make_tables(), checks)

    assert 10 < validation.results.num_rows <= BUDGET


def test_an_article_without_pieces_costs_fewer_expectations(make_tables: Make, checks: Checks) -> None:
    whole = make_tables()
    bare = {name: table for name, table in whole.items() if name not in CHILDREN}

    assert validate(bare, checks).results.num_rows < validate(whole, checks).results.num_rows


def test_a_critical_failure_takes_the_document_with_all_its_rows(make_tables: Make, body: str, checks: Checks) -> None:
    given = make_tables([body, "", body + " More."])
    gone = given["articles"]["article_id"][1].as_py()

    validation = validate(given, checks)

    assert {name: table.num_rows for name, table in validation.kept.items()} == dict.fromkeys(given, 2)
    for name, table in validation.kept.items():
        assert gone not in table["document_id" if name == "documents" else "article_id"].to_pylist()


def test_a_quarantined_document_keeps_its_bytes_and_tells_all_its_failures(make_tables: Make, checks: Checks) -> None:
    given = make_tables([""], article={"headline": "x" * 301})

    [row] = validate(given, checks).rejected.to_pylist()

    assert row["raw"] == given["documents"]["raw"][0].as_py()
    assert (row["stage"], row["reason"], row["severity"]) == ("validate", "articles.no_words", "critical")
    assert "articles.headline_too_long" in row["detail"]
    assert "headline_chars: 301" in row["detail"]
    assert (row["document_id"], row["file_uri"], row["position"]) == (
        given["documents"]["document_id"][0].as_py(),
        "file:///inbox/ferry.txt",
        0,
    )
    assert (row["run_id"], row["quarantine_id"], row["quarantined_at"]) == (None, None, None)


def test_a_warning_lands_with_a_flag(make_tables: Make, checks: Checks) -> None:
    assert flags_of(validate(make_tables(["The ferry left."]), checks)) == [["short_body"]]


def test_a_warning_keeps_the_flags_that_are_there(make_tables: Make, checks: Checks) -> None:
    given = make_tables(["The ferry left."], article={"quality_flags": ["placement_contradicts", "short_body"]})

    assert flags_of(validate(given, checks)) == [["placement_contradicts", "short_body"]]


def test_an_article_without_warnings_keeps_its_empty_list(make_tables: Make, body: str, checks: Checks) -> None:
    given = make_tables([body, "The ferry left."], article={"quality_flags": []})

    assert flags_of(validate(given, checks)) == [[], ["short_body"]]


def test_a_flag_of_one_article_is_not_that_of_another(make_tables: Make, body: str, checks: Checks) -> None:
    validation = validate(make_tables([body, "The ferry left.", body + " More."]), checks)

    assert flags_of(validation) == [None, ["short_body"], None]


def test_a_missing_headline_is_counted_and_nothing_else(make_tables: Make, checks: Checks) -> None:
    given = make_tables(article={"headline": None}, pieces={"evidence": {"field": "language"}})

    validation = validate(given, checks)

    assert flags_of(validation) == [None]
    counted = results_of(validation)["articles.headline_missing"]
    assert (counted["severity"], counted["success"], counted["unexpected"]) == ("info", False, 1)


def test_a_broken_child_row_lands_and_the_article_carries_the_flag(make_tables: Make, checks: Checks) -> None:
    validation = validate(make_tables(pieces={"quotes": {"text": "We were happy,"}}), checks)

    assert validation.kept["quotes"].num_rows == 1
    assert flags_of(validation) == [["quotes.text_not_in_body"]]


def test_a_child_rule_made_critical_takes_the_document(make_tables: Make, body: str, checks: Checks) -> None:
    given = joined(make_tables(pieces={"quotes": {"text": "We were happy,"}}), make_tables([body + " More."]))
    strict = replace(checks, severities={"quotes.text_not_in_body": "critical"})

    validation = validate(given, strict)

    assert validation.rejected["reason"].to_pylist() == ["quotes.text_not_in_body"]
    assert {name: table.num_rows for name, table in validation.kept.items()} == dict.fromkeys(given, 1)


def test_a_critical_rule_made_a_warning_lets_the_document_land(make_tables: Make, checks: Checks) -> None:
    lenient = replace(checks, severities={"articles.headline_too_long": "warning"})

    assert flags_of(validate(make_tables(article={"headline": "x" * 301}), lenient)) == [["headline_too_long"]]


def test_a_severity_for_an_unknown_rule_names_the_nearest(make_tables: Make, checks: Checks) -> None:
    misspelt = replace(checks, severities={"articles.headline_to_long": "warning"})

    with pytest.raises(ValueError, match=r"did you mean 'articles\.headline_too_long'"):
        validate(make_tables(), misspelt)


def test_the_same_document_twice_in_a_batch_leaves_twice(make_tables: Make, checks: Checks) -> None:
    given = joined(make_tables(), make_tables())

    validation = validate(given, checks)

    assert validation.rejected["reason"].to_pylist() == ["articles.key_repeated"] * 2
    assert validation.kept["documents"].num_rows == 0


@pytest.mark.parametrize("table", CHILDREN)
def test_a_row_without_its_article_is_a_bug(make_tables: Make, checks: Checks, table: str) -> None:
    given = make_tables(pieces={table: {"article_id": "somebody else's"}})

    with pytest.raises(ValueError, match=f"table {table}: rows without an article"):
        validate(given, checks)


def test_a_document_without_its_article_is_a_bug(make_tables: Make, checks: Checks) -> None:
    given = {**make_tables(), "articles": tables.ARTICLES.empty()}

    with pytest.raises(ValueError, match="documents and articles"):
        validate({name: given[name] for name in ("documents", "articles")}, checks)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(["sound", "", "Short.", "-" * 400]), min_size=1, max_size=5))
def test_documents_in_are_documents_kept_and_rejected(
    make_tables: Make, body: str, checks: Checks, kinds: list[str]
) -> None:
    given = make_tables([body if kind == "sound" else kind for kind in kinds])

    validation = validate(given, checks)

    kept, rejected = (
        validation.kept["documents"]["document_id"].to_pylist(),
        validation.rejected["document_id"].to_pylist(),
    )
    assert sorted(kept + rejected) == sorted(given["documents"]["document_id"].to_pylist())
    assert validation.kept["articles"]["article_id"].to_pylist() == kept
    assert len(rejected) == sum(kind in ("", "-" * 400) for kind in kinds)


def test_a_batch_and_its_halves_end_in_the_same_rows(make_tables: Make, body: str, checks: Checks) -> None:
    bodies = [body, "", "The ferry left.", body + " Read more", "-" * 400, body + "<p>"]
    whole = make_tables(bodies)
    halves = [
        {name: table.slice(start, 3) for name, table in whole.items()} for start in (0, 3)
    ]  # one row of each table per article

    at_once, (first, second) = validate(whole, checks), [validate(half, checks) for half in halves]

    assert at_once.rejected.equals(pa.concat_tables([first.rejected, second.rejected]))
    for name, table in at_once.kept.items():
        assert table.equals(pa.concat_tables([first.kept[name], second.kept[name]])), name


def test_all_rows_of_a_big_failure_are_named(make_tables: Make, checks: Checks) -> None:
    """Great Expectations lists at most 200 unexpected values, and 20 in its summaries."""
    given = make_tables([f"Ferry number {number} left." for number in range(600)])

    validation = validate(given, checks)

    assert flags_of(validation) == [["short_body"]] * 600


def test_results_say_what_was_evaluated_and_what_failed(make_tables: Make, body: str, checks: Checks) -> None:
    validation = validate(make_tables([body, "The ferry left.", body + " More."]), checks)

    row = results_of(validation)["articles.short_body"]
    details = json.loads(row.pop("details"))
    assert row == {
        "run_id": None,
        "batch": 3,
        "expectation_id": "articles.short_body",
        "suite": "articles",
        "expectation": "expect_column_values_to_be_between",
        "column": "body, word_count",
        "source": "coastwire",
        "severity": "warning",
        "success": False,
        "evaluated": 3,
        "unexpected": 1,
        "unexpected_share": pytest.approx(1 / 3),
        "observed": None,
        "validated_at": datetime(2031, 4, 12, 10),
    }
    assert details["sources"] == {"coastwire": 1}
    assert details["articles"] == [validation.kept["articles"]["article_id"][1].as_py()]


def test_results_of_a_family_count_by_rule(make_tables: Make, checks: Checks) -> None:
    spoiled = {"quotes": {"text": "We were happy,"}, "dates": {"end_char": 9_000}, "figures": {"text": "43"}}

    row = results_of(validate(make_tables(pieces=spoiled), checks))["rows.spans.warning"]

    assert row["unexpected"] == 3
    assert json.loads(row["details"])["rules"] == {
        "quotes.text_not_in_body": 1,
        "dates.span_outside_body": 1,
        "figures.text_not_in_body": 1,
    }


def test_results_of_several_sources_count_failures_by_source(make_tables: Make, body: str, checks: Checks) -> None:
    given = joined(make_tables([body]), make_tables(["The ferry left."], article={"source": "harbour-post"}))

    row = results_of(validate(given, checks))["articles.short_body"]

    assert row["source"] is None
    assert json.loads(row["details"])["sources"] == {"harbour-post": 1}


def test_one_row_may_break_several_rules_of_a_family(make_tables: Make, body: str, checks: Checks) -> None:
    given = make_tables([f"{body}<p>\n\n{body}<p> Read more"])

    assert flags_of(validate(given, checks)) == [["markup_left", "body_cut_short", "paragraph_repeated"]]


def test_expectation_ids_are_unique_in_a_batch(make_tables: Make, checks: Checks) -> None:
    ids = validate(make_tables(), checks).results["expectation_id"].to_pylist()

    assert len(ids) == len(set(ids))


def test_an_aware_time_is_turned_into_utc(make_tables: Make) -> None:
    in_prague = Checks(batch=0, validated_at=datetime(2031, 4, 12, 12, tzinfo=timezone(timedelta(hours=2))))

    validation = validate(make_tables(), in_prague)

    assert set(validation.results["validated_at"].to_pylist()) == {datetime(2031, 4, 12, 10)}
    assert Checks(batch=0, validated_at=datetime(2031, 4, 12, 10, tzinfo=UTC)).validated_at_utc == datetime(
        2031, 4, 12, 10
    )


def test_threads_do_not_see_each_others_articles(make_tables: Make, body: str, checks: Checks) -> None:
    given = {size: make_tables([f"{body} {size} {number}" for number in range(size)]) for size in (1, 4)}
    seen: dict[int, list[int]] = {}

    def look(size: int) -> None:
        results = [validate(given[size], checks).results for _ in range(4)]
        seen[size] = [
            result.filter(pc.equal(result["suite"], "articles"))["evaluated"][0].as_py() for result in results
        ]

    threads = [threading.Thread(target=look, args=(size,)) for size in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {1: [1] * 4, 4: [4] * 4}


def test_text_of_articles_is_data(make_tables: Make, body: str, checks: Checks) -> None:
    """Neither a rule, nor a parameter, nor a query: it comes out as it went in."""
    hostile = "$PARAMETER {{min_words}} `rm` '; drop table articles; -- quotes.text_not_in_body"

    validation = validate(make_tables([f"{hostile} {body}"], article={"headline": hostile, "source": hostile}), checks)

    assert validation.kept["articles"]["headline"].to_pylist() == [hostile]
    assert validation.rejected.num_rows == 0


def test_importing_expectations_does_not_import_great_expectations() -> None:
    program = "import sys, expectations; sys.exit('great_expectations' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.slow
def test_warming_up_and_validating_touch_neither_the_network_nor_the_home_folder(tmp_path: Path) -> None:
    """Loopback stays open; everything else is a crash."""
    program = """
import socket
connect = socket.socket.connect
def guarded(self, address):
    assert address[0] in ("127.0.0.1", "::1"), address
    return connect(self, address)
socket.socket.connect = guarded
def refuse(host, *rest, **options):
    raise AssertionError(f"look-up of {host}")
socket.getaddrinfo = refuse
import os, sys, expectations
expectations.warm_up()
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
assert "great_expectations" in sys.modules
"""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("GX_ANALYTICS_ENABLED", None)

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.rglob("*")) == []


def test_validating_opens_no_socket(make_tables: Make, checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)

    assert validate(make_tables(["The ferry left."]), checks).kept["articles"].num_rows == 1
