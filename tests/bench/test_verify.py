"""The verifier finds what was acknowledged and is not there, is there twice, or under another number."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.http_callers import AcknowledgedStep
from bench.verify import faults

CONCERN = {"kind": "record_concern", "text": "何时公布", "audience": "public"}
Write = Callable[..., Path]


def acknowledged(number: int | None, status: int = 200) -> AcknowledgedStep:
    return AcknowledgedStep(incident_id="inc-1", status=status, event_number=number, command=CONCERN)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an event log with the concern under each of the numbers,
    and a ledger that stands at `ledger`.
    """

    def write(*numbers: int, ledger: int) -> Path:
        file = tmp_path / "huiying.db"
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("CREATE TABLE case_text (reference, text)")
            connection.execute("CREATE TABLE event_log (incident_id, last_number, cause, decision)")
            connection.execute("CREATE TABLE incident (incident_id, event_number)")
            decision = json.dumps({"cause": {"command": CONCERN}})
            rows = [("inc-1", number, "submission", decision) for number in numbers]
            connection.executemany("INSERT INTO event_log VALUES (?, ?, ?, ?)", rows)
            connection.execute("INSERT INTO incident VALUES ('inc-1', ?)", (ledger,))
        return file

    return write


async def test_what_stands_once_under_its_number_is_in_order(write: Write):
    assert await faults(write(7, ledger=7), [acknowledged(7)], seconds=0) == []


async def test_an_accepted_command_may_not_know_its_number_yet(write: Write):
    assert await faults(write(7, ledger=7), [acknowledged(None, 202)], seconds=0) == []


async def test_an_acknowledged_command_that_is_missing_is_found(write: Write):
    assert "not in the event log" in (await faults(write(ledger=0), [acknowledged(7)], seconds=0))[0]


async def test_a_command_under_another_number_is_found(write: Write):
    assert "number 7 was acknowledged" in (await faults(write(8, ledger=8), [acknowledged(7)], seconds=0))[0]


async def test_a_command_recorded_twice_is_found(write: Write):
    assert "more often" in (await faults(write(7, 8, ledger=8), [acknowledged(7)], seconds=0))[0]


async def test_a_ledger_behind_its_event_log_is_found(write: Write):
    assert "the ledger stands at 6" in (await faults(write(7, ledger=6), [acknowledged(7)], seconds=0))[0]
