"""Signing in: who may, how failures are told, how long it lasts, and what a form must show to be believed."""

import asyncio
from datetime import timedelta

import pyotp
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from domain.terms.roles import Role
from storage.accounts import Administrator, PasswordRejected, check_password
from storage.sign_ins import ABSOLUTE, IDLE
from tests.desk.asking import Specimen
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, forms

NEW = "seven loud purple otters"


async def test_a_person_signs_in_sees_the_desk_and_signs_out(office: Office):
    seat = await office.seat()
    answer = await seat.sign_in("town.handler")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    desk = await seat.open("/desk")
    assert "青溪镇 · 经办人" in desk.text
    left = await seat.fill_in("/me", {}, "/sign-out")
    assert left.headers["location"] == "/sign-in"
    assert (await seat.open("/desk")).status_code == 303


async def test_the_cookie_is_for_this_host_and_out_of_reach_of_scripts(office: Office):
    answer = await (await office.seat()).sign_in("town.handler")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain" not in cookie


async def test_who_is_not_signed_in_is_led_to_the_page_and_back(office: Office):
    seat = await office.seat()
    sent = await seat.open("/register")
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?after=%2Fregister")
    page = await seat.open(sent.headers["location"])
    answer = await seat.send(forms(page.text)["/sign-in"], {"login": "town.handler", "password": PASSWORD})
    assert answer.headers["location"] == "/register"


@pytest.mark.parametrize(
    "after", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "desk"]
)
async def test_no_link_leads_elsewhere_after_sign_in(office: Office, after: str):
    seat = await office.seat()
    answer = await seat.fill_in("/sign-in", {"login": "town.handler", "password": PASSWORD, "after": after})
    assert answer.headers["location"] == "/desk"


@pytest.mark.parametrize(
    ("login", "password"), [("town.handler", "wrong"), ("nobody.at.all", PASSWORD), ("", "")]
)
async def test_every_failure_is_told_alike(office: Office, login: str, password: str):
    seat = await office.seat()
    answer = await seat.sign_in(login, password)
    assert answer.status_code == 401
    assert "账号、口令或动态码不正确" in answer.text
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in answer.text


async def test_guesses_are_slowed_down_even_when_they_come_at_one_time(clock: Office):
    await clock.account("guessed", Role.HANDLER, "qingxi")
    seats = [await clock.seat() for _ in range(12)]
    answers = await asyncio.gather(*(seat.sign_in("guessed", "wrong") for seat in seats))
    assert sum(answer.status_code == 401 for answer in answers) == 5
    held = await seats[0].sign_in("guessed")
    assert held.status_code == 429
    assert int(held.headers["retry-after"]) > 0
    clock.ahead = timedelta(minutes=16)
    assert (await seats[0].sign_in("guessed")).status_code == 303


