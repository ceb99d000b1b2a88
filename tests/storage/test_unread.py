"""Which units have acknowledged nothing of what they must hear, and since when (DD-33)."""

from datetime import timedelta

from domain.notices import Notice, Purpose
from storage.database import Database
from storage.inbox import acknowledge, deliver, inbox
from storage.unread import Unread, unread
from tests.storage.cases import START

LATER = START + timedelta(minutes=10)


def notice(number: int, purpose: Purpose, subject: str = "", unit: str = "qingxi") -> Notice:
    return Notice(event_number=number, purpose=purpose, unit=unit, subject=subject)


async def waiting(database: Database, *incidents: str) -> dict[str, tuple[Unread, ...]]:
    async with database.session() as session:
        return await unread(session, incidents or ("inc-1",))


async def test_what_climbs_is_unread_since_the_first_that_nobody_acknowledged(database: Database):
    await deliver(database, "inc-1", (notice(2, Purpose.WARNING),), drill=False, at=START)
    await deliver(database, "inc-1", (notice(3, Purpose.WARNING),), drill=False, at=LATER)
    await deliver(database, "inc-1", (notice(4, Purpose.INSTRUCTED, "instruction-1"),), drill=False, at=LATER)
    assert await waiting(database) == {
        "inc-1": (
            Unread(unit="qingxi", purpose=Purpose.WARNING, since=START),
            Unread(unit="qingxi", purpose=Purpose.INSTRUCTED, since=LATER),
        )
    }


async def test_whoever_of_the_unit_acknowledges_it_has_read_it(database: Database):
    sent = (notice(2, Purpose.WARNING), notice(2, Purpose.WARNING, unit="shiqiao"))
    await deliver(database, "inc-1", sent, drill=False, at=START)
    async with database.writing() as session:
        (mine,) = (await inbox(session, "qingxi")).items
        assert await acknowledge(session, mine.position, "qingxi", person="p-1", at=LATER)
    assert [one.unit for one in (await waiting(database))["inc-1"]] == ["shiqiao"]


async def test_of_breaches_those_that_the_public_or_a_superior_waits_for_count(database: Database):
    breaches = (
        notice(5, Purpose.BREACH, "SIGN:qingxi:assignment-1"),
        notice(6, Purpose.BREACH, "RESP48:qingxi:assignment-1"),
    )
    await deliver(database, "inc-1", breaches[:1], drill=False, at=START)
    assert await waiting(database) == {}
    await deliver(database, "inc-1", breaches[1:], drill=False, at=LATER)
    assert (await waiting(database))["inc-1"] == (Unread(unit="qingxi", purpose=Purpose.BREACH, since=LATER),)


async def test_reminders_and_what_is_to_do_never_do(database: Database):
    sent = (notice(2, Purpose.REMINDER, "RESP48:qingxi:a"), notice(3, Purpose.TO_DO, "RESP48:qingxi:a"))
    await deliver(database, "inc-1", sent, drill=False, at=START)
    assert await waiting(database) == {}


async def test_each_incident_has_its_own_in_one_question(database: Database):
    for incident, at in (("inc-1", START), ("inc-2", LATER), ("inc-3", LATER)):
        await deliver(database, incident, (notice(2, Purpose.WARNING),), drill=False, at=at)
    found = await waiting(database, "inc-1", "inc-2")
    assert {name: items[0].since for name, items in found.items()} == {"inc-1": START, "inc-2": LATER}
