"""A channel is broken by what it is to blame for, not by one person's wrong address;
and one message tries it again.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import receipts
from storage.call_channels import BROKEN_AFTER, RESTS, Health, health, keep
from storage.database import Database, open_database
from storage.receipts import CallStatus, ReceiptEntry
from tests.keys import KEYS
from tests.ledgers import empty_ledger

AT = datetime(2026, 9, 9, 2, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Channel:
    """A channel of which a test writes what happened, a second apart."""

    def __init__(self, database: Database) -> None:
        self.database, self.now, self._attempts = database, AT, 0

    async def begun(self, person: str) -> ReceiptEntry:
        self.now += SECOND
        self._attempts += 1
        entry = ReceiptEntry(
            at=self.now,
            attempt=f"a{self._attempts}",
            incident_id="inc-1",
            event_number=1,
            purpose="breach",
            unit="qingxi",
            rung=0,
            hearer="duty_person",
            person=person,
            channel="mail",
            status=CallStatus.BEGUN,
        )
        async with self.database.writing() as session:
            await receipts.write(session, entry)
        return entry

    async def ended(self, begun: ReceiptEntry, status: CallStatus, detail: str = "x") -> None:
        self.now += SECOND
        async with self.database.writing() as session:
            await receipts.write(session, receipts.after(begun, status, at=self.now, detail=detail))

    async def came_of(self, status: CallStatus, *persons: str) -> None:
        for person in persons:
            await self.ended(await self.begun(person), status)

    async def fared(self) -> Health:
        async with self.database.session() as session:
            return await health(session, "mail")


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[Channel]:
    url = f"sqlite+aiosqlite:///{tmp_path}/huiying.db"
    empty_ledger(url)
    database = open_database(url, KEYS)
    async with database.writing() as session:
        await keep(session, "mail", {"host": "mail.example"}, enabled=True, at=AT)
    yield Channel(database)
    await database.close()


@pytest.mark.parametrize("status", [CallStatus.DEFERRED, CallStatus.REFUSED])
async def test_one_persons_address_breaks_no_channel_however_often_it_is_tried(
    channel: Channel, status: CallStatus
):
    await channel.came_of(status, *["one"] * 20)
    fared = await channel.fared()
    assert not fared.is_broken
    assert fared.failures == 0
    assert fared.sent_at is None


async def test_what_a_provider_refuses_to_everybody_is_no_matter_of_addresses(channel: Channel):
    await channel.came_of(CallStatus.DEFERRED, *(f"p{number}" for number in range(BROKEN_AFTER - 1)))
    assert not (await channel.fared()).is_broken
    await channel.came_of(CallStatus.REFUSED, "the fifth")
    assert (await channel.fared()).is_broken


async def test_refusals_of_persons_hide_no_failure_of_the_channel(channel: Channel):
    for _ in range(BROKEN_AFTER):
        await channel.came_of(CallStatus.FAILED, "one")
        await channel.came_of(CallStatus.REFUSED, "another")
    assert (await channel.fared()).is_broken


async def test_a_message_that_was_taken_ends_the_count(channel: Channel):
    await channel.came_of(CallStatus.FAILED, *["one"] * BROKEN_AFTER)
    await channel.came_of(CallStatus.SENT, "one")
    fared = await channel.fared()
    assert fared.failures == 0
    assert fared.sent_at == channel.now


async def test_a_channel_that_is_set_up_anew_is_tried_at_once(channel: Channel):
    await channel.came_of(CallStatus.FAILED, *["one"] * BROKEN_AFTER)
    assert (await channel.fared()).rests(channel.now)
    async with channel.database.writing() as session:
        await keep(session, "mail", {"host": "other.example"}, enabled=True, at=channel.now + SECOND)
    assert not (await channel.fared()).is_broken


async def test_a_channel_that_has_rested_is_tried_by_one_message_alone(channel: Channel):
    late = await channel.begun("slow")  # under way before it broke, which tries nothing
    await channel.came_of(CallStatus.FAILED, *["one"] * BROKEN_AFTER)
    broke_at = channel.now
    assert (await channel.fared()).rests(broke_at + RESTS - SECOND)
    fared = await channel.fared()
    assert not fared.rests(broke_at + RESTS)
    assert not fared.is_being_tried(broke_at + RESTS)
    channel.now = broke_at + RESTS
    probe = await channel.begun("one")
    fared = await channel.fared()
    assert fared.is_being_tried(channel.now)
    assert not fared.is_being_tried(channel.now + RESTS)  # its process died
    await channel.ended(probe, CallStatus.FAILED)
    assert (await channel.fared()).rests(channel.now + RESTS - SECOND)
    await channel.ended(late, CallStatus.SENT)
    assert not (await channel.fared()).is_broken


async def rested(channel: Channel) -> None:
    """As much time as a channel that broke rests, which is over."""
    channel.now += RESTS


@pytest.mark.parametrize("status", [CallStatus.DEFERRED, CallStatus.REFUSED])
async def test_an_answer_about_a_person_to_the_message_that_tries_it_shows_that_it_works(
    channel: Channel, status: CallStatus
):
    await channel.came_of(CallStatus.FAILED, *["one"] * BROKEN_AFTER)
    await rested(channel)
    await channel.came_of(status, "full")
    fared = await channel.fared()
    assert not fared.is_broken
    assert not fared.rests(channel.now)
    assert not fared.is_being_tried(channel.now)
    await channel.came_of(CallStatus.FAILED, *["one"] * (BROKEN_AFTER - 1))
    assert (await channel.fared()).is_broken  # what it fails after that counts, and the person once


async def test_where_nobody_is_taken_any_more_another_refusal_shows_nothing(channel: Channel):
    await channel.came_of(CallStatus.REFUSED, *(f"p{number}" for number in range(BROKEN_AFTER)))
    await rested(channel)
    await channel.came_of(CallStatus.REFUSED, "p0")
    assert (await channel.fared()).rests(channel.now)


async def test_where_what_tries_it_fails_it_rests_again_until_one_is_answered(channel: Channel):
    await channel.came_of(CallStatus.FAILED, *["one"] * BROKEN_AFTER)
    await rested(channel)
    await channel.came_of(CallStatus.FAILED, "one")
    assert (await channel.fared()).rests(channel.now)
    await channel.came_of(CallStatus.DEFERRED, "full")  # while it rests, which is no proof
    assert (await channel.fared()).rests(channel.now)
    await rested(channel)
    await channel.came_of(CallStatus.DEFERRED, "full")
    assert not (await channel.fared()).is_broken
