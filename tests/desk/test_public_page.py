"""The system administrator switches a unit onto the public page, having seen what would be read there;
nobody else does.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest_asyncio
from sqlalchemy import text

from storage.acts import ActKind
from storage.public_units import public_units
from storage.record import record
from storage.unit_tables import PublicUnitRow
from tests.desk.administrators import administrators, recorded, sits
from tests.desk.conftest import Office
from tests.storage.cases import Case

__all__ = ["administrators"]
UNIT = "shiqiao"
PATH = f"/units/{UNIT}/public"


@pytest_asyncio.fixture(loop_scope="session")
async def published(office: Office) -> AsyncIterator[Office]:
    """The office with a publication of a unit, one withdrawn, and a drill's."""
    for case in (
        Case("public 1", unit=UNIT, title="内部题目一").publish(),
        Case("public 2", unit=UNIT, title="内部题目二").withdraw(),
        Case("public 3", unit=UNIT, drill=True, title="演练题目").publish(),
        Case("public 4", unit=UNIT, title="未公布的题目").judge(),
    ):
        await record(office.database, case.incident_id, case.decisions)
    yield office
    async with office.database.session() as session:
        units = await public_units(session)
    async with office.database.writing() as session:
        await session.execute(text("DELETE FROM public_unit"))
    assert UNIT not in units


async def test_a_unit_is_switched_on_having_seen_what_would_be_public_and_off_again(published: Office):
    seat = await sits(published, "system.one")
    before = (await seat.open(PATH)).text
    assert "启用后将公开" in before
    assert "未启用" in before
    assert "已撤回" in before
    assert before.count("<strong>情况通报</strong>") == 2
    assert not [words for words in ("内部题目", "演练题目", "未公布的题目") if words in before]

    answer = await seat.fill_in(PATH, {})
    assert answer.status_code == 303
    page = (await seat.open(answer.headers["location"])).text
    assert "已启用；已公布的回应几秒内登上公开回应页面" in page
    async with published.database.session() as session:
        assert UNIT in await public_units(session)

    answer = await seat.fill_in(PATH, {})
    assert "撤下" in (await seat.open(answer.headers["location"])).text
    async with published.database.session() as session:
        assert UNIT not in await public_units(session)
    acts = [
        act for act in await recorded(published, UNIT) if act.kind in {"public_page_on", "public_page_off"}
    ]
    assert [(act.kind, act.author.login) for act in acts] == [
        (ActKind.PUBLIC_PAGE_ON, "system.one"),
        (ActKind.PUBLIC_PAGE_OFF, "system.one"),
    ]


async def test_the_page_of_the_unit_leads_there_for_who_may_switch(published: Office):
    administrator = await sits(published, "system.one")
    assert f'href="{PATH}"' in (await administrator.open(f"/units/{UNIT}")).text
    handler = await sits(published, "town.handler")
    assert f'href="{PATH}"' not in (await handler.open(f"/units/{UNIT}")).text
    assert (await handler.open(PATH)).status_code == 403


async def test_a_unit_that_is_not_there_has_no_switch(published: Office):
    seat = await sits(published, "system.one")
    assert (await seat.open("/units/nowhere/public")).status_code == 404


async def test_a_unit_that_the_regulation_knows_no_more_can_still_be_switched_off(published: Office):
    seat, code = await sits(published, "system.one"), "abolished"
    assert (await seat.open(f"/units/{code}/public")).status_code == 404
    async with published.database.writing() as session:
        session.add(PublicUnitRow(unit=code, since=datetime(2026, 9, 8, tzinfo=UTC)))
    answer = await seat.fill_in(f"/units/{code}/public", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/units")
    async with published.database.session() as session:
        assert code not in await public_units(session)
    assert (await seat.open(f"/units/{code}/public")).status_code == 404
