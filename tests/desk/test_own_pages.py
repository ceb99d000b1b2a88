"""One's own pages: one-time codes with their recovery codes, and tokens for programs of one's own."""

import asyncio
import re
from datetime import timedelta

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from domain.terms.roles import Role
from storage.accounts import Administrator, row_of
from storage.acts import Author, Via
from storage.api_tokens import create_token, revoke_all
from storage.people import Particulars, change, disable, renew_password
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms
from tests.domain.cast import LAW

CODE = "/me/one-time-code"
STEP = timedelta(seconds=30)


def secret_on(page: httpx2.Response) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
    assert found, page.text
    return found.group(1).replace(" ", "")


async def enrolled(office: Office, login: str) -> tuple[Seat, pyotp.TOTP, list[str]]:
    """Somebody whose account asks for one-time codes from now on, with the recovery codes."""
    await office.account(login, Role.HANDLER, "qingxi")
    seat = await office.sits(login)
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    totp = pyotp.TOTP(secret_on(begun))
    form = forms(begun.text)[f"{CODE}/confirm"]
    shown = await seat.send(form, {"code": totp.at(office.now()), "password": PASSWORD})
    codes = re.findall(r"<li><code>([A-Z0-9-]+)</code>", shown.text)
    assert (shown.status_code, len(codes)) == (200, 10)
    return seat, totp, codes


async def test_a_person_enrols_a_telephone_and_signs_in_with_its_codes(clock: Office):
    await clock.account("enrols.elsewhere", Role.HANDLER, "qingxi")
    seat, totp, _ = await enrolled(clock, "enrols")
    assert totp.secret not in (await seat.open(CODE)).text.replace(" ", "")
    again = await clock.seat()
    assert (await again.sign_in("enrols")).status_code == 401
    clock.ahead += STEP
    assert (await again.sign_in("enrols", code=totp.at(clock.now()))).status_code == 303


async def test_each_code_serves_once_even_at_one_time_and_none_before_it(clock: Office):
    _, totp, _ = await enrolled(clock, "replays")
    spent = totp.at(clock.now())
    assert (await (await clock.seat()).sign_in("replays", code=spent)).status_code == 401
    clock.ahead += 2 * STEP
    code, before = totp.at(clock.now()), totp.at(clock.now() - STEP)
    seats = [await clock.seat() for _ in range(3)]
    answers = await asyncio.gather(*(seat.sign_in("replays", code=code) for seat in seats))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401]
    assert (await (await clock.seat()).sign_in("replays", code=before)).status_code == 401


async def test_a_recovery_code_serves_once_however_it_is_typed(office: Office):
    seat, _, codes = await enrolled(office, "lost.telephone")
    typed = codes[0].lower().replace("-", " ")
    assert (await (await office.seat()).sign_in("lost.telephone", code=typed)).status_code == 303
    assert (await (await office.seat()).sign_in("lost.telephone", code=codes[0])).status_code == 401
    assert "还有 9 个" in (await seat.open(CODE)).text
    async with office.database.session() as session:
        rows = str((await session.execute(text("SELECT * FROM recovery_code"))).all())
    assert not [code for code in codes if code in rows or code.replace("-", "") in rows]


async def test_codes_begin_with_the_password_and_a_code_and_end_so(clock: Office):
    await clock.account("careful", Role.HANDLER, "qingxi")
    seat, other = await clock.sits("careful"), await clock.sits("careful")
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    totp = pyotp.TOTP(secret_on(begun))
    form = forms(begun.text)[f"{CODE}/confirm"]
    code = totp.at(clock.now())
    for typed in ({"code": code, "password": "wrong"}, {"code": "000000", "password": PASSWORD}):
        refused = await seat.send(form, typed)
        assert refused.status_code == 422
        assert secret_on(refused) == totp.secret
    await clock.sits("careful")  # nothing is asked for yet
    assert (await seat.send(form, {"code": code, "password": PASSWORD})).status_code == 200
    assert (await other.open("/desk")).status_code == 303
    clock.ahead += STEP
    code = totp.at(clock.now())
    for typed in ({"code": code, "password": "wrong"}, {"code": "000000", "password": PASSWORD}):
        assert (await seat.fill_in(CODE, typed, f"{CODE}/end")).status_code == 422
    elsewhere = await clock.seat()
    assert (await elsewhere.sign_in("careful", code=code)).status_code == 303
    clock.ahead += STEP
    code = totp.at(clock.now())
    ended = await seat.fill_in(CODE, {"code": code, "password": PASSWORD}, f"{CODE}/end")
    assert ended.status_code == 303
    assert (await elsewhere.open("/desk")).status_code == 303
    assert (await seat.open("/desk")).status_code == 200
    assert (await (await clock.seat()).sign_in("careful")).status_code == 303


