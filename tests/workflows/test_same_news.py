"""Who hears of many units of one case is told the same once; and what a backup forgot is told again, and says so."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from storage.audit_book import RESTORE, Deed, Entry, append, last_restore
from storage.receipts import CallStatus
from terminal.machine_user import machine_user
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.reaching import Town, a_town

MAYOR = "mayor@town.example"
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
    """Each unit misses a limit at one instant, each by an event of its own; how many were reached and not, for each call."""
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
    entry = Entry(
        at=town.now,
        deed=Deed.BACKUP,
        origin=machine_user(),
        subject="monday.tar",
        detail={"command": RESTORE, "taken_at": "2026-09-08T00:00:00+00:00"},
    )
    await town.database.write(partial(append, entries=[entry]))


async def test_after_a_restore_what_may_have_been_told_says_so(town: Town, mail: MailPeer):
    before = await town.notice()
    town.now += MINUTE
    backup = Entry(at=town.now, deed=Deed.BACKUP, origin=machine_user(), detail={"command": "backup"})
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
