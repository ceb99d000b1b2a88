"""The security administrator keeps the accounts; each act is recorded, and takes effect at once."""

import re
from contextlib import suppress

import pyotp
import pytest

from desk.people.view import _GROUPS
from domain.terms.roles import Role
from storage.accounts import Administrator, fits, row_of
from storage.acts import ActKind, Author, Via
from storage.people import disable
from tests.desk.administrators import administrators, deed, id_of, recorded, sits, someone
from tests.desk.conftest import Office
from tests.desk.seat import forms

__all__ = ["administrators"]
NEW_PERSON = {"login": "li.na", "name": "李娜", "post": "handler", "unit": "qingxi"}
OWN_PASSWORD = "seven loud purple otters"


def password_in(page: str) -> str:
    found = re.search(r'id="password">([^<]+)<', page)
    assert found is not None, page
    return found[1]


async def test_a_person_is_added_and_the_password_is_shown_once_and_kept_nowhere(
    office: Office, capfd: pytest.CaptureFixture[str]
):
    seat = await sits(office, "security.one")
    answer = await seat.fill_in("/people/new", NEW_PERSON)
    password = password_in(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    async with office.database.session() as session:
        row = await row_of(session, "li.na")
    assert fits(password, row.password_hash)
    path = f"/people/{row.id}"
    for shown in (await seat.open(path), await seat.fill_in("/people", {"text": "李娜"}, "/people/search")):
        assert "李娜" in shown.text
        assert password not in shown.text
    assert password not in str(await recorded(office, "li.na"))
    told = capfd.readouterr()
    assert password not in told.out + told.err
    her = await office.seat()
    assert (await her.sign_in("li.na", password)).headers["location"] == "/password"
    changed = await her.fill_in("/password", {"old": password, "new": OWN_PASSWORD, "again": OWN_PASSWORD})
    assert changed.status_code == 303


async def test_people_are_found_by_unit_post_state_and_name_and_no_name_stands_in_an_address(office: Office):
    seat = await sits(office, "security.one")
    await office.account("gone.person", Role.MONITOR, "water")
    await deed(office, seat, "gone.person", "disable")

    async def found(**typed: str) -> str:
        return (await seat.fill_in("/people", typed, "/people/search")).text

    assert "gone.person" in await found(unit="water", state="disabled", post="monitor")
    assert "gone.person" not in await found(state="active")
    assert "town.deputy" in await found(text="TOWN.D")
    nothing = await found(text="%_x")
    assert "没有符合条件的账号" in nothing
    assert forms(nothing)["/people/search"].fields["text"] == ["%_x"]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"login": "王五"}, 422, "账号只能用英文字母"),
        ({"login": "town.handler"}, 409, "已存在"),
        ({"name": " "}, 422, "请填写姓名"),
        ({"unit": "nowhere"}, 422, "nowhere"),
        ({"post": "emperor"}, 422, "请选择岗位"),
        ({"post": "audit_administrator"}, 409, "只能在服务器上"),
    ],
)
async def test_who_cannot_be_added_keeps_what_was_typed(
    office: Office, typed: dict[str, str], status: int, said: str
):
    seat = await sits(office, "security.one")
    given = {"login": "wang.wu", "name": "王五", "post": "monitor", "unit": "water", **typed}
    answer = await seat.fill_in("/people/new", given)
    assert (answer.status_code, said in answer.text) == (status, True)
    kept = forms(answer.text)["/people/new"].fields
    offered = set(given) - ({"post", "unit"} & set(typed))  # what no list offers cannot stay chosen
    assert {name: kept[name] for name in offered} == {name: [given[name].strip()] for name in offered}
    async with office.database.session() as session:
        assert await row_of(session, "wang.wu") is None


