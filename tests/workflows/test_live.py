"""Cases on a dev server: continuing as new, and search attributes."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Connection, insert, select
from temporalio.client import WorkflowUpdateFailedError

from activities.held import decisions_held
from activities.proving import confirm
from domain.steps.close import RecordHandling
from storage.queries import incident
from storage.tables import EventLogRow, table
from tests.domain.cast import (
    ALICE,
    UNIT,
    Step,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
    reported,
    signed_for,
    step,
)
from tests.workflows.stage import INCIDENT, Stage
from tests.workflows.unsteady import Unsteady
from workflows.client import live as live_case
from workflows.incident import BEHIND
from workflows.search_attributes import (
    DRILL,
    EVENT_NUMBER,
    FIRST_RESPONSIBLE,
    LEVEL,
    LINEAGE,
    NEXT_DUE,
    OVERDUE,
    STAGE,
)

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def test_a_long_history_is_continued_as_new_with_what_was_applied_and_undelivered(live: Stage):
    async with live.worker():
        handle = await live.register(registered(), history_limit=30)
        first_run = handle.first_execution_run_id
        answer = await live.give(judged(), key="judging")
        await live.give([assigned(), signed_for(), concluded(), published(), reported()])
        async with asyncio.timeout(60):
            while (await live.handle.describe()).run_id == first_run:
                await asyncio.sleep(0.1)
        assert await live.give(judged(at=h(21)), key="judging") == answer
        await live.until(h(22))
        log = await live.log()
        assert [event.kind for decided in log for event in decided.events].count("judged") == 1
        assert all(after.first_number == before.last_number + 1 for before, after in pairwise(log))
        assert "to_do" in await live.told(UNIT)


async def test_a_case_continued_as_new_keeps_its_clock(live: Stage):
    async with live.worker():
        await live.register(registered(), history_limit=30)
        await live.give([judged(), assigned()])
        await live.until(h(60))
        stamps = {
            event.at
            for decided in await live.log()
            for event in decided.events
            if event.kind == "obligation_breached"
        }
        assert h(48) in stamps


async def test_search_attributes_show_the_case_as_it_stands(live: Stage):
    async with live.worker():
        await live.register(registered())
        await live.give([judged(), assigned()])
        await live.until(h(60))
        shown = (await live.handle.describe()).typed_search_attributes
        assert (shown.get(STAGE), shown.get(LEVEL)) == ("assigned", "social_hotspot")
        assert (shown.get(FIRST_RESPONSIBLE), shown.get(OVERDUE), shown.get(DRILL)) == ([UNIT], True, True)
        assert shown.get(NEXT_DUE) is None  # it went by


async def test_a_ledger_dead_for_long_does_not_keep_a_case_from_going_on_anew(live: Stage):
    recorder = Unsteady(live.database)
    async with live.worker(recorder):
        handle = await live.register(registered(), history_limit=60)
        first_run = handle.first_execution_run_id
        await live.give([judged(), assigned()])
        recorder.down = True
        number = 0
        async with asyncio.timeout(60):
            while (await live.handle.describe()).run_id == first_run:
                number += 1
                receipt = await live.give(step(h(1), ALICE, RecordHandling(text=f"{number}")))
        assert (await live.log())[-1].last_number < receipt.event_number
        recorder.down = False
        async with asyncio.timeout(60):
            while (await live.log())[-1].last_number < receipt.event_number:
                await asyncio.sleep(0.1)
        log = await live.log()
        assert all(after.first_number == before.last_number + 1 for before, after in pairwise(log))
        kinds = [event.kind for decided in log for event in decided.events]
        assert kinds.count("handling_recorded") == number


async def test_the_name_of_the_last_decision_is_among_the_search_attributes(live: Stage):
    async with live.worker():
        await live.register(registered())
        receipt = await live.give([judged(), assigned()])
        async with asyncio.timeout(60):
            while (await live.handle.describe()).typed_search_attributes.get(LINEAGE) != receipt.lineage:
                await asyncio.sleep(0.1)
        shown = (await live.handle.describe()).typed_search_attributes
        assert shown.get(EVENT_NUMBER) == receipt.event_number
        assert (await live_case(live.handle)).lineage == receipt.lineage


async def test_the_end_of_a_history_names_the_decisions_that_the_engine_holds(live: Stage):
    async with live.worker():
        await live.register(registered())
        shown = await live.give([judged(), assigned()])
        unshown = await live.give(step(h(m=30), ALICE, RecordHandling(text="已到场核查")))
        names = [one.lineage for one in await decisions_held(live.client, INCIDENT)]
        assert names.index(unshown.lineage) < names.index(shown.lineage)


@pytest.mark.parametrize("last", [assigned(), step(h(m=30), ALICE, RecordHandling(text="已到场核查"))])
async def test_what_nobody_confirms_is_proven_by_what_the_engine_holds(live: Stage, last: Step):
    async with live.worker():
        await live.register(registered())
        receipt = await live.give([judged(), last])
        await _leave_a_row_of_no_case(live)
        confirming = asyncio.create_task(confirm(live.client, live.database, timedelta(seconds=0.2)))
        try:
            async with asyncio.timeout(60):
                while await _shown_number(live) < receipt.event_number:
                    await asyncio.sleep(0.1)
        finally:
            confirming.cancel()


async def _leave_a_row_of_no_case(live: Stage) -> None:
    """An unproven row whose case the engine does not know, which must not keep others from being proven."""
    log = table(EventLogRow)

    def leave(connection: Connection) -> None:
        row = connection.execute(select(log).where(log.c.first_number == 1)).mappings().one()
        others = {"incident_id": "inc-000000000000000000000000", "position": None}
        connection.execute(insert(log).values({**row, **others}))

    await live.database.write(leave)


async def _shown_number(live: Stage) -> int:
    async with live.database.session() as session:
        held = await incident(session, INCIDENT)
        return 0 if held is None else held.event_number


async def test_what_waits_for_a_dead_ledger_is_bounded_and_the_clock_goes_on(live: Stage):
    recorder = Unsteady(live.database)
    recorder.down = True
    async with live.worker(recorder):
        await live.register(registered())
        await live.give([judged(), assigned()])
        assert await _first_refusal(live) == BEHIND
        async with asyncio.timeout(60):
            while not any(obligation.breached_at == h(48) for obligation in (await live.state()).obligations):
                await asyncio.sleep(0.1)
        recorder.down = False
        async with asyncio.timeout(60):
            while "obligation_breached" not in await live.kinds():
                await asyncio.sleep(0.1)
        await live.give(step(h(50), ALICE, RecordHandling(text="again")))


async def _first_refusal(stage: Stage) -> str:
    """Why the case takes no further long text; empty when it takes them all."""
    for number in range(40):
        try:
            await stage.give(step(h(1), ALICE, RecordHandling(text=f"{number}" + "办" * 5000)))
        except WorkflowUpdateFailedError as refused:
            return str(getattr(refused.cause, "type", ""))
    return ""
