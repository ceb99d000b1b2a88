"""A call reaches one person after the other until somebody has heard, exactly as DD-33 has it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client as WorkflowClient
from temporalio.client import WorkflowFailureError, WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.payloads import CallInput, ReachInput
from activities.reaching import Reaching
from domain.hearing import Hearer
from domain.law.regulation import Offices
from domain.notices import Notice
from domain.purposes import Purpose
from domain.terms.copies import changed
from domain.terms.vocabulary import ResponseClass
from rehearsals.document import load
from rehearsals.folding import fold_rehearsal
from settings import REGULATION
from storage import hearers
from storage.call_channels import keep, set_up
from storage.called_notices import CalledNotice
from storage.hearers import CalledPerson
from storage.inbox import deliver
from storage.receipts import CallStatus
from storage.snapshots import Snapshot
from tests.channels.peers import MailPeer, a_mail_server
from tests.keys import KEYS
from tests.workflows.calling import INCIDENT, NUMBER, Night, a_night, next_time, switched_on
from tests.workflows.stage import QUEUE
from workflows.call import CallWorkflow
from workflows.converter import converter
from workflows.opening import opened_history

MINUTE = timedelta(minutes=1)
[FOLDED] = fold_rehearsal(load(Path(__file__).parents[2] / "rehearsals" / "P5.yaml"))


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
async def night(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Night]:
    async with a_night(tmp_path, mail) as made:
        yield made


async def test_what_nobody_hears_climbs_a_quarter_of_an_hour_each_and_at_last_to_the_city(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await handle.result()
    assert await night.called() == [
        (0, "office.handler"),  # the table has a missed response told to office and leaders beside
        (0, "town.deputy"),
        (0, "town.leader"),
        (0, "town.monitor"),
        (15, "town.monitor"),  # the town has named no backup
        (30, "town.deputy"),
        (45, "town.leader"),
        (120, "mayor.deputy"),
    ]


async def test_at_night_the_person_on_duty_alone_is_called_and_the_others_at_seven(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 23, 10))
        await handle.result()
    seven = 7 * 60 + 50
    assert await night.called() == [
        (0, "town.monitor"),
        (seven, "office.handler"),
        (seven, "town.deputy"),
        (seven, "town.leader"),
        (seven, "town.monitor"),  # in place of a backup, whom the town has not named
        (seven + 15, "town.deputy"),
        (seven + 30, "town.leader"),
        (seven + 45, "mayor.deputy"),
    ]


async def test_at_ten_past_two_an_emergency_wakes_one_after_the_other_until_one_answers(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 2, 10), response_class=ResponseClass.H24)
        await night.until(night.sent_at + 11 * MINUTE)
        await night.acknowledge()
        await handle.signal(CallWorkflow.heard)
        await handle.result()
        ended_at = (
            await handle.describe()
        ).close_time  # while a result is awaited the server's time may jump
    later = [(minute, person) for minute, person in await night.called() if minute]
    assert later == [(5, "town.monitor"), (10, "town.deputy")]
    assert ended_at is not None
    assert ended_at - night.sent_at < 12 * MINUTE


async def test_who_was_not_told_of_the_acknowledgement_looks_before_calling_anybody_else(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await night.until(night.sent_at + 16 * MINUTE)
        await night.acknowledge()
        await handle.result()
    assert max(minute for minute, _ in await night.called()) == 15


async def test_a_signal_alone_ends_nothing(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await handle.signal(CallWorkflow.heard)
        await handle.signal("heard", "rubbish that nobody of the house sent")
        await handle.result()
    assert (120, "mayor.deputy") in await night.called()


@pytest.mark.parametrize(("hour", "minutes"), [(23, 8 * 60), (10, 0)])
async def test_a_reminder_waits_for_the_morning_and_climbs_to_nobody(night: Night, hour: int, minutes: int):
    async with night.worker():
        handle = await night.call(
            await next_time(night, hour), Purpose.REMINDER, response_class=ResponseClass.H24
        )
        await handle.result()
    assert await night.called() == [(minutes, "town.monitor")]


async def test_an_outage_of_an_hour_loses_nothing_and_doubles_nothing(night: Night):
    night.mail.recipient_answer = "451 4.3.0 later"
    async with night.worker():
        handle = await night.call(await next_time(night, 10), Purpose.INSTRUCTED, "instruction-1")
        await night.until(night.sent_at + 60 * MINUTE)
        night.mail.recipient_answer = ""
        await handle.result()
    entries = await night.receipts()
    assert {one.status for one in entries if one.at < night.sent_at + 60 * MINUTE} == {
        CallStatus.BEGUN,
        CallStatus.FAILED,
    }
    sent = [(one.person, one.rung) for one in entries if one.status is CallStatus.SENT]
    assert len(sent) == len(set(sent)) > 0
    assert {person for person, _ in sent} >= {"town.monitor", "town.deputy", "town.leader"}
    first = night.mail.subjects("town.leader@town.example")[0]
    assert "重发" not in first


async def test_what_is_refused_for_good_is_not_tried_again(night: Night):
    night.mail.recipient_answer = "550 nobody of that name"
    async with night.worker():
        handle = await night.call(await next_time(night, 10), Purpose.REMINDER)
        await handle.result()
    statuses = [one.status for one in await night.receipts()]
    assert statuses == [CallStatus.BEGUN, CallStatus.REFUSED, CallStatus.UNREACHABLE]


async def test_a_repeat_says_so(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await handle.result()
    first, again = night.mail.subjects("town.monitor@town.example")
    assert "重发" not in first
    assert "（重发）" in again


async def test_a_rung_that_never_ends_stops_neither_the_next_nor_the_call(
    night: Night, monkeypatch: pytest.MonkeyPatch
):
    persons = hearers.persons_of

    async def stuck(
        session: AsyncSession, hearer: str, unit: str, offices: Offices, at: datetime
    ) -> tuple[CalledPerson, ...]:
        if hearer == Hearer.DUTY_PERSON:
            raise OSError("away")
        return await persons(session, hearer, unit, offices, at)

    monkeypatch.setattr(hearers, "persons_of", stuck)
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await handle.result()
    ladder = [person for minute, person in await night.called() if minute >= 10]
    assert ladder == ["town.monitor", "town.deputy", "town.leader", "mayor.deputy"]


async def test_a_reminder_that_fails_in_the_evening_is_tried_again_in_the_morning(night: Night):
    night.mail.recipient_answer = "451 later"
    async with night.worker():
        handle = await night.call(await next_time(night, 21, 40), Purpose.REMINDER)
        await night.until(night.sent_at + 25 * MINUTE)
        night.mail.recipient_answer = ""
        await handle.result()
    assert await night.called() == [(9 * 60 + 20, "town.monitor")]


async def test_what_was_due_while_nobody_worked_wakes_nobody_but_the_person_on_duty(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 23), late=80 * MINUTE)
        await handle.result()
    called = await night.called()
    assert [person for minute, person in called if minute < 9 * 60] == ["town.monitor"]
    assert {person for minute, person in called if minute >= 9 * 60 + 20} == {
        "office.handler",
        "town.monitor",
        "town.deputy",
        "town.leader",
        "mayor.deputy",
    }


async def test_a_channel_that_is_off_for_a_minute_loses_nobody(night: Night):
    async with night.database.writing() as session:
        mail = (await set_up(session))["mail"]
        await keep(session, "mail", mail.settings, enabled=False, at=await night.now())
    async with night.worker():
        handle = await night.call(await next_time(night, 10), Purpose.REMINDER)
        await night.until(night.sent_at + 2 * MINUTE)
        await switched_on(night.database, night.mail.port, await night.now())
        await handle.result()
    assert [person for _, person in await night.called()] == ["town.monitor"]


@pytest.mark.parametrize(("number", "ends"), [(NUMBER, True), (NUMBER - 1, False)])
async def test_a_call_ends_when_its_case_turns_out_void_unless_the_ledger_is_behind(
    night: Night,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    ends: bool,  # noqa: FBT001  a row of the table
):
    assert FOLDED.incident is not None
    state = changed(FOLDED.incident, screening=changed(FOLDED.incident.screening, voided="误报"))
    snapshot = Snapshot(position=1, event_number=number, hash="", state=state)
    monkeypatch.setattr("activities.reaching.snapshot", AsyncMock(return_value=snapshot))
    async with night.worker():
        handle = await night.call(await next_time(night, 10))
        await handle.result()
    assert bool(await night.called()) is not ends
    lapsed = [one.detail for one in await night.receipts() if one.status is CallStatus.LAPSED]
    assert lapsed == ["no_longer"] * ends


async def test_what_fails_for_one_person_waits_for_the_messages_of_the_others(
    night: Night, monkeypatch: pytest.MonkeyPatch
):
    ended = []

    async def called(_: Reaching, __: CalledNotice, person: CalledPerson) -> bool:
        if person.login == "town.deputy":
            raise OSError("away")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        ended.append(person.login)
        return True

    monkeypatch.setattr(Reaching, "_call_person", called)
    await deliver(
        night.database,
        INCIDENT,
        [Notice(event_number=NUMBER, purpose=Purpose.BREACH, unit="qingxi", subject="x")],
        drill=False,
        at=await night.now(),
    )
    at = await night.now()
    call = CallInput(
        incident_id=INCIDENT,
        event_number=NUMBER,
        purpose=Purpose.BREACH,
        unit="qingxi",
        subject="x",
        level=None,
        response_class=ResponseClass.H48,
        sent_at=at,
    )
    rung = ReachInput(
        notice=call, ordinal=1, hearers=("deputy_leader", "principal_leader"), unread_only=False
    )
    reaching = Reaching(night.database, night.sender, rung, lambda: at, regulation=REGULATION, base="")
    with pytest.raises(OSError, match="away"):
        await reaching.reach()
    assert ended == ["town.leader"]


async def test_a_start_by_a_stranger_calls_nobody(night: Night):
    async with night.worker():
        plain = await WorkflowClient.connect(night.environment.client.service_client.config.target_host)
        handle = await plain.start_workflow("Call", "nobody sealed this", id="call-x", task_queue=QUEUE)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert await night.receipts() == ()


async def test_a_call_replays(night: Night):
    async with night.worker():
        handle = await night.call(await next_time(night, 23, 10), response_class=ResponseClass.H24)
        await handle.result()
    history = await handle.fetch_history()
    await replayed(opened_history(history, KEYS))


async def replayed(history: WorkflowHistory) -> None:
    """Replay a call's opened history, as the sandbox has it; raises where it does not."""
    replayer = Replayer(
        workflows=[CallWorkflow], data_converter=converter(), workflow_runner=SandboxedWorkflowRunner()
    )
    await replayer.replay_workflow(history)
