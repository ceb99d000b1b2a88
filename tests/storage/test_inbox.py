"""Inboxes: each notice once, read by its unit, acknowledged by a person of it."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from domain.case.state import Incident
from domain.incident import apply
from domain.law.registry import Part, UnitPerson
from domain.notices import Notice, Purpose, notices
from domain.terms.roles import Role
from storage.api_tokens import create_token
from storage.cursors import BadCursor
from storage.database import Database
from storage.inbox import Delivered, acknowledge, deliver, inbox
from storage.registry import Roster, keep
from tests.storage.cases import START, Case


def notice(number: int = 1, unit: str = "qingxi", purpose: Purpose = Purpose.TO_DO) -> Notice:
    return Notice(event_number=number, purpose=purpose, unit=unit, subject="SIGN:qingxi:assignment-1")


async def read(database: Database, unit: str = "qingxi", **asked) -> tuple[Delivered, ...]:
    async with database.session() as session:
        return (await inbox(session, unit, **asked)).items


async def test_a_notice_reaches_its_unit_alone(database: Database):
    sent = (notice(), notice(unit="shiqiao"))
    await deliver(database, "inc-1", sent, drill=True, at=START)
    (found,) = await read(database)
    assert (found.incident_id, found.notice, found.drill, found.delivered_at) == (
        "inc-1",
        sent[0],
        True,
        START,
    )
    assert found.acknowledged_at is None
    assert await read(database, "health") == ()


async def test_a_notice_delivered_again_is_one_notice(database: Database):
    await asyncio.gather(
        *(
            deliver(database, "inc-1", (notice(), notice(2)), drill=False, at=START + timedelta(minutes=n))
            for n in range(5)
        )
    )
    assert [found.notice.event_number for found in await read(database)] == [2, 1]


@pytest.mark.parametrize("other", [notice(2), notice(purpose=Purpose.BREACH)])
async def test_another_event_or_purpose_is_another_notice(database: Database, other: Notice):
    await deliver(database, "inc-1", (notice(), other), drill=False, at=START)
    assert len(await read(database)) == 2


async def test_another_incident_is_another_notice(database: Database):
    for incident_id in ("inc-1", "inc-2"):
        await deliver(database, incident_id, (notice(),), drill=False, at=START)
    assert len(await read(database)) == 2


async def test_nothing_to_tell_is_nothing_delivered(database: Database):
    await deliver(database, "inc-1", (), drill=False, at=START)
    assert await read(database) == ()


async def test_every_notice_of_a_whole_case_is_delivered_and_read_back(database: Database):
    case = Case().supervised()
    incident: Incident | None = None
    told: list[Notice] = []
    for decided in case.decisions:
        incident = apply(incident, decided)
        told += notices(incident, decided)
        await deliver(database, case.incident_id, notices(incident, decided), drill=False, at=decided.now)
    found = [item.notice for unit in {one.unit for one in told} for item in await read(database, unit)]
    assert Counter(found) == Counter(told)
    assert len(told) > 5


async def test_the_inbox_is_read_in_pages_the_newest_first(database: Database):
    await deliver(database, "inc-1", [notice(number) for number in range(1, 8)], drill=False, at=START)
    numbers, cursor = [], None
    async with database.session() as session:
        while True:
            page = await inbox(session, "qingxi", cursor=cursor, limit=3)
            numbers += [item.notice.event_number for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert numbers == [7, 6, 5, 4, 3, 2, 1]


async def test_a_cursor_of_another_kind_is_refused(database: Database):
    async with database.session() as session:
        with pytest.raises(BadCursor):
            await inbox(session, "qingxi", cursor="nonsense")


async def test_an_acknowledged_notice_waits_no_longer(database: Database):
    await deliver(database, "inc-1", (notice(), notice(2)), drill=False, at=START)
    first = (await read(database))[0]
    async with database.writing() as session:
        assert await acknowledge(session, first.position, "qingxi", person="alice", at=START)
        assert await acknowledge(
            session, first.position, "qingxi", person="bob", at=START + timedelta(hours=1)
        )
    seen, waiting = await read(database)
    assert (seen.acknowledged_by, seen.acknowledged_at) == ("alice", START)
    assert await read(database, waiting=True) == (waiting,)


async def test_a_notice_of_another_unit_cannot_be_acknowledged(database: Database):
    await deliver(database, "inc-1", (notice(),), drill=False, at=START)
    (found,) = await read(database)
    async with database.writing() as session:
        assert not await acknowledge(session, found.position, "shiqiao", person="charlie", at=START)
        assert not await acknowledge(session, 999, "qingxi", person="alice", at=START)
    assert await read(database, waiting=True) == (found,)


async def test_a_notice_is_for_the_monitor_and_without_one_for_the_deputy_leader(database: Database):
    await deliver(database, "inc-1", (notice(),), drill=False, at=START)
    async with database.writing() as session:
        await create_token(session, "dora", Role.DEPUTY_LEADER, "qingxi")
    await deliver(database, "inc-1", (notice(2),), drill=False, at=START)
    async with database.writing() as session:
        await create_token(session, "mona", Role.MONITOR, "qingxi")
    await deliver(database, "inc-1", (notice(3),), drill=False, at=START)
    found = [delivered.addressee for delivered in await read(database)]
    assert found == [Role.MONITOR, Role.DEPUTY_LEADER, None]


@pytest.mark.parametrize(
    ("part", "since", "addressee"),
    [
        (Part.MONITOR, START, Role.MONITOR),
        (Part.BACKUP_MONITOR, START, Role.MONITOR),
        (Part.DEPUTY_LEADER, START, Role.DEPUTY_LEADER),
        (Part.SPOKESPERSON, START, None),
        (Part.MONITOR, START + timedelta(days=1), None),  # not in office yet
    ],
)
async def test_whom_the_registry_has_in_office_that_day_is_addressed(
    database: Database, part: Part, since: datetime, addressee: Role | None
):
    person = UnitPerson(unit="qingxi", part=part, person="p-1", name="甲某", since=since.date())
    roster = Roster(units=("qingxi",), persons=(person,), channels=())
    await keep(database, roster, at=START)
    await deliver(database, "inc-1", (notice(),), drill=False, at=START)
    (found,) = await read(database)
    assert found.addressee is addressee
