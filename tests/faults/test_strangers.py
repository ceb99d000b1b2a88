"""Another user of the machine at the engine: whatever is sent to whichever door,
nothing is written and the clock goes on.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from temporalio import activity
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.workflowservice.v1 import (
    RespondActivityTaskCompletedByIdRequest,
    RespondActivityTaskFailedByIdRequest,
)
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHistory,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.hand import Notifier
from activities.intrusions import INTRUSIONS
from audit.replay import replays
from domain.steps.register import RecordConcern
from storage.database import Database
from tests.domain.cast import ALICE, UNIT, assigned, h, judged, registered, step
from tests.keys import KEYS
from tests.workflows.stage import INCIDENT, QUEUE, Stage, a_live_stage
from workflows.converter import converter
from workflows.incident import STRANGE
from workflows.opening import opened_history
from workflows.payloads import CaseInput
from workflows.sealing import SEALED

OTHER = "inc-2"
PATIENCE = timedelta(minutes=1)  # every call is answered, and none is meant to wait so long
SLOW = 3600.0  # an hour of the case takes a second


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_live_stage(tmp_path, scale=SLOW) as made:
        INTRUSIONS.take()
        yield made


async def stranger(stage: Stage) -> Client:
    """A client of the same server that has the house's code and none of its keys."""
    address = stage.client.service_client.config.target_host
    return await Client.connect(address, namespace=stage.client.namespace, data_converter=converter())


async def sealed_for(stage: Stage, incident_id: str) -> list[Payload]:
    """All sealed arguments in the history of a case: its start, and each update."""
    events = (await stage.client.get_workflow_handle(incident_id).fetch_history()).events
    found = list(events[0].workflow_execution_started_event_attributes.input.payloads)
    for event in events:
        accepted = event.workflow_execution_update_accepted_event_attributes
        found += accepted.accepted_request.input.args.payloads
    return found


async def forged(stage: Stage) -> list[list[Any]]:
    """What a stranger may send: none, garbage, plain, of another case, of an unknown key, changed,
    and two at once.
    """
    own, other = await sealed_for(stage, INCIDENT), await sealed_for(stage, OTHER)
    valid = stage.submission(judged(at=h(m=50)), None)
    unknown, changed, renamed = Payload(), Payload(), Payload()
    unknown.CopyFrom(own[-1])
    unknown.metadata["key"] = b"f" * 16
    changed.CopyFrom(own[-1])
    changed.data = changed.data[:-1] + bytes([changed.data[-1] ^ 1])
    renamed.CopyFrom(other[-1])
    renamed.metadata["case"] = INCIDENT.encode()
    garbage = [
        Payload(metadata={"encoding": b"json/plain"}, data=b"\x00{"),
        Payload(metadata={"encoding": SEALED}, data=b"short"),
        Payload(metadata={"encoding": b"binary/huiying-unopened"}, data=b""),
        Payload(),
    ]
    raw = [*garbage, unknown, changed, renamed, *other]
    return [
        [],
        [valid],
        [valid, valid],
        [own[-1], own[-1]],
        ["text"],
        [None],
        *([RawValue(one)] for one in raw),
    ]


async def begun(stage: Stage) -> None:
    await stage.register(registered())
    await stage.register(registered(), OTHER)
    await stage.give([judged(), assigned()])
    await stage.give([judged(at=h(m=25)), assigned(at=h(m=26))], OTHER)


async def settled(stage: Stage, kind: str) -> Counter[str]:
    """The kinds of all events of the case, once one of them is there."""
    async with asyncio.timeout(60):
        while not (kinds := Counter(await stage.kinds()))[kind]:
            await asyncio.sleep(0.1)
    return kinds


async def test_signals_of_a_stranger_are_one_event_an_hour_and_the_clock_goes_on(stage: Stage):
    async with stage.worker():
        await begun(stage)
        before = len(await stage.log())
        handle = (await stranger(stage)).get_workflow_handle(INCIDENT)
        for arguments in await forged(stage):
            await handle.signal("submit_later", args=arguments)
            await handle.signal("of no such name", args=arguments)
        await stage.until(h(50))
        kinds = await settled(stage, "obligation_breached")
        assert kinds["intrusion_noticed"] == 1
        assert {decided.cause.kind for decided in (await stage.log())[before:]} == {"tick", "intrusion"}
        assert INTRUSIONS.take()[INCIDENT].startswith("signal: ")
        await _replays_as_recorded(stage)


async def test_updates_of_a_stranger_are_refused_and_leave_no_event(stage: Stage):
    async with stage.worker():
        await begun(stage)
        before = len(await stage.log())
        handle = (await stranger(stage)).get_workflow_handle(INCIDENT)
        for name in ("submit", "answer", "of no such name"):
            for arguments in await forged(stage):
                with pytest.raises((WorkflowUpdateFailedError, RPCError)) as refused:
                    await handle.execute_update(name, args=arguments, id=uuid4().hex, rpc_timeout=PATIENCE)
                if (
                    isinstance(refused.value, WorkflowUpdateFailedError)
                    and arguments
                    and name != "of no such name"
                ):
                    assert isinstance(refused.value.cause, ApplicationError)
                    assert refused.value.cause.type == STRANGE
        assert "update: " in INTRUSIONS.take()[INCIDENT]
        assert {decided.cause.kind for decided in (await stage.log())[before:]} <= {"tick"}
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))
        await _replays_as_recorded(stage)


async def test_a_query_of_a_stranger_answers_nothing(stage: Stage):
    async with stage.worker():
        await begun(stage)
        handle = (await stranger(stage)).get_workflow_handle(INCIDENT)
        for arguments in await forged(stage):
            with suppress(RPCError), pytest.raises(WorkflowQueryFailedError):
                await handle.query("state", args=arguments, rpc_timeout=PATIENCE)
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))


