"""Three administrators kept apart: each has the own pages alone, none sees incidents,
and the record tells what they did.
"""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.terms.roles import Role
from storage.accounts import Administrator
from storage.acts import ActKind
from storage.healings import HealingEntry, Phase, enter
from tests.desk.administrators import administrators, deed, id_of, recorded, sits, someone
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD

__all__ = ["administrators"]
PAGES = {
    "/people": {"security.one"},
    "/people/new": {"security.one"},
    "/people/sheet": {"security.one"},
    "/people/demonstration": {"security.one"},
    "/going-live": {"system.one"},
    "/people/x": {"security.one"},
    "/system": {"system.one"},
    "/units": {"system.one", "town.handler", "auditor"},
    "/units/water": {"system.one", "town.handler", "auditor"},
    "/units/water/persons/new": {"system.one"},
    "/acts": {"audit.one"},
    "/acts/sign-ins": {"audit.one"},
    "/acts/book": {"audit.one"},
    "/acts/healings": {"audit.one"},
    "/retention": {"audit.one"},
    "/register": {"town.handler"},
}
HOMES = {"security.one": "/people", "system.one": "/units", "audit.one": "/acts"}


@pytest.mark.parametrize("login", ["security.one", "system.one", "audit.one", "town.handler", "auditor"])
async def test_each_has_the_own_pages_alone(office: Office, login: str):
    seat = await sits(office, login)
    for path, allowed in PAGES.items():
        if (login, path) == ("auditor", "/register"):
            continue  # the form is there, the rules refuse it
        status = (await seat.open(path)).status_code
        assert (status != 403) is (login in allowed), path


@pytest.mark.parametrize("login", sorted(HOMES))
async def test_an_administrator_begins_at_the_own_page_and_sees_no_incident(office: Office, login: str):
    seat = await sits(office, login)
    for path in ("/desk", "/"):
        assert (await seat.open(path)).headers["location"] == HOMES[login]
    assert HOMES[login] in (await seat.open("/me")).text
    assert (await seat.open("/incidents/inc-" + "0" * 24)).status_code == 403


@pytest.mark.parametrize(
    ("login", "after", "home"),
    [(login, "/desk", home) for login, home in HOMES.items()]
    + [("audit.one", "/me", "/me"), ("town.handler", "/desk", "/desk")],
)
async def test_signing_in_leads_an_administrator_home_and_is_no_denial(
    office: Office, login: str, after: str, home: str
):
    seat = await office.seat()
    assert (await seat.sign_in(login, after=after)).headers["location"] == home


async def test_the_first_password_of_ones_own_leads_an_administrator_home(office: Office):
    await office.account("fresh.audit", Administrator.AUDIT, "gov_office", must_change=True)
    fresh = await office.sits("fresh.audit")
    own = "春江潮水连海平-7731"
    changed = await fresh.fill_in("/password", {"old": PASSWORD, "new": own, "again": own})
    assert changed.headers["location"] == "/acts"


async def test_nobody_signed_in_and_nobody_with_a_password_shown_once_sees_them(office: Office):
    await office.account("fresh.security", Role.HANDLER, "qingxi", must_change=True)
    stranger, fresh = await office.seat(), await office.sits("fresh.security")
    for path in PAGES:
        assert "/sign-in" in (await stranger.open(path)).headers["location"]
        assert (await fresh.open(path)).headers["location"] == "/password"


