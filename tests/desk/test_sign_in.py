"""Signing in: who may, how failures are told, how long it lasts, and what a form must show to be believed."""

import asyncio
from datetime import timedelta

import pyotp
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text
from starlette.requests import Request
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from desk.sign_in.remembered_device import device_of
from desk.sign_in.turns import SignInTurns
from domain.terms.roles import Role
from storage.accounts import Administrator, hashed, new_password, row_of
from storage.acts import Author, Via
from storage.passwords import SHORTEST_PASSWORD, PasswordRejected, Weakness, check_password
from storage.people import renew_password
from storage.sign_ins import ABSOLUTE, FREE_ATTEMPTS, FREE_ATTEMPTS_AT_LOGIN, IDLE
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
    seat = await clock.seat()
    answers = await asyncio.gather(*(seat.sign_in("guessed", "wrong") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
    held = await seat.sign_in("guessed")
    assert held.status_code == 429
    assert int(held.headers["retry-after"]) > 0
    clock.ahead = timedelta(minutes=16)
    assert (await seat.sign_in("guessed")).status_code == 303


async def test_what_a_stranger_tries_keeps_nobody_from_signing_in(clock: Office):
    await clock.account("envied", Role.PRINCIPAL_LEADER, "qingxi")
    stranger, owner = await clock.seat(), await clock.seat()
    for _ in range(7):
        last = await stranger.sign_in("envied", "wrong")
    assert last.status_code == 429
    assert (await owner.sign_in("envied")).status_code == 303


async def test_strangers_from_everywhere_slow_each_other_down_and_not_a_browser_that_is_known(clock: Office):
    await clock.account("besieged", Role.PRINCIPAL_LEADER, "qingxi")
    known = await clock.sits("besieged")
    await known.fill_in("/me", {}, "/sign-out")
    strangers = [await clock.seat() for _ in range(FREE_ATTEMPTS_AT_LOGIN // FREE_ATTEMPTS + 1)]
    answers = [await seat.sign_in("besieged", "wrong") for seat in strangers for _ in range(FREE_ATTEMPTS)]
    assert answers[-1].status_code == 429
    assert (await (await clock.seat()).sign_in("besieged")).status_code == 429
    assert (await known.sign_in("besieged")).status_code == 303


async def test_a_known_browser_is_slowed_by_what_it_fails_itself_and_forgotten_with_the_password(
    clock: Office,
):
    await clock.account("careless", Role.HANDLER, "qingxi")
    known = await clock.sits("careless")
    await known.fill_in("/me", {}, "/sign-out")
    answers = [(await known.sign_in("careless", "wrong")).status_code for _ in range(FREE_ATTEMPTS + 1)]
    assert answers == [401] * FREE_ATTEMPTS + [429]
    (name,) = [name for name in known.http.cookies if name.startswith("huiying_known_")]
    value = known.http.cookies[name]
    async with clock.database.writing() as session:
        row = await row_of(session, "careless")
        asking = Request(
            {
                "type": "http",
                "headers": [(b"cookie", f"{name}={value}".encode())],
                "app": clock.system.app,
            }
        )
        assert device_of(asking, row) == value.partition(".")[0]
        row.password_hash = hashed(NEW)
        assert device_of(asking, row) == ""


@pytest.mark.parametrize("typed", ["Fold.Ed", " fold.ed ", "ｆｏｌｄ．ｅｄ", "FOLD.ed\u3000"])
async def test_a_login_is_found_however_it_is_typed(office: Office, typed: str):
    async with office.database.session() as session:
        there = await row_of(session, "fold.ed") is not None
    if not there:
        await office.account("fold.ed", Role.HANDLER, "qingxi")
    assert (await (await office.seat()).sign_in(typed)).status_code == 303


async def test_of_two_logins_of_an_early_release_that_differ_in_case_the_one_typed_is_meant(office: Office):
    for login in ("twin", "Twin"):
        await office.account(login, Role.HANDLER, "qingxi")
    async with office.database.session() as session:
        assert [(await row_of(session, login)).login for login in ("twin", "Twin")] == ["twin", "Twin"]


async def test_sixty_who_sign_in_at_once_all_come_in(office: Office):
    await office.account("crowd", Role.HANDLER, "qingxi", password_hash=hashed(PASSWORD))
    seats = [await office.seat() for _ in range(60)]
    answers = await asyncio.gather(*(seat.sign_in("crowd") for seat in seats))
    assert {answer.status_code for answer in answers} == {303}


async def test_who_comes_when_too_many_wait_is_told_so_and_known_sessions_are_not_touched(office: Office):
    inside, outside, app = await office.sits("town.handler"), await office.seat(), office.system.app
    usual, app.state.sign_in_turns = app.state.sign_in_turns, SignInTurns(at_once=1, waiting=0)
    try:
        async with app.state.sign_in_turns.turn():
            answer = await outside.sign_in("town.second")
            assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
            assert "登录的人太多" in answer.text
            assert 'value="town.second"' in answer.text
            assert (await inside.open("/desk")).status_code == 200
            wrong = await inside.fill_in("/password", {"old": "wrong", "new": NEW, "again": NEW})
            assert "口令不正确" in wrong.text
        assert (await outside.sign_in("town.second")).status_code == 303
    finally:
        app.state.sign_in_turns = usual


async def test_the_password_shown_once_serves_for_choosing_another_alone(office: Office):
    await office.account("fresh", Role.HANDLER, "qingxi", must_change=True)
    seat = await office.seat()
    assert (await seat.sign_in("fresh")).headers["location"] == "/password"
    for path in ("/desk", "/register", "/"):
        assert (await seat.open(path)).headers["location"] == "/password"
    changed = await seat.fill_in("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert changed.headers["location"] == "/desk"
    assert (await seat.open("/desk")).status_code == 200


async def test_a_password_that_was_issued_serves_for_a_day_and_is_then_made_anew(clock: Office):
    await clock.account("first.one", Role.HANDLER, "qingxi", must_change=True)
    async with clock.database.writing() as session:
        row = await row_of(session, "first.one")
        row.password_until = clock.now() + timedelta(hours=24)
    clock.ahead = timedelta(hours=23, minutes=59)
    assert (await (await clock.seat()).sign_in("first.one")).status_code == 303
    clock.ahead = timedelta(hours=24, seconds=1)
    late = await (await clock.seat()).sign_in("first.one")
    assert (late.status_code, "huiying people password first.one" in late.text) == (401, True)
    assert "set-cookie" not in late.headers
    assert "people password" not in (await (await clock.seat()).sign_in("first.one", "wrong")).text
    async with clock.database.writing() as session:
        row = await row_of(session, "first.one")
        by = Author(via=Via.TERMINAL, login="root")
        await renew_password(session, by, row.id, password_hash=row.password_hash, at=clock.now())
    clock.ahead = timedelta(hours=47, minutes=59)
    assert (await (await clock.seat()).sign_in("first.one")).status_code == 303
    clock.ahead = timedelta(hours=48, seconds=2)
    assert (await (await clock.seat()).sign_in("first.one")).status_code == 401


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "wrong", "new": NEW, "again": NEW}, "口令不正确"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "不一致"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "不能与原口令相同"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "10 个字符以上"),
        ({"old": PASSWORD, "new": "police.handler1", "again": "police.handler1"}, "不能含账号、姓名或单位"),
        ({"old": PASSWORD, "new": "青溪镇" * 4, "again": "青溪镇" * 4}, "容易被猜中"),
        ({"old": PASSWORD, "new": " " * 10, "again": " " * 10}, "全是空格"),
        ({"old": PASSWORD, "new": "1234567890", "again": "1234567890"}, "容易被猜中"),
    ],
)
async def test_a_password_that_will_not_do_says_why(office: Office, typed: dict[str, str], said: str):
    seat = await office.sits("police.handler")
    answer = await seat.fill_in("/password", typed)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("", Weakness.LENGTH),
        ("short", Weakness.LENGTH),
        ("x" * 201, Weakness.LENGTH),
        (" " * 10, Weakness.BLANK),
        ("\u3000" * 12, Weakness.BLANK),
        ("my LI.NA 2026", Weakness.OWN_NAME),
        ("an.il 2026 pond", Weakness.OWN_NAME),
        ("l1-n4 and others", Weakness.OWN_NAME),
        ("qingxi-by-the-pond", Weakness.OWN_NAME),
        ("ＱＩＮＧＸＩ by the pond", Weakness.OWN_NAME),
        ("青溪镇的一座小石桥", Weakness.LENGTH),
        ("青溪镇的一座小石桥上", Weakness.OWN_NAME),
        ("1234567890", Weakness.COMMON),
        ("Password2026!", Weakness.COMMON),
        ("qwertyuiop123", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaa", Weakness.COMMON),
    ],
)
def test_a_password_that_is_short_blank_ones_own_name_or_common_is_refused(password: str, weakness: Weakness):
    with pytest.raises(PasswordRejected) as rejected:
        check_password(password, ("li.na", "李娜", "qingxi", "青溪镇"))
    assert rejected.value.weakness is weakness


