"""Who hears of many units of one case is told the same once;
and what a backup forgot is told again, and says so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from domain.purposes import Purpose
from storage.audit_book import RESTORE, BookDeed, BookEntry, append, last_restore
from storage.receipts import CallStatus
from storage.tables import IncidentRow, ObligationRow
from terminal.machine_user import machine_user
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.calling import INCIDENT, NUMBER
from tests.workflows.reaching import Town, a_town

MAYOR, OFFICE = "mayor@town.example", "office.handler@town.example"
UNITS = ("qingxi", "shiqiao", "health", "police")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
async def town(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Town]:
    async with a_town(tmp_path, mail) as made:
        yield made


async def missed(town: Town, kind: str = "RESP48") -> list[int]:
    """Each unit misses a limit at one instant, each by an event of its own;
    how many were reached and not, for each call.
    """
    calls = [
        await town.notice(unit, number, f"{kind}:{unit}")
        for number, unit in enumerate(UNITS, start=len(kind))
    ]
    answers = await asyncio.gather(*(town.reach(call, "mayor", ordinal=1) for call in calls))
    return [answer.failed for answer in answers]


async def test_the_mayor_is_told_once_of_what_several_units_missed(town: Town, mail: MailPeer):
    assert await missed(town) == [0] * len(UNITS)
    assert len(mail.subjects(MAYOR)) == 1
    outcomes = await town.outcomes("mayor")
    assert sorted(outcomes) == sorted([CallStatus.SENT, *[CallStatus.JOINED] * 3])


async def test_another_limit_and_another_time_are_other_news(town: Town, mail: MailPeer):
    await missed(town)
    await missed(town, "PUB24")
    assert len(mail.subjects(MAYOR)) == 2
    town.now += 11 * MINUTE
    call = await town.notice("qingxi", 70)
    await town.reach(call, "mayor", ordinal=1)
    assert len(mail.subjects(MAYOR)) == 3


DIFFERENT = {  # two things of which the words say the same
    "two instructions to one unit": (
        Purpose.INSTRUCTED,
        ("qingxi", "instruction-1"),
        ("qingxi", "instruction-2"),
    ),
    "two instructions to two units": (
        Purpose.INSTRUCTED,
        ("qingxi", "instruction-1"),
        ("shiqiao", "instruction-2"),
    ),
    "two papers": (Purpose.PAPER_ISSUED, ("qingxi", "supplement-1"), ("shiqiao", "supplement-2")),
    "two judgements": (Purpose.WARNING, ("qingxi", ""), ("qingxi", "")),
    "two causes of one unit": (
        Purpose.BREACH,
        ("qingxi", "SUP_FB:qingxi:notice-1"),
        ("qingxi", "SUP_FB:qingxi:notice-2"),
    ),
    "two causes of two units": (
        Purpose.BREACH,
        ("qingxi", "CONT_UPD:qingxi:publication-1"),
        ("shiqiao", "CONT_UPD:shiqiao:publication-2"),
    ),
    "one obligation missed twice": (
        Purpose.BREACH,
        ("qingxi", "RESP48:qingxi:assignment-1"),
        ("qingxi", "RESP48:qingxi:assignment-1"),
    ),
}


@pytest.mark.parametrize("case", sorted(DIFFERENT))
async def test_two_different_things_are_told_each(town: Town, mail: MailPeer, case: str):
    purpose, *things = DIFFERENT[case]
    for number, (unit, subject) in enumerate(things, start=NUMBER):
        call = await town.notice(unit, number, subject, purpose)
        assert (await town.reach(call, "mayor", "office", ordinal=1)).delivered == 2
    assert len(mail.subjects(MAYOR)) == len(mail.subjects(OFFICE)) == 2
    assert set(await town.outcomes()) == {CallStatus.SENT}


async def test_what_one_event_tells_several_units_is_told_once(town: Town, mail: MailPeer):
    calls = [
        await town.notice(unit, NUMBER, "instruction-1", Purpose.INSTRUCTED) for unit in ("qingxi", "shiqiao")
    ]
    await asyncio.gather(*(town.reach(call, "mayor", ordinal=1) for call in calls))
    assert len(mail.subjects(MAYOR)) == 1


async def owed(town: Town, *obligations: tuple[str, datetime]) -> None:
    """The incident as the ledger knows it, with obligations by their ids and due instants."""
    async with town.database.writing() as session:
        session.add(
            IncidentRow(
                position=1,
                incident_id=INCIDENT,
                number="7",
                title="",
                marking="none",
                drill=False,
                subject_kind="unit",
                stage="answering",
                level=None,
                grade="",
                response_class="H48",
                first_responsible=[],
                lead=None,
                primary_status=None,
                overdue=True,
                next_due_at=None,
                owed_due_at=None,
                due_rank=0,
                discovered_at=town.now,
                registered_at=town.now,
                closed_at=None,
                archived_at=None,
                event_number=1,
                hash="",
            )
        )
        await session.flush()
        for ordinal, (name, due_at) in enumerate(obligations):
            kind, unit, cause = name.split(":")
            session.add(
                ObligationRow(
                    position=1,
                    ordinal=ordinal,
                    id=name,
                    drill=False,
                    settled=False,
                    kind=kind,
                    unit=unit,
                    cause=cause,
                    clause="",
                    clock_start=town.now,
                    due_at=due_at,
                    falls_at=None,
                    created_at=town.now,
                    computed={},
                    status="breached",
                    advisory=False,
                    scored=True,
                    provisional=False,
                    fulfilled_at=None,
                    breached_at=None,
                    superseded_at=None,
                    reopened_at=None,
                    evidence="",
                    reminded=[],
                    rungs=0,
                )
            )


@pytest.mark.parametrize(("later", "messages"), [(0 * MINUTE, 1), (MINUTE, 2)])
async def test_one_limit_of_two_units_is_one_news_where_it_fell_due_at_one_instant(
    town: Town, mail: MailPeer, later: timedelta, messages: int
):
    names = [f"RESP48:{unit}:assignment-1" for unit in ("qingxi", "shiqiao")]
    await owed(town, (names[0], town.now), (names[1], town.now + later))
    for number, name in enumerate(names, start=NUMBER):
        await town.reach(await town.notice(name.split(":")[1], number, name), "mayor", ordinal=1)
    assert len(mail.subjects(MAYOR)) == messages


async def test_what_failed_tells_nobody_so_each_tries_again(town: Town, mail: MailPeer):
    mail.recipient_answer = "450 later"
    assert sum(await missed(town)) == len(UNITS)
    mail.recipient_answer = ""
    call = await town.notice("qingxi", len("RESP48"))
    assert (await town.reach(call, "mayor", ordinal=1)).delivered == 1
    assert len(mail.subjects(MAYOR)) == 1


async def test_a_person_of_the_unit_is_called_for_each(town: Town, mail: MailPeer):
    for number in (3, 4):
        await town.reach(await town.notice("qingxi", number), "duty_person")
    assert len(mail.subjects("town.monitor@town.example")) == 2


async def restored(town: Town) -> None:
    """The stores put back from a backup, now."""
    entry = BookEntry(
        at=town.now,
        deed=BookDeed.BACKUP,
        origin=machine_user(),
        subject="monday.tar",
        detail={"command": RESTORE, "taken_at": "2026-09-08T00:00:00+00:00"},
    )
    await town.database.write(partial(append, entries=[entry]))


async def test_after_a_restore_what_may_have_been_told_says_so(town: Town, mail: MailPeer):
    before = await town.notice()
    town.now += MINUTE
    backup = BookEntry(at=town.now, deed=BookDeed.BACKUP, origin=machine_user(), detail={"command": "backup"})
    await town.database.write(partial(append, entries=[backup]))
    async with town.database.session() as session:
        assert await last_restore(session) is None
    await restored(town)
    town.now += MINUTE
    after = await town.notice(number=20)
    await town.reach(before, "duty_person")
    await town.reach(after, "duty_person")
    first, second = mail.subjects("town.monitor@town.example")
    assert "（重发）" in first
    assert "重发" not in second
    assert [one.again for one in await town.receipts() if one.status is CallStatus.SENT] == [True, False]