async def test_the_record_says_who_did_what_when_in_words(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    await seat.fill_in(f"/people/{await id_of(office, login)}", {"post": "deputy_leader"})
    await deed(office, seat, login, "disable")
    audit = await sits(office, "audit.one")
    page = (await audit.open("/acts")).text
    for words in (login, "停用账号", "正常 → 已停用", "变更账号", "经办人 → 分管负责同志", "security.one"):
        assert words in page
    assert (await audit.open("/acts?kind=")).text.count("<li") == page.count(
        "<li"
    )  # all of them, as the form says it
    assert (await audit.open("/acts/sign-ins?outcome=")).status_code == 200
    narrowed = (await audit.open("/acts?kind=account_disabled")).text
    assert "经办人 → 分管负责同志" not in narrowed
    first = (await recorded(office, login))[0]
    older = (await audit.open(f"/acts?before={first.position}")).text
    assert login not in older


async def test_the_record_can_neither_be_changed_nor_struck_out(office: Office):
    login, seat = await someone(office), await sits(office, "security.one")
    await deed(office, seat, login, "disable")
    assert [act.kind for act in await recorded(office, login)] == [ActKind.ACCOUNT_DISABLED]
    for statement in (
        "UPDATE administrative_act SET author = 'nobody'",
        "DELETE FROM administrative_act",
        "INSERT OR REPLACE INTO administrative_act SELECT * FROM administrative_act",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            await changed(office, statement)
    assert len(await recorded(office, login)) == 1


async def changed(office: Office, statement: str) -> None:
    async with office.database.writing() as session:
        await session.execute(text(statement))


async def test_sign_ins_failures_and_locks_are_told_and_what_was_typed_for_a_login_is_not(office: Office):
    login = await someone(office)
    seat = await office.seat()
    for _ in range(5):
        await seat.sign_in(login, "wrong")
    assert (await seat.sign_in(login)).status_code == 429
    await seat.sign_in("a-password-in-the-wrong-field", "x")
    audit = await sits(office, "audit.one")
    page = (await audit.open("/acts/sign-ins")).text
    assert page.count(f"{login}（{login}）") == 5
    rows = [row for row in page.split("<tr") if f"{login}（{login}）" in row]
    assert ["锁定 30秒" in row for row in rows].count(True) == 1
    assert "没有这个账号" in page
    assert "a-password-in-the-wrong-field" not in page
    good = (await audit.open("/acts/sign-ins?outcome=succeeded")).text
    assert "audit.one" in good
    assert login not in good


async def test_a_password_that_is_asked_again_stands_under_its_account(office: Office):
    login = await someone(office)
    seat = await office.sits(login)
    for own in ("wrong", PASSWORD):
        await seat.fill_in(
            "/me/tokens",
            {"name": "每日导出", "scope": "read", "life": "7", "password": own},
        )
    page = (await (await sits(office, "audit.one")).open("/acts/sign-ins")).text
    rows = [row for row in page.split("<tr") if f"{login}（{login}）" in row]
    assert [("再次输入口令" in row, "成功" in row) for row in rows] == [
        (True, True),
        (True, False),
        (False, True),
    ]


async def test_the_system_page_says_what_answers_and_counts_incidents_without_naming_one(office: Office):
    seat = await sits(office, "system.one")
    page = (await seat.open("/system")).text
    assert page.count("state-up") == 3
    assert office.system.settings.release in page
    assert "/incidents/" not in page


async def test_the_pages_speak_english_too(office: Office):
    for login, path, words in (
        ("security.one", "/people", "Name or login"),
        ("system.one", "/units/water", "Gaps to be filled"),
        ("audit.one", "/acts", "Acts of administrators"),
    ):
        seat = await sits(office, login)
        seat.http.cookies.set("huiying_language", "en", domain="huiying.test")
        assert words in (await seat.open(path)).text
        seat.http.cookies.delete("huiying_language")


async def test_what_was_healed_is_shown_to_system_and_audit_administrator(office: Office):
    done = HealingEntry(
        incident_id="inc-" + "0" * 24,
        cause="start",
        phase=Phase.DONE,
        faults=("workflow_behind", "fork"),
        log_number=9,
        history_number=4,
        number=9,
        appended=0,
        forked=2,
        handed_over=3,
    )
    failed = replace(done, phase=Phase.FAILED, note="EventLogGap: 12 follows 9")
    await enter(office.database, done)
    await enter(office.database, failed)
    for login, path in (("system.one", "/system"), ("audit.one", "/acts/healings")):
        page = (await (await sits(office, login)).open(path)).text
        for words in (
            "工作流落后于事件日志、两份记录互相冲突",
            "重新递交 3 个步骤",
            "未能恢复",
            "EventLogGap",
            "启动时核对",
        ):
            assert words in page