def test_a_thousand_common_passwords_are_refused_and_random_ones_are_not():
    common = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD][:1000]
    for password in common:
        with pytest.raises(PasswordRejected):
            check_password(password, ("li.na",))
    assert len(common) == 1000
    for password in (NEW, *(new_password() for _ in range(20))):
        check_password(password, ("li.na", "qingxi"))


async def test_another_password_ends_the_sessions_elsewhere(office: Office):
    await office.account("mover", Role.HANDLER, "qingxi")
    here, elsewhere = await office.sits("mover"), await office.sits("mover")
    before = here.http.cookies["huiying_session"]
    await here.fill_in("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert (await here.open("/desk")).status_code == 200
    assert (await elsewhere.open("/desk")).status_code == 303
    here.http.cookies.set("huiying_session", before, domain="huiying.test")  # whoever had read it has nothing
    assert (await here.open("/desk")).status_code == 303


async def test_a_sign_in_ends_the_session_that_the_browser_had(office: Office):
    seat = await office.sits("town.handler")
    before = seat.http.cookies["huiying_session"]
    other = await office.seat()
    form = forms((await other.open("/sign-in")).text)["/sign-in"]
    assert (await seat.send(form, {"login": "town.second", "password": PASSWORD})).status_code == 303
    other.http.cookies.set("huiying_session", before, domain="huiying.test")
    assert (await other.open("/desk")).status_code == 303


async def test_signing_out_clears_what_the_browser_kept_of_pages_and_no_draft(office: Office):
    seat = await office.sits("town.handler")
    left = await seat.fill_in("/me", {}, "/sign-out")
    assert left.headers["clear-site-data"] == '"cache"'


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
    # A link that was sent is a secret of its own: no session serves there,
    # so none can be used by another's page.
    for template in set(paths) - {"/k/{token}"}:
        path, _ = Specimen({"incident_id": "inc-" + "0" * 24, "kind": "add_source"}).path(template)
        foreign = [
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="cross-site"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="same-site"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="", Origin="http://elsewhere.example"),
            await seat.post(path, {"_csrf": token}, Sec_Fetch_Site="", Origin=""),
        ]
        if not path.startswith("/sign-in"):  # where nobody is signed in there is no token yet
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
