"""A channel that is broken and a notice that reached nobody are told by the watch,
and missed by the audit.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from audit.calls import call_differences
from domain.notices import Notice
from domain.purposes import Purpose
from storage.alarms import AlarmKind
from storage.audit_book import BookDeed, BookEntry, append
from storage.call_channels import keep
from storage.called_notices import acknowledge_by_link
from storage.inbox import deliver
from storage.undelivered import STUCK_AFTER
from terminal.machine_user import machine_user
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.calling import INCIDENT, NUMBER
from tests.workflows.reaching import Town, a_town
from watch.calls import Calls

SECOND = timedelta(seconds=1)
KEY = (INCIDENT, NUMBER, Purpose.BREACH.value, "qingxi")


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
async def town(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Town]:
    async with a_town(tmp_path, mail) as made:
        yield made


async def wrong(town: Town) -> dict[tuple[AlarmKind, str], str]:
    async with town.database.session() as session:
        return await Calls().wrong(session, town.now, 0.0)


async def stuck(town: Town) -> bool:
    """Whether watch and audit say that what had to be heard of the case reached nobody."""
    async with town.database.session() as session:
        missed = await call_differences(session, INCIDENT)
    is_told = (AlarmKind.CALL_STUCK, INCIDENT) in await wrong(town)
    assert is_told is bool(missed)
    return is_told


async def test_a_notice_of_which_no_call_was_started_is_told_after_ten_minutes(town: Town):
    await town.notice()
    town.now += STUCK_AFTER
    assert await wrong(town) == {}
    town.now += SECOND
    assert await stuck(town)


async def test_so_is_one_that_every_provider_failed(town: Town, mail: MailPeer):
    mail.recipient_answer = "451 4.3.0 later"
    await town.reach(await town.notice(), "duty_person")
    town.now += STUCK_AFTER + SECOND
    assert await stuck(town)
    mail.recipient_answer = ""
    await town.reach(await town.notice(), "duty_person")
    assert not await stuck(town)


async def test_and_one_for_which_nobody_can_be_reached(town: Town):
    await town.reach(await town.notice("health"), "duty_person")  # a unit without people
    town.now += STUCK_AFTER + SECOND
    assert await stuck(town)


async def test_what_somebody_heard_anyway_is_not_missed(town: Town):
    await town.notice()
    town.now += STUCK_AFTER + SECOND
    async with town.database.writing() as session:
        assert await acknowledge_by_link(session, KEY, person="town.monitor", at=town.now)
    assert not await stuck(town)


async def test_reminders_drills_and_what_came_while_no_channel_was_on_are_not_missed(town: Town):
    async def delivered(number: int, purpose: Purpose, *, drill: bool = False) -> None:
        notice = Notice(event_number=number, purpose=purpose, unit="qingxi", subject="x")
        await deliver(town.database, INCIDENT, [notice], drill=drill, at=town.now)

    await delivered(1, Purpose.REMINDER)
    await delivered(2, Purpose.BREACH, drill=True)
    async with town.database.writing() as session:
        await keep(session, "mail", {}, enabled=False, at=town.now)
    await delivered(3, Purpose.BREACH)
    town.now += STUCK_AFTER + SECOND
    assert not await stuck(town)
    async with town.database.writing() as session:
        await keep(session, "mail", {}, enabled=True, at=town.now)
    assert not await stuck(town)


async def saved(town: Town, *, enabled: bool) -> None:
    """The mail channel set up anew, as its page does it."""
    entry = BookEntry(
        at=town.now,
        deed=BookDeed.SETTINGS_CHANGE,
        origin=machine_user(),
        subject="channel:mail",
        detail={"enabled": "on" if enabled else "off"},
    )
    async with town.database.writing() as session:
        await keep(session, "mail", {}, enabled=enabled, at=town.now)
    await town.database.write(partial(append, entries=[entry]))


async def test_saving_a_channel_anew_or_switching_it_off_forgets_nobody(town: Town):
    await saved(town, enabled=True)
    town.now += SECOND
    await town.notice()
    town.now += STUCK_AFTER + SECOND
    assert await stuck(town)
    await saved(town, enabled=True)
    assert await stuck(town)
    await saved(town, enabled=False)
    assert await stuck(town)


async def test_what_came_between_two_times_that_a_channel_was_on_is_not_missed(town: Town):
    await saved(town, enabled=True)
    town.now += SECOND
    await saved(town, enabled=False)
    town.now += SECOND
    await town.notice()
    town.now += STUCK_AFTER + SECOND
    await saved(town, enabled=True)
    assert not await stuck(town)


async def test_a_broken_channel_is_told_while_it_is_on(town: Town):
    await town.breaks()
    assert list(await wrong(town)) == [(AlarmKind.CHANNEL_BROKEN, "mail")]
    async with town.database.writing() as session:
        await keep(session, "mail", {}, enabled=False, at=town.now - timedelta(days=1))
    assert await wrong(town) == {}