async def test_the_password_shown_once_serves_for_choosing_another_alone(office: Office):
    await office.account("fresh", Role.HANDLER, "qingxi", must_change=True)
    seat = await office.seat()
    assert (await seat.sign_in("fresh")).headers["location"] == "/password"
    for path in ("/desk", "/register", "/"):
        assert (await seat.open(path)).headers["location"] == "/password"
    changed = await seat.fill_in("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert changed.headers["location"] == "/desk"
    assert (await seat.open("/desk")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "口令不正确"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "不一致"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "不能与原口令相同"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "10 个字符以上"),
        ({"old": PASSWORD, "new": "police.handler1", "again": "police.handler1"}, "不含账号名"),
    ],
)
async def test_a_password_that_will_not_do_says_why(office: Office, typed: dict[str, str], said: str):
    seat = await office.sits("police.handler")
    answer = await seat.fill_in("/password", typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_password_is_long_and_not_the_login():
    check_password("li.na", NEW)
    for password in ("", "short", "x" * 201, "my LI.NA 2026"):
        with pytest.raises(PasswordRejected):
            check_password("li.na", password)


async def test_another_password_ends_the_sessions_elsewhere(office: Office):
    await office.account("mover", Role.HANDLER, "qingxi")
    here, elsewhere = await office.sits("mover"), await office.sits("mover")
    await here.fill_in("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert (await here.open("/desk")).status_code == 200
    assert (await elsewhere.open("/desk")).status_code == 303


async def test_a_session_ends_when_idle_and_when_old(clock: Office):
    seat = await clock.sits("town.handler")
    clock.ahead = IDLE - timedelta(seconds=5)
    assert (await seat.open("/desk")).status_code == 200
    clock.ahead += IDLE + timedelta(seconds=5)
    assert (await seat.open("/desk")).status_code == 303
    clock.ahead = timedelta(0)
    seat = await clock.sits("town.handler")
    while clock.ahead < ABSOLUTE:
        assert (await seat.open("/desk")).status_code == 200
        clock.ahead += timedelta(minutes=20)
    clock.ahead += timedelta(seconds=5)
    assert (await seat.open("/desk")).status_code == 303


async def test_a_session_of_ones_own_can_be_ended_and_no_others(office: Office):
    mine, other = await office.sits("town.deputy"), await office.sits("town.deputy")
    foreign = await office.sits("town.leader")
    (path,) = [path for path in forms((await mine.open("/me")).text) if path.startswith("/me/sessions/")][:1]
    taken = forms((await foreign.open("/me")).text)["/sign-out"]
    await foreign.post(path, taken.fields)  # somebody else's
    assert (await other.open("/desk")).status_code == 200
    await mine.fill_in("/me", {}, path)
    assert (await other.open("/desk")).status_code == 303


async def test_a_disabled_account_is_out_at_once(office: Office):
    await office.account("leaver", Role.HANDLER, "qingxi")
    seat = await office.sits("leaver")
    async with office.database.writing() as session:
        await session.execute(
            text("UPDATE account SET disabled_at = :now WHERE login = 'leaver'"), {"now": office.now()}
        )
    assert (await seat.open("/desk")).status_code == 303
    assert (await (await office.seat()).sign_in("leaver")).status_code == 401


async def test_a_one_time_code_is_asked_of_who_has_one(office: Office):
    await office.account("coded", Role.HANDLER, "qingxi")
    secret = pyotp.random_base32()
    async with office.database.writing() as session:
        await session.execute(
            text("UPDATE account SET one_time_secret = :secret WHERE login = 'coded'"), {"secret": secret}
        )
    seat = await office.seat()
    assert (await seat.sign_in("coded")).status_code == 401
    code = pyotp.TOTP(secret).at(office.now())
    assert (await seat.sign_in("coded", code=code)).status_code == 303


async def test_a_new_sign_in_never_takes_over_a_cookie_that_was_there(office: Office):
    seat = await office.seat()
    seat.http.cookies.set("huiying_session", "chosen-by-somebody-else", domain="huiying.test")
    answer = await seat.sign_in("town.handler")
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]


async def test_administrators_take_no_part_in_incidents(office: Office):
    seat = await office.sits("sys.admin")
    assert (await seat.open("/register")).status_code == 403
    for path in ("/desk", "/"):
        assert (await seat.open(path)).headers["location"] == "/units"
    assert Administrator.SYSTEM.value not in (await seat.open("/me")).text


def unsafe(office: Office) -> list[str]:
    """Every address of the pages that takes a form, those of the API with their tokens apart."""
    found = []
    for context in iter_route_contexts(office.system.app.routes):
        path = str(getattr(context, "path", ""))
        if set(getattr(context, "methods", None) or ()) - {"GET", "HEAD"} and not path.startswith("/api/"):
            found.append(path)
    return found


async def test_no_form_of_another_page_is_believed(office: Office):
    seat = await office.sits("town.handler")
    paths = unsafe(office)
    assert len(paths) >= 6
    token = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
    again = await office.sits("town.handler")
    others = forms((await again.open("/me")).text)["/sign-out"].fields["_csrf"]
    for template in paths:
        path, _ = Specimen({"incident_id": "inc-" + "0" * 24, "kind": "add_source"}).path(template)
        foreign = [
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="cross-site"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="same-site"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="", Origin="http://elsewhere.example"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="", Origin=""),
        ]
        if path != "/sign-in":  # where nobody is signed in there is no token yet
            wrong: list[dict[str, list[str]]] = [{"a": ["b"]}, {"_csrf": ["0" * 64]}, {"_csrf": others}]
            foreign += [await seat.post(path, fields) for fields in wrong]
        assert {answer.status_code for answer in foreign} == {403}, path
    assert (await seat.open("/desk")).status_code == 200


async def test_passwords_and_secrets_are_nowhere_in_the_database(office: Office):
    seat = await office.sits("town.handler")
    secret = seat.http.cookies["huiying_session"]
    async with office.database.session() as session:
        for table in ("account", "signed_in", "sign_in_attempt"):
            rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608  names of our own
            assert secret not in str(rows)
            assert PASSWORD not in str(rows)
