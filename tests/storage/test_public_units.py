"""Which units are on the public page, and which cases may have changed there since a look."""

from datetime import UTC, datetime

from storage.acts import FIRST_START, ActKind, acts
from storage.database import Database
from storage.public_units import (
    Mark,
    changed_since,
    latest_of,
    mark,
    may_be_public,
    public_since,
    public_units,
    switch,
)
from storage.record import record
from tests.storage.cases import Case

UNIT = "urban_management"
AT = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)


async def switched(database: Database, *, on: bool = True) -> bool:
    async with database.writing() as session:
        return await switch(session, FIRST_START, UNIT, on=on, at=AT)


async def test_a_switch_is_an_act_and_turned_twice_is_none(database: Database):
    assert await switched(database)
    assert not await switched(database)
    async with database.session() as session:
        assert await public_units(session) == {UNIT}
        assert await public_since(session, UNIT) == AT
    assert await switched(database, on=False)
    async with database.session() as session:
        assert await public_since(session, UNIT) is None
        kinds = [act.kind for act in (await acts(session, limit=10)).items]
    assert kinds == [ActKind.PUBLIC_PAGE_OFF, ActKind.PUBLIC_PAGE_ON]


async def test_cases_of_a_unit_that_are_no_drills_may_be_public(database: Database, cases: list[Case]):
    wanted = {
        case.incident_id for case in cases if not case.state.drill and "qingxi" in case.state.concerned_units
    }
    async with database.session() as session:
        names = list(await may_be_public(session, {"qingxi"}, limit=50))
        first = list(await may_be_public(session, {"qingxi"}, limit=1))
        rest = list(await may_be_public(session, {"qingxi"}, after=first[0], limit=50))
        latest = list(await latest_of(session, "qingxi", limit=50))
    assert set(names) == set(latest) == wanted
    assert names == sorted(names) == first + rest


async def test_what_is_proven_after_a_look_is_changed_since(database: Database, cases: list[Case]):
    async with database.session() as session:
        before = await mark(session)
        assert await changed_since(session, Mark()) == {case.incident_id for case in cases}
    case = Case("later").publish()
    await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        assert case.incident_id in await changed_since(session, before)
        assert (await mark(session)).turn > before.turn