async def test_disabling_ends_sessions_at_once_and_enabling_lets_in_again(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    theirs = [await office.sits(login), await office.sits(login)]
    assert "已停用" in await deed(office, seat, login, "disable")
    assert [(await one.open("/desk")).status_code for one in theirs] == [303, 303]
    assert (await (await office.seat()).sign_in(login)).status_code == 401
    assert "已启用" in await deed(office, seat, login, "enable")
    assert (await theirs[0].open("/desk")).status_code == 303
    assert (await (await office.seat()).sign_in(login)).status_code == 303
    assert [act.kind for act in await recorded(office, login)] == [
        ActKind.ACCOUNT_DISABLED,
        ActKind.ACCOUNT_ENABLED,
    ]


async def test_a_new_password_ends_sessions_and_the_old_one(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    theirs = await office.sits(login)
    password = password_in(await deed(office, seat, login, "password"))
    assert (await theirs.open("/desk")).status_code == 303
    assert (await (await office.seat()).sign_in(login)).status_code == 401
    assert (await (await office.seat()).sign_in(login, password)).headers["location"] == "/password"
    (act,) = await recorded(office, login)
    assert (act.kind, act.before, act.after) == (ActKind.PASSWORD_RENEWED, {}, {})


async def test_a_lost_one_time_code_is_dropped(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    assert f"/people/{await id_of(office, login)}/code" not in forms(
        (await seat.open(f"/people/{await id_of(office, login)}")).text
    )
    secret = pyotp.random_base32()
    async with office.database.writing() as session:
        (await row_of(session, login)).one_time_secret = secret
    assert (await (await office.seat()).sign_in(login)).status_code == 401
    await deed(office, seat, login, "code")
    assert (await (await office.seat()).sign_in(login)).status_code == 303
    assert secret not in str(await recorded(office, login))


async def test_another_post_ends_sessions_and_another_name_does_not(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    theirs, path = await office.sits(login), f"/people/{await id_of(office, login)}"
    await seat.fill_in(path, {"name": "新名"})
    assert (await theirs.open("/desk")).status_code == 200
    await seat.fill_in(path, {"post": "deputy_leader", "unit": "water"})
    assert (await theirs.open("/desk")).status_code == 303
    assert "分管负责同志" in (await (await office.sits(login)).open("/desk")).text
    named, moved = await recorded(office, login)
    assert (named.before, named.after) == ({"name": login}, {"name": "新名"})
    assert (moved.before, moved.after) == (
        {"post": "handler", "unit": "qingxi"},
        {"post": "deputy_leader", "unit": "water"},
    )
    assert (moved.author.via, moved.author.login) == (Via.DESK, "security.one")


@pytest.mark.parametrize("login", ["security.one", "audit.one"])
async def test_nobody_touches_the_own_account_nor_a_security_administrator_that_of_the_audit(
    office: Office, login: str
):
    seat = await sits(office, "security.one")
    path = f"/people/{await id_of(office, login)}"
    page = (await seat.open(path)).text
    assert path not in forms(page)
    csrf = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
    typed = {"_csrf": csrf, "name": ["x"], "post": ["handler"], "unit": ["water"]}
    for way in ("", "/disable", "/enable", "/password", "/code"):
        answer = await seat.post(path + way, typed)
        assert answer.status_code == 409, way
    assert await recorded(office, login) == []
    assert (await seat.open("/people")).status_code == 200


async def test_nothing_is_done_that_is_not_recorded(office: Office):
    login = await someone(office)
    by = Author(via=Via.DESK, login="security.one", account_id=await id_of(office, "security.one"))
    with suppress(ZeroDivisionError):
        async with office.database.writing() as session:
            await disable(session, by, await id_of(office, login), at=office.now())
            raise ZeroDivisionError
    assert await recorded(office, login) == []
    assert (await (await office.seat()).sign_in(login)).status_code == 303


def test_every_post_has_its_place_in_the_form():
    offered = {post for _, posts in _GROUPS for post in posts}
    assert offered == {*Role, *Administrator} - {Administrator.AUDIT}
