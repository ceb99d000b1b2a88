"""A channel that broke is tried by one message, and the others wait for what comes of it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from activities.payloads import REACH
from channels.outgoing import SECONDS
from channels.table import AT_ONE_TIME
from storage import call_channels, hearers
from storage.call_channels import RESTS, Health
from storage.hearers import CalledPerson
from storage.receipts import CallStatus, of_incident
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.reaching import Town, a_town


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
async def town(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Town]:
    async with a_town(tmp_path, mail) as made:
        yield made


LEADERS = ("deputy_leader", "principal_leader", "duty_person")


async def test_while_it_rests_nobody_is_called_by_it(town: Town, mail: MailPeer):
    await town.breaks()
    answer = await town.reach(await town.notice(), *LEADERS)
    assert (answer.delivered, answer.failed) == (0, 3)
    assert await town.receipts() == []
    assert mail.mails == []


async def test_once_it_has_rested_one_tries_and_the_others_follow_where_it_works(town: Town, mail: MailPeer):
    await town.breaks()
    town.now += RESTS
    goes_on, is_there = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        is_there.set()
        assert goes_on.wait(30)

    mail.on_mail = hold
    reaching = asyncio.create_task(town.reach(await town.notice(), *LEADERS))
    assert await asyncio.to_thread(is_there.wait, 30)
    begun = [one for one in await town.receipts() if one.status is CallStatus.BEGUN]
    mail.on_mail = None
    goes_on.set()
    answer = await reaching
    assert len(begun) == 1
    assert (answer.delivered, answer.failed) == (3, 0)
    assert len(mail.mails) == 3


class Looks:
    """How often callers looked at the channel, and how often so that nothing else could be
    written meanwhile.
    """

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = self.locking = 0
        self.turns_to = town.now
        health = call_channels.health

        async def counted(session: AsyncSession, channel: str, *, lock: bool = False) -> Health:
            self.number += 1
            self.locking += lock
            town.now = self.turns_to
            return await health(session, channel, lock=lock)

        monkeypatch.setattr(call_channels, "health", counted)

    async def many(self) -> None:
        """When whoever waits has looked many times."""
        while self.number < 30:
            await asyncio.sleep(0.05)


def until(goes_on: threading.Event, _: object) -> None:
    assert goes_on.wait(60)


async def test_whoever_waits_leaves_the_ledger_to_be_written(
    town: Town, mail: MailPeer, monkeypatch: pytest.MonkeyPatch
):
    await town.breaks()
    town.now += RESTS
    goes_on, looks = threading.Event(), Looks(town, monkeypatch)
    mail.on_mail = partial(until, goes_on)
    reaching = asyncio.create_task(town.reach(await town.notice(), *LEADERS))
    await looks.many()
    goes_on.set()
    await reaching
    assert looks.locking <= 2 * len(LEADERS)


async def test_one_tries_though_it_came_while_the_channel_still_rested(
    town: Town, mail: MailPeer, monkeypatch: pytest.MonkeyPatch
):
    await town.breaks()
    town.now += RESTS - timedelta(seconds=1)
    goes_on, looks = threading.Event(), Looks(town, monkeypatch)
    looks.turns_to += timedelta(seconds=1)  # while its turn to begin comes
    mail.on_mail = partial(until, goes_on)
    reaching = asyncio.create_task(town.reach(await town.notice(), *LEADERS))
    await looks.many()
    begun = [one for one in await town.receipts() if one.status is CallStatus.BEGUN]
    goes_on.set()
    await reaching
    assert len(begun) == 1


async def test_where_it_still_fails_nobody_else_is_called_by_it(town: Town, mail: MailPeer):
    await town.breaks()
    town.now += RESTS
    mail.recipient_answer = "451 4.3.0 later"
    answer = await town.reach(await town.notice(), *LEADERS)
    assert (answer.delivered, answer.failed) == (0, 3)
    assert await town.outcomes() == [CallStatus.FAILED]


async def test_once_it_answered_of_one_person_alone_the_others_follow(town: Town, mail: MailPeer):
    await town.breaks()
    town.now += RESTS
    call = await town.notice()
    mail.recipient_answer = "452 4.2.2 full"
    assert (await town.reach(call, "deputy_leader")).failed == 1
    mail.recipient_answer = ""
    assert (await town.reach(call, *LEADERS)).delivered == 3


async def test_one_persons_full_mailbox_is_tried_again_and_keeps_nobody_else(town: Town, mail: MailPeer):
    call = await town.notice()
    mail.recipient_answer = "452 4.2.2 full"
    for _ in range(8):
        assert (await town.reach(call, "deputy_leader")).failed == 1
    mail.recipient_answer = ""
    assert (await town.reach(call, "duty_person")).delivered == 1
    assert (await town.reach(call, "deputy_leader")).delivered == 1
    assert await town.outcomes("town.deputy") == [*[CallStatus.DEFERRED] * 8, CallStatus.SENT]


async def test_what_could_not_end_within_the_rung_is_left_to_the_next_try(
    town: Town, mail: MailPeer, monkeypatch: pytest.MonkeyPatch
):
    call, persons = await town.notice(), hearers.persons_of

    async def slowly(*of: Any) -> tuple[CalledPerson, ...]:
        town.now += REACH - timedelta(seconds=SECONDS)
        return await persons(*of)

    with monkeypatch.context() as patched:
        patched.setattr(hearers, "persons_of", slowly)
        answer = await town.reach(call, "deputy_leader")
    assert (answer.delivered, answer.failed) == (0, 1)
    assert await town.receipts() == []
    assert (await town.reach(call, "deputy_leader")).delivered == 1
    assert not any(one.again for one in await town.receipts())


async def test_no_more_begin_at_one_time_than_a_channel_has_places(town: Town, mail: MailPeer):
    goes_on = threading.Event()
    mail.on_mail = partial(until, goes_on)
    calls = [await town.notice(number=number) for number in range(AT_ONE_TIME + 3)]
    reaching = asyncio.gather(*(town.reach(call, "duty_person") for call in calls))
    while len(await town.receipts()) < AT_ONE_TIME:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # in which the others would begin
    begun = len(await town.receipts())
    goes_on.set()
    assert sum(answer.delivered for answer in await reaching) == len(calls)
    assert begun == AT_ONE_TIME


async def test_of_the_receipts_of_a_case_the_latest_are_read_in_their_order(town: Town):
    call = await town.notice()
    await town.reach(call, *LEADERS)
    whole = await town.receipts()
    async with town.database.session() as session:
        assert await of_incident(session, call.incident_id, latest=4) == tuple(whole[-4:])
        assert await of_incident(session, call.incident_id, until=town.now, latest=100) == tuple(whole)