async def test_a_workflow_that_a_stranger_starts_ends_and_writes_nothing(stage: Stage):
    async with stage.worker():
        await begun(stage)
        client = await stranger(stage)
        plain = CaseInput(submission=stage.submission(registered(), None))
        for number, arguments in enumerate([*await forged(stage), [plain]]):
            strange = f"strange-{number}"
            handle = await client.start_workflow("Incident", args=arguments, id=strange, task_queue=QUEUE)
            with pytest.raises(WorkflowFailureError):
                await asyncio.wait_for(handle.result(), 60)
            assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
            assert await stage.log(strange) == []
            assert INTRUSIONS.take()[strange] == "start: 1"
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))


class Held(Notifier):
    """Notices that wait until they are let go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.go = asyncio.Event()

    @activity.defn(name="notify")
    async def notify(self, given: NotifyInput) -> int:
        await self.go.wait()
        return await super().notify(given)


async def test_an_activity_for_which_a_stranger_answers_is_done_again(stage: Stage):
    held = Held(stage.database)
    async with stage.worker(notifier=held):
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        client = await stranger(stage)
        answers = [None, *(Payloads(payloads=[one]) for one in (Payload(), Payload(data=b"7")))]
        answered: set[str] = set()
        for answer in answers:
            name = await _under_way(stage, answered)
            answered.add(name)
            await client.workflow_service.respond_activity_task_completed_by_id(
                RespondActivityTaskCompletedByIdRequest(
                    namespace=client.namespace, workflow_id=INCIDENT, activity_id=name, result=answer
                )
            )
        name = await _under_way(stage, answered)
        failure = Failure(
            message="no", application_failure_info=ApplicationFailureInfo(type="no", non_retryable=True)
        )
        await client.workflow_service.respond_activity_task_failed_by_id(
            RespondActivityTaskFailedByIdRequest(
                namespace=client.namespace, workflow_id=INCIDENT, activity_id=name, failure=failure
            )
        )
        await _under_way(stage, {*answered, name})
        held.go.set()
        async with asyncio.timeout(60):
            while not await stage.told(UNIT):
                await asyncio.sleep(0.1)
        assert (await settled(stage, "intrusion_noticed"))["intrusion_noticed"] == 1
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))
        await _replays_as_recorded(stage)


async def own(stage: Stage) -> list[Payload]:
    """All that the house has sealed for the case until now, whatever it is: steps, inputs and answers."""
    return list(sealed_in(await stage.handle.fetch_history()))


def sealed_in(history: WorkflowHistory) -> Iterator[Payload]:
    waiting: list[Any] = list(history.events)
    while waiting:
        message = waiting.pop()
        if isinstance(message, Payload):
            if message.metadata.get("encoding") == SEALED:
                yield message
            continue
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            if not field.is_repeated:
                waiting.append(value)
            elif field.message_type.GetOptions().map_entry:
                waiting += [inner for inner in value.values() if isinstance(inner, Message)]
            else:
                waiting += value


async def test_what_the_house_sealed_and_a_stranger_sends_again_changes_nothing(stage: Stage):
    """A step sent again is known by its id; anything else that opens, sent to a door of another kind,
    is a stranger's.
    """
    async with stage.worker():
        await begun(stage)
        before = len(await stage.log())
        handle = (await stranger(stage)).get_workflow_handle(INCIDENT)
        for payload in await own(stage):
            await handle.signal("submit_later", RawValue(payload))
            for name in ("submit", "answer"):
                with suppress(
                    WorkflowUpdateFailedError, KeyError
                ):  # a sealed answer, which a stranger cannot read
                    await handle.execute_update(name, RawValue(payload), id=uuid4().hex, rpc_timeout=PATIENCE)
        await stage.until(h(50))
        kinds = await settled(stage, "obligation_breached")
        assert kinds["intrusion_noticed"] == 1
        assert {decided.cause.kind for decided in (await stage.log())[before:]} == {"tick", "intrusion"}
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))
        await _replays_as_recorded(stage)


async def test_an_activity_that_is_answered_with_what_the_house_sealed_for_another_is_done_again(
    stage: Stage,
):
    held = Held(stage.database)
    async with stage.worker(notifier=held):
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        client = await stranger(stage)
        answered: set[str] = set()
        for answer in await own(stage):
            answered.add(name := await _under_way(stage, answered))
            await client.workflow_service.respond_activity_task_completed_by_id(
                RespondActivityTaskCompletedByIdRequest(
                    namespace=client.namespace,
                    workflow_id=INCIDENT,
                    activity_id=name,
                    result=Payloads(payloads=[answer]),
                )
            )
        await _under_way(stage, answered)
        held.go.set()
        async with asyncio.timeout(60):
            while not await stage.told(UNIT):
                await asyncio.sleep(0.1)
        await stage.give(step(h(m=40), ALICE, RecordConcern(text="照常办理")))
        await _replays_as_recorded(stage)


async def _under_way(stage: Stage, but: set[str]) -> str:
    """An activity that a worker has begun."""
    async with asyncio.timeout(60):
        while True:
            for pending in (await stage.handle.describe()).raw_description.pending_activities:
                if pending.activity_type.name == "notify" and pending.activity_id not in but:
                    return pending.activity_id
            await asyncio.sleep(0.05)


async def _replays_as_recorded(stage: Stage) -> None:
    history = opened_history(await stage.handle.fetch_history(), KEYS)
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    assert [event for event in history.events if event.event_type == failed] == []
    async with replays() as replayer:
        told = await replayer.replay(history)
    assert told.failure is None
    log = {decided.first_number: decided for decided in await stage.log()}
    assert all(log[decided.first_number] == decided for decided in told.decisions)
