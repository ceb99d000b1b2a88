"""Effects: each executed in the folder of its kind, sent once with its decision, carried over runs."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

import activities.effects
from activities.archive import archive_closed, as_kept
from activities.effects.archive.effect import ArchiveEffect
from activities.effects.deliver.effect import Deliver, NotifyInput
from activities.effects.deliver.hand import Notifier
from activities.effects.hands import hands, kinds
from activities.effects.order import EffectContext
from activities.effects.union import KINDS, Effect, brought, left_by
from domain.catalogue import Decision
from domain.incident import apply
from domain.notices import Notice, notices
from domain.purposes import Purpose
from storage import histories
from storage.database import Database
from tests.domain.cast import (
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
    reported,
    signed_for,
)
from tests.domain.given import given
from tests.workflows.stage import INCIDENT, Stage, Steps
from workflows.converter import converter
from workflows.payloads import CaseInput

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")

NOTICE = Notice(event_number=7, purpose=Purpose.INSTRUCTED, unit=UNIT, subject="x")
SAMPLES: dict[type, Effect] = {
    Deliver: Deliver(notices=(NOTICE,)),
    ArchiveEffect: ArchiveEffect(run_id="run-1"),
}
WHOLE: list[Steps] = [judged(), assigned(), signed_for(), concluded(), published(), reported()]


def test_each_kind_of_the_union_has_its_folder_and_no_folder_is_without_a_kind():
    folder = Path(activities.effects.__file__).parent
    assert {one.name for one in folder.iterdir() if one.is_dir() and one.name != "__pycache__"} == {*kinds()}


def test_what_each_kind_orders_is_executed_by_the_activities_of_its_folder():
    case = given(registered(), judged()).case
    standing = EffectContext(incident=case.state, lineage="l")
    orders = {SAMPLES[kind].order(standing).activity for kind in KINDS}
    made = hands(cast("Database", object()))
    names = [activity._Definition.must_from_callable(one).name for one in made]
    assert orders == {*names}
    assert len(names) == len(orders)


@pytest.mark.parametrize("kind", KINDS)
def test_an_effect_travels_in_the_input_of_a_run_as_what_it_is(kind: type):
    payload = converter().payload_converter.to_payload(CaseInput(effects=(SAMPLES[kind],)))
    read: Any = converter().payload_converter.from_payload(payload, CaseInput)
    assert read.effects == (SAMPLES[kind],)


def test_a_decision_brings_one_delivery_of_all_its_notices_and_none_where_nobody_is_told():
    case = given(registered(), judged(), assigned(), signed_for()).case
    effects = [brought(case.state, one) for one in case.decisions]
    assert [[type(effect) for effect in some] for some in effects][2] == [Deliver]
    assert effects[3] == ()  # nobody is told of a signature
    assert left_by("run-1") == (ArchiveEffect(run_id="run-1"),)


class Held(Notifier):
    """Notices that wait until they are let go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.go = asyncio.Event()
        self.tried: list[int] = []

    @activity.defn(name="notify")
    async def notify(self, delivery: NotifyInput) -> int:
        self.tried.append(delivery.number)
        await self.go.wait()
        return await super().notify(delivery)


async def runs(stage: Stage) -> str:
    run_id: str | None = (await stage.handle.describe()).run_id
    assert run_id
    return run_id


async def archived(stage: Stage, run_id: str) -> bool:
    async with stage.database.session() as session:
        return run_id in await histories.archived_runs(session, [run_id])


async def test_what_nobody_has_done_is_ordered_again_by_the_next_run_and_done_once(live: Stage):
    notifier = Held(live.database)
    async with live.worker(notifier=notifier):
        handle = await live.register(registered(), history_limit=30)
        await live.give(WHOLE)
        async with asyncio.timeout(60):
            while await runs(live) == handle.first_execution_run_id:
                await asyncio.sleep(0.1)
            while max(map(notifier.tried.count, notifier.tried)) < 2:
                await asyncio.sleep(0.1)
        assert await live.told(UNIT) == []
        notifier.go.set()
        due = called_for(await live.log())
        async with asyncio.timeout(60):
            while len(await live.told(UNIT)) < due.total():
                await asyncio.sleep(0.1)
        assert Counter(await live.told(UNIT)) == due


def called_for(log: list[Decision]) -> Counter[str]:
    """Why the unit is to be told something, as the rules have it."""
    case, due = None, Counter[str]()
    for decided in log:
        case = apply(case, decided)
        due.update(notice.purpose for notice in notices(case, decided) if notice.unit == UNIT)
    return due


async def test_a_run_that_went_on_anew_is_archived_by_the_next_and_the_sweep_finds_it_done(live: Stage):
    async with live.worker():
        handle = await live.register(registered(), history_limit=30)
        first = handle.first_execution_run_id
        assert first
        await live.give(WHOLE)
        async with asyncio.timeout(60):
            while not await archived(live, first):
                await asyncio.sleep(0.1)
        swept = await archive_closed(live.client, live.database)
        assert swept.failed == {}
        assert first not in swept.archived
        async with live.database.session() as session:
            kept = await histories.histories(session, INCIDENT)
        assert kept[0].content.run_id == first
        last = WorkflowHistory.from_json(INCIDENT, kept[0].content.history_json).events[-1]
        assert last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW


async def test_where_another_history_is_kept_of_a_run_the_case_goes_on_and_waits_for_nothing(live: Stage):
    async with live.worker():
        handle = await live.register(registered(), history_limit=30)
        first = handle.first_execution_run_id
        assert first
        other = as_kept(await live.handle.fetch_history(), first)
        await histories.keep(live.database, other)  # forged, or cut short
        await live.give(WHOLE)
        async with asyncio.timeout(60):
            while EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED not in await ordered(live, "archive"):
                await asyncio.sleep(0.1)
        async with live.database.session() as session:
            kept = await histories.histories(session, INCIDENT)
        assert [one.content.history for one in kept if one.content.run_id == first] == [other.history]


async def ordered(stage: Stage, kind: str) -> list[int]:
    """What became of the activities of a kind in the run that goes on."""
    events = (await stage.handle.fetch_history()).events
    numbers = {
        event.event_id
        for event in events
        if event.activity_task_scheduled_event_attributes.activity_type.name == kind
    }
    return [
        event.event_type
        for event in events
        if event.activity_task_completed_event_attributes.scheduled_event_id in numbers
    ]


async def test_effects_come_before_search_attributes_and_these_before_the_timer(live: Stage):
    async with live.worker():
        await live.register(registered())
        await live.give([judged(), assigned()])
        await live.until(h(2))
        history = await live.handle.fetch_history()
    order = [  # the marker of a record stands where the engine resolved it
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        EventType.EVENT_TYPE_TIMER_CANCELED,
        EventType.EVENT_TYPE_TIMER_STARTED,
    ]
    places: list[list[int]] = []
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            places.append([])
        elif event.activity_task_scheduled_event_attributes.activity_type.name == "record":
            continue  # that falls back, in the task of its marker
        elif event.event_type in order and places:
            places[-1].append(order.index(event.event_type))
    assert [task for task in places if task != sorted(task)] == []
    assert any({0, 1, 3} <= {*task} for task in places)
