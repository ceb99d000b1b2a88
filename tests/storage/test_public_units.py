"""Which units are on the public page, and which cases may have changed there since a look."""

from datetime import UTC, datetime

from sqlalchemy import insert, update

from storage.acts import FIRST_START, ActKind, acts
from storage.database import Database
from storage.public_units import (
    PublicMark,
    changed_since,
    latest_of,
    mark,
    may_be_public,
    public_since,
    public_units,
    switch,
)
from storage.record import record
from storage.reduction_tables import ReductionRow
from storage.tables import ProofRow, table
from tests.storage.cases import Case

UNIT = "urban_management"
_PROOF, _REDUCTION = table(ProofRow), table(ReductionRow)
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
        assert await changed_since(session, PublicMark()) == {case.incident_id for case in cases}
    case = Case("later").publish()
    await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        assert case.incident_id in await changed_since(session, before)
        assert (await mark(session)).turn > before.turn


async def test_of_two_reductions_the_one_of_the_earlier_place_is_seen_though_it_comes_later(
    database: Database,
):
    async def reduced(incident_id: str, position: int) -> None:
        row = {"position": position, "at": AT, "incident_id": incident_id, "why": "person", "by": "a"}
        async with database.writing() as session:
            more = {"unit": "gov_office", "reason": "r", "about": "", "texts": 0}
            await session.execute(insert(_REDUCTION).values(**row, **more))

    await reduced("later", 7)
    async with database.session() as session:
        seen = await mark(session)
    await reduced("earlier", 6)
    async with database.session() as session:
        assert await mark(session) != seen
        assert await changed_since(session, seen) == {"earlier"}


async def test_of_two_proofs_of_one_turn_the_later_is_seen_too(database: Database):
    late, early = Case("1").publish(), Case("2").publish()
    await record(database, early.incident_id, early.decisions)
    async with database.session() as session:
        before = await mark(session)
    await record(database, late.incident_id, late.decisions)
    async with database.writing() as session:
        is_late = _PROOF.c.incident_id == late.incident_id
        await session.execute(update(_PROOF).where(is_late).values(turn=before.turn))
    async with database.session() as session:
        assert (await mark(session)).turn == before.turn
        assert await mark(session) != before
        assert await changed_since(session, before) == {late.incident_id}
