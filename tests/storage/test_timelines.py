"""Parts of a case's log: the decisions that hold events of a kind, the latest of them."""

from storage.database import Database
from storage.timelines import that_moved_limits, with_events
from tests.storage.cases import Case


async def test_decisions_with_events_of_a_kind_come_in_order_the_latest_of_them(
    database: Database, cases: list[Case]
):
    case = cases[3]  # published
    kinds = ("judged", "published")
    expected = [one for one in case.decisions if any(event.kind in kinds for event in one.events)]
    async with database.session() as session:
        assert await with_events(session, case.incident_id, kinds, limit=10) == expected
        assert await with_events(session, case.incident_id, kinds, limit=1) == expected[-1:]


async def test_what_moved_limits_before_those_known_is_found(database: Database, cases: list[Case]):
    case = cases[3]
    known = case.decisions[-1:]
    expected = [
        one
        for one in case.decisions[:-1]
        if any(event.kind in {"obligation_opened", "obligation_reopened"} for event in one.events)
    ]
    async with database.session() as session:
        assert await that_moved_limits(session, case.incident_id, known) == expected
