"""Before the system is used in earnest: what is missing is listed, and the demonstration is put away."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from casework.edge import read_content
from casework.going_live import LineState, rota_line
from casework.recorded import Recorded
from domain.law.registry import DutyShift
from domain.steps.register import Register
from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from storage.acts import FIRST_START, ActKind, record_act
from tests.api.office import OFFICE, registration
from tests.desk.administrators import administrators, recorded, sits
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms

__all__ = ["administrators"]
NOW = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def shift(begins: float, ends: float) -> DutyShift:
    return DutyShift(unit="gov_office", person="x", since=NOW + begins * DAY, until=NOW + ends * DAY)


@pytest.mark.parametrize(
    ("shifts", "hours", "first"),
    [
        ([], 168, 0.0),
        ([shift(-1, 8)], 0, None),
        ([shift(-1, 7)], 0, None),
        ([shift(3, 8), shift(-1, 3)], 0, None),
        ([shift(-1, 3), shift(3.5, 8)], 12, 3.0),
        ([shift(-1, 3), shift(0, 1), shift(4, 7)], 24, 3.0),
        ([shift(1, 6)], 48, 0.0),
        ([shift(8, 9)], 168, 0.0),
        ([shift(-1, 7 - 1 / 86400)], 1, 7 - 1 / 86400),
    ],
)
def test_the_hours_in_which_nobody_is_on_duty_are_counted(
    shifts: list[DutyShift], hours: int, first: float | None
):
    line = rota_line(shifts, NOW)
    assert line.figures["hours"] == hours
    assert line.at == (None if first is None else NOW + first * DAY)
    assert line.state is (LineState.MISSING if hours else LineState.DONE)


def lines(page: str) -> dict[str, str]:
    """The lines of the list: name and words of the rest."""
    rows = re.findall(r'<th scope="row" class="cell-title">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]*>", " ", rest).split()) for name, rest in rows}


async def test_the_list_says_of_each_line_how_it_stands_and_what_to_do(office: Office):
    page = (await (await sits(office, "system.one")).open("/going-live")).text
    shown = lines(page)
    assert len(shown) == 16
    assert shown["工作日历"].startswith("还缺 缺 2027 年的放假调休安排")
    assert "HUIYING_BEHIND_TLS=true" in shown["加密访问"]
    assert "168 小时没有排班" in shown["值班表"]
    assert shown["备份"].startswith("还缺")
    assert 'href="/units?gaps=true"' in page
    assert "还缺" in page


async def test_what_no_machine_can_tell_is_confirmed_by_a_person_and_holds_for_a_year(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    seat = await sits(office, "system.one")
    answer = await seat.fill_in("/going-live", {}, "/going-live/keys")
    shown = lines((await seat.open(answer.headers["location"])).text)
    assert shown["密钥另存"].startswith("已具备")
    assert "system.one" in shown["密钥另存"]
    assert shown["恢复演练"].startswith("还缺")
    (act,) = await recorded(office, "keys")
    assert (act.kind, act.author.login) == (ActKind.GOING_LIVE_CHECKED, "system.one")
    assert "密钥另存" in (await (await sits(office, "audit.one")).open("/acts")).text
    monkeypatch.setattr(office, "ahead", timedelta(days=367))
    assert lines((await (await office.sits("system.one")).open("/going-live")).text)["密钥另存"].startswith(
        "还缺"
    )


@pytest.mark.parametrize("item", ["calendar", "nothing", "KEYS", "%00"])
async def test_what_a_machine_can_tell_is_confirmed_by_nobody(office: Office, item: str):
    seat = await sits(office, "system.one")
    form = forms((await seat.open("/going-live")).text)["/going-live/restore"]
    assert (await seat.post(f"/going-live/{item}", form.fields)).status_code == 404


@pytest.mark.parametrize("login", ["security.one", "audit.one", "office.leader", "town.handler"])
async def test_the_list_is_the_system_administrators_alone(office: Office, login: str):
    assert (await (await sits(office, login)).open("/going-live")).status_code == 403


async def demonstrated(office: Office, *logins: str) -> None:
    """Accounts as the first start makes them."""
    for login in logins:
        await office.account(login, Role.HANDLER, "water")
        async with office.database.writing() as session:
            await record_act(session, ActKind.ACCOUNT_ADDED, FIRST_START, login, at=datetime.now(UTC))


async def test_the_accounts_of_the_demonstration_are_disabled_in_one_act_and_no_others(office: Office):
    await demonstrated(office, "demo.one", "demo.two")
    theirs, seat = await office.sits("demo.one"), await sits(office, "security.one")
    shown = (await seat.open("/people/demonstration")).text
    assert ("demo.one" in shown, "town.handler" in shown) == (True, False)
    answer = await seat.fill_in("/people/demonstration", {})
    page = (await seat.open(answer.headers["location"])).text
    assert "演示账号已停用" in page
    assert "没有在用的演示账号" in page
    assert (await theirs.open("/desk")).status_code == 303
    assert (await (await office.seat()).sign_in("demo.two")).status_code == 401
    assert (await (await office.seat()).sign_in("town.handler")).status_code == 303
    for login in ("demo.one", "demo.two"):
        assert (await recorded(office, login))[-1].kind is ActKind.ACCOUNT_DISABLED


async def test_of_two_who_put_the_accounts_away_at_once_each_account_is_disabled_once(office: Office):
    await demonstrated(office, "demo.three")
    seats = [await sits(office, login) for login in ("security.one", "security.two")]
    answers = await asyncio.gather(*(seat.fill_in("/people/demonstration", {}) for seat in seats))
    assert {answer.status_code for answer in answers} == {303}
    kinds = [act.kind for act in await recorded(office, "demo.three")]
    assert kinds.count(ActKind.ACCOUNT_DISABLED) == 1


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("system.one", "/people/demonstration"),
        ("office.leader", "/people/demonstration"),
        ("office.clerk", "/drills"),
        ("town.leader", "/drills"),
        ("auditor", "/drills"),
        ("security.one", "/drills"),
    ],
)
async def test_nobody_else_puts_the_demonstration_away(office: Office, login: str, path: str):
    assert (await (await sits(office, login)).open(path)).status_code == 403


async def drill(office: Office) -> str:
    """The number of a fresh drill."""
    command = read_content("register", registration())
    assert isinstance(command, Register)
    clock = DrillClock(epoch=datetime.now(UTC), origin=datetime.now(UTC), scale=1.0)
    key = uuid4().hex
    async with asyncio.timeout(60):
        while True:
            answer = await office.system.app.state.commands.register(command, OFFICE, key, drill=clock)
            if isinstance(answer, Recorded):
                return answer.incident.number


async def test_a_leader_of_the_office_voids_the_open_drills_and_their_record_stays(office: Office):
    number = await drill(office)
    seat = await sits(office, "office.leader")
    real = await office.system.register()
    page = (await seat.open("/drills")).text
    assert (number in page, real in page) == (True, False)
    answer = await seat.fill_in("/drills", {"reason": "正式启用"})
    assert answer.headers["location"].startswith("/drills?done=")
    gone = await until_gone(seat, number)
    assert number not in gone
    board = (await seat.open("/?drill=true")).text
    assert number not in board
    found = (await seat.open(f"/?drill=true&closed=true&text={number}")).text
    assert number in found
    assert real in (await seat.open("/")).text


async def test_a_drill_that_the_page_did_not_name_is_not_voided(office: Office):
    named = await drill(office)
    seat = await sits(office, "office.leader")
    form = forms((await seat.open("/drills")).text)["/drills"]
    later = await drill(office)
    assert (await seat.send(form, {"reason": "正式启用"})).status_code == 303
    assert later in await until_gone(seat, named)


async def test_an_account_that_the_page_did_not_name_stays(office: Office):
    await demonstrated(office, "demo.four")
    seat = await sits(office, "security.one")
    form = forms((await seat.open("/people/demonstration")).text)["/people/demonstration"]
    await demonstrated(office, "demo.five")
    assert (await seat.send(form, {})).status_code == 303
    assert (await (await office.seat()).sign_in("demo.four")).status_code == 401
    assert (await (await office.seat()).sign_in("demo.five")).status_code == 303


async def until_gone(seat: Seat, number: str) -> str:
    """The page once a step that was taken is on record."""
    async with asyncio.timeout(60):
        while number in (page := (await seat.open("/drills")).text):
            await asyncio.sleep(0.2)
    return page
