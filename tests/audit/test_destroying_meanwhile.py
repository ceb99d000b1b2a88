"""What comes in between while cases are destroyed: forged lists, words and records that come meanwhile,
another call, an engine that is lost, a stop; and what the installation is told afterwards.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.service import RPCError, RPCStatusCode

from audit import destroying
from audit.destroyed import is_as_booked
from audit.destroying import DestructionOutcome, DestructionRefused, Refusal, carry_out, draw, due
from audit.verify import verify
from domain.steps.close import Archive
from domain.steps.screen import MergeInto
from storage import histories
from storage.attachments import attach
from storage.database import Database
from storage.destroying import is_last
from storage.destruction import Word, lists
from storage.histories import History
from storage.installation import marks
from storage.record import record
from tests.audit import test_destroying as base
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forger import Forger
from tests.audit.sealed import CLERK, LI, NOON, PICTURE
from tests.audit.test_destroying import AUDIT, DEPUTY, LATER, LATEST, LEADER, LETTER, approved, said, wrong
from tests.keys import KEYS
from tests.storage.cases import START, Case

pytestmark = base.pytestmark
made, keys, house, guarded = base.made, base.keys, base.house, base.guarded

_Certificates = Callable[..., Awaitable[Any]]
_CERTIFICATES: _Certificates = destroying._certificates


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Awaitable[object]]) -> None:
    """Have something done when a case has been looked at and certified, and still stands."""

    async def certified_then(*arguments: Any) -> Any:
        certificates = await _CERTIFICATES(*arguments)
        await work()
        return certificates

    monkeypatch.setattr(destroying, "_certificates", certified_then)


async def count(database: Database, statement: str) -> int:
    async with database.session() as session:
        return int((await session.execute(text(statement), {"case": ENDED})).scalar_one())


LOG = "SELECT count(*) FROM event_log WHERE incident_id = :case"
ANOTHER_ENTRY = (
    "INSERT INTO destruction_entry SELECT list_position, 'inc-silent', number, retention, closed_at, due_at,"
    " decisions, seal FROM destruction_entry"
)
ANOTHER_WORD = (
    "INSERT INTO destruction_word SELECT list_position, kind, 'nobody', at, post, unit, reference"
    " FROM destruction_word WHERE kind = 'approved'"
)


@pytest.mark.parametrize(("statement", "approvals"), [(ANOTHER_ENTRY, 2), (ANOTHER_WORD, 1)])
async def test_a_list_is_not_carried_out_with_what_was_put_in_behind_the_audit_book(
    guarded: Database, house: destroying.DestructionHouse, statement: str, approvals: int
):
    """The guards let rows come, and what is destroyed on their word does not come back."""
    position = await draw(guarded, LI, LATER)
    for who in (LEADER, AUDIT)[:approvals]:
        await said(guarded, position, Word.APPROVED, who)
    await said(guarded, position, Word.ARCHIVE_CONSENTED, AUDIT, LETTER)
    async with guarded.writing() as session:
        await session.execute(text(statement))
    with pytest.raises(DestructionRefused, match=Refusal.ALTERED):
        await carry_out(guarded, house, position, LI, LATER)
    with pytest.raises(DestructionRefused, match=Refusal.ALTERED):  # nor is more said for it
        await said(guarded, position, Word.APPROVED, DEPUTY)
    await said(guarded, position, Word.DECLINED, DEPUTY)
    assert await count(guarded, "SELECT count(*) FROM destroyed_case WHERE incident_id IS NOT :case") == 0


async def test_what_was_withdrawn_counts_on_or_the_next_start_would_take_the_log_for_an_older_one(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    for place, incident_id in enumerate((ENDED, SILENT), start=1):
        forger.run(
            "INSERT INTO withdrawn_decision SELECT ?, position, recorded_at, incident_id, first_number,"
            " last_number, recorded_at, cause, command_id, edition, decision, previous_hash, hash, lineage"
            " FROM event_log WHERE incident_id = ? AND first_number = 1",
            place,
            incident_id,
        )
    async with database.session() as session:
        before = await marks(session)
    result = await carry_out(database, house, await approved(database), LI, LATER)
    assert (len(result.destroyed), result.left) == (1, {})
    async with database.session() as session:
        assert await marks(session) == before


async def test_a_case_whose_log_goes_on_while_it_is_certified_is_left(
    database: Database, house: destroying.DestructionHouse, forger: Forger, monkeypatch: pytest.MonkeyPatch
):
    async def goes_on() -> None:
        forger.run(
            "INSERT INTO event_log SELECT 99999, incident_id, 999, 999, recorded_at, cause, command_id,"
            " edition, decision, hash, 'another', lineage FROM event_log WHERE incident_id = ? LIMIT 1",
            ENDED,
        )

    position, rows = await approved(database), await count(database, LOG)
    meanwhile(monkeypatch, goes_on)
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, list(result.left.values())) == ([], [Refusal.CHANGED])
    assert await count(database, LOG) == rows + 1


async def test_who_declines_while_a_case_is_certified_is_heard(
    database: Database, house: destroying.DestructionHouse, monkeypatch: pytest.MonkeyPatch
):
    position = await approved(database)
    meanwhile(monkeypatch, lambda: said(database, position, Word.DECLINED, DEPUTY))
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, list(result.left.values())) == ([], [Refusal.DECLINED])
    assert await wrong(database) == []


async def test_nobody_declines_what_is_destroyed_while_the_word_is_said(
    database: Database, house: destroying.DestructionHouse, monkeypatch: pytest.MonkeyPatch
):
    position = await approved(database)

    async def destroyed_then(*arguments: Any) -> bool:
        monkeypatch.setattr(destroying, "is_as_booked", is_as_booked)
        await carry_out(database, house, position, LI, LATER)
        return await is_as_booked(*arguments)

    monkeypatch.setattr(destroying, "is_as_booked", destroyed_then)
    with pytest.raises(DestructionRefused, match=Refusal.DONE):
        await said(database, position, Word.DECLINED, DEPUTY)
    assert await wrong(database) == []


async def test_of_two_calls_at_the_same_time_one_destroys_and_neither_is_told_otherwise(
    database: Database, house: destroying.DestructionHouse, monkeypatch: pytest.MonkeyPatch
):
    position = await approved(database)
    others: list[DestructionOutcome] = []

    async def another() -> None:
        monkeypatch.setattr(destroying, "_certificates", _CERTIFICATES)
        others.append(await carry_out(database, house, position, LI, LATER))

    meanwhile(monkeypatch, another)
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, result.left) == ([], {})
    assert [(len(one.destroyed), one.left) for one in others] == [(1, {})]
    assert await wrong(database) == []


async def test_an_engine_that_is_lost_on_the_way_leaves_the_case_and_says_so(
    database: Database, house: destroying.DestructionHouse, monkeypatch: pytest.MonkeyPatch
):
    position = await approved(database)

    async def lost() -> None:
        raise RPCError("gone", RPCStatusCode.UNAVAILABLE, b"")

    meanwhile(monkeypatch, lost)
    result = await carry_out(database, house, position, LI, LATER)
    assert (result.destroyed, list(result.left.values())) == ([], [Refusal.ENGINE])


async def test_large_files_go_though_the_call_was_stopped_before_they_went(
    database: Database, house: destroying.DestructionHouse, monkeypatch: pytest.MonkeyPatch
):
    beside = database.files
    assert beside is not None
    shared, own, last = (
        replace(PICTURE, content=content, sha256=hashlib.sha256(content).hexdigest())
        for content in (b"shared", b"own", b"last")
    )
    for file in (shared, own, last):
        beside.keep(file.sha256, file.content)
    async with database.writing() as session:
        for incident_id, files in ((ENDED, (shared, own)), (LATEST.incident_id, (shared, last))):
            for file in files:
                await attach(session, incident_id, file, by=CLERK, at=NOON, lies_beside=True)
    position = await approved(database)

    async def stopped(_: Database) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(destroying, "_remove", stopped)
        with pytest.raises(asyncio.CancelledError):
            await carry_out(database, house, position, LI, LATER)
    assert beside.is_whole(own.sha256, len(own.content))
    await carry_out(database, house, position, LI, LATER)
    assert sorted(file.name for file in beside.folder.iterdir()) == sorted((shared.sha256, last.sha256))
    assert await wrong(database) == []


async def test_a_run_that_the_engine_still_lists_is_not_kept_again(
    database: Database, house: destroying.DestructionHouse
):
    await carry_out(database, house, await approved(database), LI, LATER)
    for incident_id in (ENDED, SILENT):
        run = History(
            workflow_id=incident_id,
            run_id=f"again-{incident_id}",
            history=b"x",
            history_json="{}",
            sdk_version="",
            build_id="",
        )
        await histories.keep(database, run)
    async with database.session() as session:
        kept_now = await histories.archived_runs(session, [f"again-{one}" for one in (ENDED, SILENT)])
    assert kept_now == {f"again-{SILENT}"}


PROOF_AGAIN = "INSERT INTO proof VALUES (?, 1, 1)"
HISTORY_AGAIN = (
    "INSERT INTO archived_history SELECT 9999, ?, 'again', history, history_json, sha256, sdk_version,"
    " build_id, created_at FROM archived_history LIMIT 1"
)
FILE_AGAIN = (
    "INSERT INTO attachment SELECT 9999, ?, 1, sha256, name, person, role, unit, attached_at"
    " FROM attachment LIMIT 1"
)


@pytest.mark.parametrize("statement", [PROOF_AGAIN, HISTORY_AGAIN, FILE_AGAIN])
async def test_whatever_comes_back_of_a_case_is_told(
    database: Database, house: destroying.DestructionHouse, forger: Forger, statement: str
):
    await carry_out(database, house, await approved(database), LI, LATER)
    forger.run(statement, ENDED)
    report = await verify(database, None, [ENDED], keys=KEYS)
    assert any("no record" in str(one) for one in report.differences), report


async def test_a_case_that_changed_may_stand_on_the_next_list(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    await approved(database)
    forger.run("UPDATE destruction_entry SET seal = ?", "0" * 64)  # as though it had been drawn before
    assert await draw(database, LI, LATER) == 2
    async with database.session() as session:
        assert [entry.incident_id for entry in (await lists(session))[1].entries] == [ENDED]
        assert await due(session, LATER) == []


async def test_a_duplicate_is_kept_for_as_long_as_the_case_that_it_was_joined_to(database: Database):
    survivor = Case("survivor")
    for name, other in (("joined", survivor.incident_id), ("alone", "inc-gone")):
        duplicate = Case(name)
        duplicate.submit(
            MergeInto(
                incident=other,
                number="舆〔2026〕9号",
                discovered_at=START,
                response_due_at=START,
                reason="同一件",
            )
        )
        duplicate.submit(Archive())
        await record(database, duplicate.incident_id, duplicate.decisions)
        await base.proven(database, duplicate.incident_id)
    await record(database, survivor.incident_id, survivor.decisions)
    await base.proven(database, survivor.incident_id)
    async with database.session() as session:
        ids = {entry.incident_id for entry in await due(session, LATER)}
    assert ids == {ENDED, Case("alone").incident_id}


async def test_the_case_with_the_last_turn_of_proof_waits(
    database: Database, house: destroying.DestructionHouse, forger: Forger
):
    """Whoever follows the record has looked up to that turn, and would pass over the next that gets it."""
    async with database.session() as session:
        assert not await (await session.connection()).run_sync(is_last, ENDED)
    forger.run("UPDATE proof SET turn = 99999 WHERE incident_id = ?", ENDED)
    result = await carry_out(database, house, await approved(database), LI, LATER)
    assert list(result.left.values()) == [Refusal.LAST]


async def test_the_day_of_a_destruction_is_the_day_of_the_house(
    database: Database, house: destroying.DestructionHouse
):
    evening = datetime(2070, 1, 1, 17, tzinfo=UTC)  # one o'clock in the night of the second
    await carry_out(database, house, await approved(database), LI, evening)
    report = await verify(database, None, [ENDED], keys=KEYS)
    assert "2070-01-02" in report.cases[0].notes[0]
