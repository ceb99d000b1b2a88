"""A call reaches one person after the other until somebody has heard, exactly as DD-33 has it."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client as WorkflowClient
from temporalio.client import WorkflowFailureError, WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from domain.purposes import Purpose
from domain.terms.vocabulary import ResponseClass
from storage.receipts import CallStatus
from tests.channels.peers import MailPeer, a_mail_server
from tests.keys import KEYS
from tests.workflows.calling import Night, a_night, next_time
from tests.workflows.stage import QUEUE
from workflows.call import CallWorkflow
from workflows.converter import converter
from workflows.opening import opened_history

MINUTE = timedelta(minutes=1)


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
    night.mail.recipient_answer = "451 later"
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
