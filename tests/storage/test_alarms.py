"""Alarms are opened, seen and closed, and nothing of them is ever changed otherwise or struck out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.alarms import AlarmKind, acknowledge, latest_alarms, open_alarms, settle
from storage.database import Database

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MISSING = (AlarmKind.CASE_MISSING, "inc-1")
CHANGES = (
    "DELETE FROM alarm",
    "UPDATE alarm SET kind = 'worker'",
    "UPDATE alarm SET subject = ''",
    "UPDATE alarm SET detail = ''",
    "UPDATE alarm SET since = '2020-01-01 00:00:00'",
    "UPDATE alarm SET closed_at = NULL",
    "UPDATE alarm SET seen_at = '2020-01-01 00:00:00'",
    "DELETE FROM alarm_seen",
    "UPDATE alarm_seen SET name = 'another'",
)


async def see(database: Database, person: str, *positions: int) -> int:
    async with database.writing() as session:
        return await acknowledge(session, positions, person=person, name=f"name of {person}", at=NOON)


async def test_who_has_seen_an_alarm_is_kept_once_a_person_while_it_stands(database: Database):
    await settle(database, {MISSING: "none"}, list(AlarmKind), NOON)
    async with database.session() as session:
        (alarm,) = await open_alarms(session)
    assert await see(database, "a", alarm.position, alarm.position + 7) == 1
    assert await see(database, "a", alarm.position) == 0
    assert await see(database, "b", alarm.position) == 1
    async with database.session() as session:
        (alarm,) = await open_alarms(session)  # seen, and standing still
    assert [(one.person, one.name, one.at) for one in alarm.viewers] == [
        ("a", "name of a", NOON),
        ("b", "name of b", NOON),
    ]
    await settle(database, {}, list(AlarmKind), NOON + timedelta(minutes=1))
    assert await see(database, "c", alarm.position) == 0
    async with database.session() as session:
        (alarm,) = await latest_alarms(session)
    assert alarm.closed_at == NOON + timedelta(minutes=1)
    assert len(alarm.viewers) == 2


async def test_alarms_that_stand_come_before_later_ones_that_are_over(database: Database):
    await settle(database, {MISSING: "none"}, list(AlarmKind), NOON)
    worker = (AlarmKind.WORKER, "")
    await settle(database, {MISSING: "none", worker: "Silent"}, list(AlarmKind), NOON)
    await settle(database, {MISSING: "none"}, list(AlarmKind), NOON + timedelta(minutes=1))
    async with database.session() as session:
        assert [alarm.kind for alarm in await latest_alarms(session)] == ["case_missing", "worker"]


@pytest.mark.parametrize("change", CHANGES)
async def test_what_the_watch_has_found_is_neither_changed_nor_struck_out(database: Database, change: str):
    await settle(database, {MISSING: "none"}, list(AlarmKind), NOON)
    async with database.session() as session:
        (alarm,) = await open_alarms(session)
    await see(database, "a", alarm.position)
    await settle(database, {}, list(AlarmKind), NOON)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(change))