async def test_guesses_at_the_password_of_a_session_left_open_are_slowed_down(office: Office):
    await office.account("left.open", Role.HANDLER, "qingxi")
    seat = await office.sits("left.open")
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    form = forms(begun.text)[f"{CODE}/confirm"]
    answers = [await seat.send(form, {"code": "000000", "password": f"guess {n}"}) for n in range(6)]
    assert "口令不正确" in answers[4].text
    assert "次数过多" in answers[5].text


async def made(seat: Seat, **typed: str) -> str:
    """The text of a token made on the page."""
    answer = await seat.fill_in("/me/tokens", {"name": "每日导出", "password": PASSWORD, **typed})
    assert answer.status_code == 200, answer.text
    found = re.search(r'class="secret">(hy_[\w-]+)<', answer.text)
    assert found, answer.text
    return found.group(1)


async def uses(office: Office, token: str, method: str = "GET", path: str = "inbox") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    sent: dict[str, dict[str, str]] = {"json": {}} if method == "POST" else {}
    return await office.system.ask(method, path, None, headers=headers, **sent)


async def test_a_token_acts_as_its_owner_is_shown_once_and_can_be_revoked(office: Office):
    await office.account("programs", Role.HANDLER, "qingxi")
    seat = await office.sits("programs")
    token = await made(seat, scope="steps", life="7")
    assert (await uses(office, token)).status_code == 200
    assert (await uses(office, token, "POST", "incidents")).status_code == 422  # read as a registration
    await office.system.app.state.api_tokens.close()
    page = (await seat.open("/me/tokens")).text
    assert token not in page
    assert "最近使用" in page
    (revoke,) = [path for path in forms(page) if path.endswith("/revoke")]
    foreign = await office.sits("town.leader")
    csrf = forms((await foreign.open("/me")).text)["/sign-out"].fields
    await foreign.post(revoke, csrf)  # somebody else's
    assert (await uses(office, token)).status_code == 200
    await seat.fill_in("/me/tokens", {}, revoke)
    assert (await uses(office, token)).status_code == 401


async def test_a_token_for_reading_takes_no_step_and_says_so(office: Office):
    await office.account("reads", Role.PRINCIPAL_LEADER, "gov_office")
    token = await made(await office.sits("reads"), scope="read")
    assert (await uses(office, token, path="incidents")).status_code == 200
    answer = await uses(office, token, "POST", "incidents")
    told = answer.json()
    assert (answer.status_code, told["type"]) == (403, "urn:huiying:problem:read_only_token")
    assert "只读" in told["title"]
    assert "reading" in told["title_en"]


async def test_a_token_ends_at_its_end_though_it_is_remembered(clock: Office):
    await clock.account("ends", Role.HANDLER, "qingxi")
    token = await made(await clock.sits("ends"), life="7")
    clock.ahead = timedelta(days=7) - timedelta(seconds=5)
    assert (await uses(clock, token)).status_code == 200
    clock.ahead += timedelta(seconds=10)
    assert (await uses(clock, token)).status_code == 401


