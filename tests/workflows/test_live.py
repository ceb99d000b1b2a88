"""Cases on a dev server: continuing as new, and search attributes."""

from itertools import pairwise

import pytest

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
from tests.workflows.stage import Stage
from workflows.search_attributes import DRILL, FIRST_RESPONSIBLE, LEVEL, NEXT_DUE, OVERDUE, STAGE

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def test_a_long_history_is_continued_as_new_with_what_was_applied_and_undelivered(live: Stage):
    async with live.worker():
        handle = await live.register(registered(), history_limit=40)
        first_run = handle.first_execution_run_id
        answer = await live.give(judged(), key="judging")
        await live.give([assigned(), signed_for(), concluded(), published(), reported()])
        now = await live.handle.describe()
        assert now.run_id != first_run
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
