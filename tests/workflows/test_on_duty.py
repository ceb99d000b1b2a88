"""Who is on duty by the rota is called first; where the rota names nobody, the registry's monitor is."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.law.registry import DutyShift
from domain.terms.roles import Role
from storage import rota
from storage.accounts import create_account, row_of
from storage.receipts import CallStatus
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.reaching import Town, a_town

HOUR = timedelta(hours=1)


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


@pytest.fixture
async def town(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Town]:
    async with a_town(tmp_path, mail) as made:
        for unit, login in (("qingxi", "town.night"), ("gov_office", "office.night")):
            async with made.database.writing() as session:
                await create_account(
                    session,
                    login=login,
                    name=login,
                    post=Role.HANDLER,
                    unit=unit,
                    password_hash="",
                    at=made.now,
                )
            shift = DutyShift(unit=unit, person=login, since=made.now, until=made.now + 8 * HOUR)
            await rota.add(made.database, shift, at=made.now)
        yield made


async def persons(town: Town, number: int, hearer: str) -> set[str]:
    await town.reach(await town.notice(number=number), hearer)
    return {one.person for one in await town.receipts() if one.event_number == number and one.person}


@pytest.mark.parametrize(
    ("hearer", "on_duty", "else_"),
    [("duty_person", "town.night", "town.monitor"), ("office", "office.night", "office.handler")],
)
async def test_who_is_on_duty_by_the_rota_is_called(town: Town, hearer: str, on_duty: str, else_: str):
    assert await persons(town, 1, hearer) == {on_duty}
    town.now += 8 * HOUR  # the shift is over
    assert else_ in await persons(town, 2, hearer)


async def test_whose_account_is_disabled_is_on_no_duty(town: Town):
    async with town.database.writing() as session:
        row = await row_of(session, "town.night")
        assert row is not None
        row.disabled_at = town.now
    assert await persons(town, 1, "duty_person") == {"town.monitor"}
    assert CallStatus.SENT in await town.outcomes("town.monitor")