@pytest.mark.parametrize(
    "change",
    ["disabled_at = created_at", "must_change = true", "unit = 'health'", "role = 'handler'"],
)
async def test_a_token_ends_when_its_owners_account_does_not_bear_it(office: Office, change: str):
    login = f"bears.{change.split(' ', maxsplit=1)[0]}"
    await office.account(login, Role.DEPUTY_LEADER, "qingxi")
    token = await made(await office.sits(login))
    assert (await uses(office, token)).status_code == 200
    async with office.database.writing() as session:
        await session.execute(text(f"UPDATE account SET {change} WHERE login = '{login}'"))  # noqa: S608  words of our own
    office.system.app.state.api_tokens.forget()
    assert (await uses(office, token)).status_code == 401


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "请写明用途"),
        ({"scope": "everything"}, "请选择范围"),
        ({"life": "3650"}, "请选择有效期"),
        ({"life": "date", "until": ""}, "请选择有效期"),
        ({"life": "date", "until": "2999-01-01"}, "一年之内"),
        ({"life": "date", "until": "2020-01-01"}, "一年之内"),
    ],
)
async def test_what_makes_no_token_says_why_and_is_kept(office: Office, typed: dict[str, str], said: str):
    seat = await office.sits("police.handler")
    answer = await seat.fill_in("/me/tokens", {"name": "导出", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    kept = forms(answer.text)["/me/tokens"].fields
    assert kept["name"] == [typed.get("name", "导出")]
    assert "hy_" not in answer.text


async def test_a_date_is_good_to_its_end_and_all_tokens_of_an_account_end_together(clock: Office):
    await clock.account("dated", Role.HANDLER, "qingxi")
    seat = await clock.sits("dated")
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    token = await made(seat, life="date", until=day)
    assert f"{day}" <= re.findall(r"有效期至\s+<time[^>]*>([\d-]+)", (await seat.open("/me/tokens")).text)[0]
    assert (await uses(clock, token)).status_code == 200
    async with clock.database.writing() as session:
        (account,) = (await session.execute(text("SELECT id FROM account WHERE login = 'dated'"))).one()
        await revoke_all(session, account, "dated")
    clock.system.app.state.api_tokens.forget()
    assert (await uses(clock, token)).status_code == 401


@pytest.mark.parametrize("typed", [{}, {"password": "wrong"}])
async def test_no_token_is_made_without_the_password(office: Office, typed: dict[str, str]):
    await office.account(f"left.open.{len(typed)}", Role.HANDLER, "qingxi")
    seat = await office.sits(f"left.open.{len(typed)}")
    answer = await seat.fill_in("/me/tokens", {"name": "导出", **typed})
    assert (answer.status_code, "口令不正确" in answer.text) == (422, True)
    assert forms(answer.text)["/me/tokens"].fields["name"] == ["导出"]
    assert "hy_" not in answer.text


async def test_a_password_issued_anew_ends_the_tokens(office: Office):
    await office.account("renewed", Role.HANDLER, "qingxi")
    token = await made(await office.sits("renewed"), scope="read")
    assert (await uses(office, token)).status_code == 200
    async with office.database.writing() as session:
        row = await row_of(session, "renewed")
        by = Author(via=Via.TERMINAL, login="root")
        await renew_password(session, by, row.id, password_hash=row.password_hash, at=office.now())
        row.must_change = False  # and they stay ended once the owner has a password of the owner's own
    office.system.app.state.api_tokens.forget()
    assert (await uses(office, token)).status_code == 401


@pytest.mark.parametrize("act", ["disabled", "renewed", "moved"])
async def test_a_token_that_the_terminal_made_in_a_persons_name_ends_with_what_ends_the_persons_own(
    office: Office, act: str
):
    login = f"borne.{act}"
    await office.account(login, Role.HANDLER, "qingxi")
    async with office.database.writing() as session:
        token = await create_token(session, login, Role.HANDLER, "qingxi")
        other = await create_token(session, "a.program", Role.HANDLER, "qingxi")
    assert (await uses(office, token)).status_code == 200
    by = Author(via=Via.TERMINAL, login="root")
    async with office.database.writing() as session:
        row = await row_of(session, login)
        if act == "disabled":
            await disable(session, by, row.id, at=office.now())
        elif act == "renewed":
            await renew_password(session, by, row.id, password_hash=row.password_hash, at=office.now())
        else:
            elsewhere = Particulars(name=row.name, post=Role.MONITOR, unit="qingxi")
            await change(session, by, LAW, row.id, elsewhere, at=office.now())
    office.system.app.state.api_tokens.forget()
    assert (await uses(office, token)).status_code == 401
    assert (await uses(office, other)).status_code == 200


async def test_administrators_have_codes_but_no_tokens(office: Office):
    await office.account("guard", Administrator.SECURITY, "gov_office")
    seat = await office.sits("guard")
    assert (await seat.open(CODE)).status_code == 200
    assert (await seat.open("/me/tokens")).status_code == 403
    assert "/me/tokens" not in (await seat.open("/me")).text


async def test_who_changes_nothing_keeps_no_token_that_takes_steps(office: Office):
    seat = await office.sits("auditor")
    assert "查看并办理" not in (await seat.open("/me/tokens")).text
    answer = await seat.fill_in("/me/tokens", {"name": "导出", "scope": "steps"})
    assert (answer.status_code, "请选择范围" in answer.text) == (422, True)
    assert (await uses(office, await made(seat, scope="read"))).status_code == 200
