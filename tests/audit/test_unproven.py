"""What could not be looked at neither agrees nor differs:
each is told with its reason, and has an exit status of its own.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from audit.differences import AuditOutcome, DifferenceKind, Report
from audit.sealing import sealed_now
from audit.verify import verify
from desk.auditor.view import verdict
from domain.catalogue import Decision, Submission
from domain.incident import decision
from storage.checkpoint_keys import CheckpointKeys
from storage.codec import command_digest
from storage.database import Database, open_database
from storage.record import record
from terminal import upkeep
from tests.audit.sealed import NOON
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from tests.storage.cases import Case

QUIET = "inc-quiet"  # an id that no number was drawn for, so that its command needs no key


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'huiying.db'}"
    empty_ledger(url)
    opened = open_database(url)
    await record(opened, QUIET, (as_the_web_makes_it(),))
    yield opened
    await opened.close()


def as_the_web_makes_it() -> Decision:
    """A registration with the digest that its command calls for."""
    (registration, *_) = Case("1").decisions
    genuine = registration.cause
    assert isinstance(genuine, Submission)
    assert genuine.opening is not None
    submission = replace(
        genuine,
        digest=command_digest(genuine.command),
        opening=replace(genuine.opening, incident_id=QUIET),
    )
    decided = decision(None, submission, registration.now)
    assert decided is not None
    return decided


class Server:
    """A server that answers each question for a history in one way."""

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status

    def get_workflow_handle(self, *_: Any, **__: Any) -> "Server":
        return self

    async def fetch_history(self, **_: Any) -> None:
        raise RPCError("no history", self._status, b"")


async def audited(database: Database, status: RPCStatusCode) -> Report:
    return await verify(database, cast("Client", Server(status)), keys=KEYS)


async def test_a_server_that_does_not_answer_leaves_a_case_unproven(database: Database):
    report = await audited(database, RPCStatusCode.UNAVAILABLE)
    assert report.differences == ()
    assert (report.outcome, report.exit_status) == (AuditOutcome.UNPROVEN, 2)
    (why,) = report.unproven
    assert QUIET in why
    assert "UNAVAILABLE" in why


async def test_a_history_that_the_server_does_not_have_is_a_difference(database: Database):
    report = await audited(database, RPCStatusCode.NOT_FOUND)
    assert [one.kind for one in report.differences] == [DifferenceKind.HISTORY_MISSING]
    assert (report.outcome, report.exit_status) == (AuditOutcome.DIFFERS, 1)


async def test_without_a_way_to_the_server_what_the_archive_lacks_is_unproven(database: Database):
    report = await verify(database, None, keys=KEYS, out_of_reach=True)
    assert (report.outcome, report.exit_status) == (AuditOutcome.UNPROVEN, 2)
    alone = await verify(database, None, keys=KEYS)
    assert [one.kind for one in alone.differences] == [DifferenceKind.HISTORY_MISSING]


async def test_keys_that_cannot_be_compared_are_unproven_and_a_difference_goes_before(
    database: Database, tmp_path: Path
):
    await sealed_now(database, CheckpointKeys(tmp_path / "keys"), NOON)
    elsewhere = CheckpointKeys(tmp_path / "elsewhere")
    report = await verify(database, None, keys=KEYS, signing=elsewhere, out_of_reach=True)
    assert len(report.unlooked) == 1
    assert len(report.unproven) == 2
    report = await verify(database, None, keys=KEYS, signing=elsewhere)
    assert (len(report.unlooked), report.exit_status) == (1, 1)


async def test_terminal_and_button_say_so(database: Database, capsys: pytest.CaptureFixture[str]):
    report = await audited(database, RPCStatusCode.UNAVAILABLE)
    upkeep._print(report)
    printed = capsys.readouterr().out
    assert "未能证实 unproven" in printed
    assert "0 differences, 1 unproven" in printed
    assert "一致" not in printed
    shown = verdict(report.cases[0])
    assert (shown.outcome, len(shown.unproven)) == (AuditOutcome.UNPROVEN, 1)
