"""The journal: the same events for people and for machines."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

import pytest

from flows import console
from flows.journal import Form, Journal


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told(capsys)]


def test_people_get_the_time_of_day_and_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    Journal("text", "INFO").tell("run.landed", "3 files: 3 articles (80 ms)", {"run_id": "r", "files": 3})

    [line] = told(capsys)

    clock, _, rest = line.partition(" ")
    assert datetime.strptime(clock, "%H:%M:%S")
    assert rest == "3 files: 3 articles (80 ms)"


def test_machines_get_an_object_per_line_with_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    Journal("json", "INFO").tell("run.landed", "3 files: 3 articles", {"run_id": "r", "files": 3, "snapshot": None})

    [record] = records(capsys)

    assert datetime.fromisoformat(record.pop("time")).utcoffset() is not None
    assert record == {
        "level": "info",
        "event": "run.landed",
        "message": "3 files: 3 articles",
        "run_id": "r",
        "files": 3,
        "snapshot": None,
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_lines_below_the_level_are_left_out(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(form, "WARNING")

    journal.tell("run.landed", "3 files")
    journal.tell("run.failed", "the disk is full", level="ERROR")

    [line] = told(capsys)
    assert "the disk is full" in line


def test_what_others_say_and_warn_of_is_an_event_too(capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal("json", "INFO")

    with journal.taking_all():
        console.say("  inbox      /srv/inbox")
        logging.getLogger("prefect.client").warning("retrying in %s s", 2)
    console.say("afterwards")

    *events, last = told(capsys)
    assert [json.loads(line)["event"] for line in events] == ["message", "log"]
    assert json.loads(events[0])["message"] == "inbox      /srv/inbox"
    assert json.loads(events[1])["logger"] == "prefect.client"
    assert last == "afterwards"
