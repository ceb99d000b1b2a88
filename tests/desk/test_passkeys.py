"""Passkeys at the server's door: what a device signs lets its owner in once;
whatever is not as it should be does not.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from desk.sign_in.second_factor import SecondFactors
from desk.sign_in.turns import SignInTurns
from domain.terms.roles import Role
from settings import Settings
from storage.audit_book_pages import rows
from tests.desk.administrators import administrators, deed, recorded
from tests.desk.administrators import sits as administrator_sits
from tests.desk.authenticator import HERE, Authenticator
from tests.desk.authenticator import text as written
from tests.desk.conftest import Office
from tests.desk.false_answers import WRONG, Wish
from tests.desk.seat import PASSWORD, Seat, forms
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_own_pages import CODE, secret_on

__all__ = ["administrators"]
PASSKEYS = "/me/passkeys"
UNKNOWN = "账号、口令或动态码不正确"


async def seat_at(office: Office, address: str = HERE) -> Seat:
    """A browser at another name of the server."""
    seat = await office.seat()
    seat.http.base_url = httpx2.URL(address)
    return seat


async def sits(office: Office, login: str, address: str = HERE) -> Seat:
    seat = await seat_at(office, address)
    assert (await seat.sign_in(login)).status_code == 303
    return seat


async def asks_for_new(seat: Seat, **typed: str) -> httpx2.Response:
    """What the page's script asks before a passkey is made."""
    form = forms((await seat.open(PASSKEYS)).text)[PASSKEYS]
    fields = {
        **form.fields,
        "name": ["电脑"],
        "password": [PASSWORD],
        **{name: [one] for name, one in typed.items()},
    }
    return await seat.post(f"{PASSKEYS}/begin", fields, Accept="application/json")


async def sends_new(seat: Seat, answer: str, name: str = "电脑") -> httpx2.Response:
    form = forms((await seat.open(PASSKEYS)).text)[PASSKEYS]
    return await seat.send(form, {"passkey": answer, "name": name})


async def enrolled(
    office: Office,
    login: str,
    device: Authenticator | None = None,
    address: str = HERE,
    seat: Seat | None = None,
) -> tuple[Seat, Authenticator]:
    """Somebody who has a passkey from now on; with an account of their own, unless they sit there already."""
    if seat is None:
        await office.account(login, Role.HANDLER, "qingxi")
        seat = await sits(office, login, address)
    device = device or Authenticator()
    answer = await sends_new(seat, device.makes((await asks_for_new(seat)).json()))
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{PASSKEYS}?done=added"), (
        answer.text
    )
    assert "已添加" in (await seat.open(answer.headers["location"])).text
    return seat, device


_shared: dict[str, Authenticator] = {}


async def shared(office: Office, login: str) -> Authenticator:
    """The passkey of somebody who never comes in with it: several tests try what does not hold."""
    if login not in _shared:
        _, _shared[login] = await enrolled(office, login)
    return _shared[login]


async def asked(seat: Seat) -> Wish:
    """What a device is to sign for a sign-in in this browser."""
    answer = await seat.post("/sign-in/passkey", {}, Accept="application/json")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def signs_in(seat: Seat, login: str, answer: str) -> httpx2.Response:
    return await seat.sign_in(login, passkey=answer)


async def test_a_passkey_serves_in_place_of_the_code_and_stands_in_the_book(office: Office):
    before = await end_of(office)
    _, device = await enrolled(office, "has.key")
    seat = await seat_at(office)
    wish = await asked(seat)
    assert (wish["rpId"], wish["userVerification"], wish["allowCredentials"]) == ("localhost", "required", [])
    assert (await signs_in(seat, "has.key", device.signs(wish))).status_code == 303
    entries = await since(office, before)
    named = [(entry["deed"], entry["outcome"]) for entry in entries if entry["deed"].startswith("passkey")]
    assert named == [("passkey_begin", "done"), ("passkey_add", "done")]
    last = [entry for entry in entries if entry["deed"] == "sign_in"][-1]
    assert (last["outcome"], json.loads(last["detail"])["way"]) == ("done", "passkey")


async def test_the_password_alone_lets_nobody_in_who_has_a_passkey_and_a_code_still_does(clock: Office):
    seat, device = await enrolled(clock, "both.ways")
    assert (await (await clock.seat()).sign_in("both.ways")).status_code == 401
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    totp = pyotp.TOTP(secret_on(begun))
    form = forms(begun.text)[f"{CODE}/confirm"]
    proof = device.signs(await asked(seat))
    typed = {"code": totp.at(clock.now()), "password": PASSWORD, "proof": proof}
    assert (await seat.send(form, typed)).status_code == 200
    clock.ahead += timedelta(seconds=30)
    assert (await (await clock.seat()).sign_in("both.ways")).status_code == 401
    assert (await (await clock.seat()).sign_in("both.ways", code=totp.at(clock.now()))).status_code == 303


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
async def test_what_is_not_as_it_should_be_lets_nobody_in_and_the_book_says_why(
    office: Office, wrong: Callable[[Authenticator, Wish], str]
):
    login, device = "key.wronged", replace(await shared(office, "key.wronged"))
    seat, before = await seat_at(office), await end_of(office)
    answer = await signs_in(seat, login, wrong(device, await asked(seat)))
    assert (answer.status_code, UNKNOWN in answer.text) == (401, True)
    assert "huiying_session" not in answer.headers.get("set-cookie", "")
    [entry] = await since(office, before)
    assert (entry["deed"], entry["outcome"], entry["person"]) == ("sign_in", "refused", login)
    assert json.loads(entry["detail"])["kind"] == f"passkey.{WRONG[wrong]}"


async def test_a_challenge_serves_once_in_its_browser_and_not_for_long(clock: Office):
    _, device = await enrolled(clock, "key.replay")
    seat, other = await seat_at(clock), await seat_at(clock)
    answer = device.signs(await asked(seat))
    await asked(other)
    assert (await signs_in(other, "key.replay", answer)).status_code == 401
    assert (await signs_in(seat, "key.replay", answer)).status_code == 303
    seat.http.cookies.delete("huiying_session")
    assert (await signs_in(seat, "key.replay", answer)).status_code == 401
    answer = device.signs(await asked(seat))
    clock.ahead += timedelta(minutes=6)
    assert (await signs_in(seat, "key.replay", answer)).status_code == 401


async def test_who_asks_for_a_challenge_when_too_many_wait_is_told_to_come_again(office: Office):
    seat, app = await seat_at(office), office.system.app
    usual, app.state.sign_in_turns = app.state.sign_in_turns, SignInTurns(at_once=1, waiting=0)
    try:
        async with app.state.sign_in_turns.turn():
            answer = await seat.post("/sign-in/passkey", {}, Accept="application/json")
            assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (503, True)
        await asked(seat)
    finally:
        app.state.sign_in_turns = usual


async def test_of_answers_with_one_count_at_one_time_one_counts(office: Office):
    _, device = await enrolled(office, "key.copied")
    seats = [await seat_at(office) for _ in range(3)]
    answers = []
    for seat in seats:
        wish, device.count = await asked(seat), 7
        answers.append(device.signs(wish))
    told = await asyncio.gather(
        *(signs_in(*one) for one in zip(seats, ["key.copied"] * 3, answers, strict=True))
    )
    assert sorted(answer.status_code for answer in told) == [303, 401, 401]


async def test_a_passkey_of_another_person_opens_no_account_but_its_own(office: Office):
    _, theirs = await enrolled(office, "key.theirs")
    await enrolled(office, "key.mine")
    await office.account("key.none", Role.HANDLER, "qingxi")
    for login in ("key.mine", "key.none"):
        seat = await seat_at(office)
        assert (await signs_in(seat, login, theirs.signs(await asked(seat)))).status_code == 401


GARBAGE = [
    "x",
    "{}",
    "[]",
    "null",
    '"' + "a" * 100 + '"',
    '{"rawId":1,"response":{"clientDataJSON":2}}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30"}}',
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key",'
        '"response":{"clientDataJSON":"!!","authenticatorData":"","signature":""}}'
    ),
    "[" * 16_000,
    "\x00\ud7ff" * 50,
    "{" + '"a":' * 4000,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_lets_nobody_in_adds_nothing_and_is_no_defect(office: Office, garbage: str):
    await shared(office, "garbage")
    assert (await sends_new(await sits(office, "police.handler"), garbage)).status_code == 422
    assert (await signs_in(await seat_at(office), "garbage", garbage)).status_code == 401


def deep(wish: Wish) -> str:
    """A passkey whose attestation is nested as deeply as an answer may be long."""
    answer = json.loads(Authenticator().makes(wish))
    answer["response"]["attestationObject"] = written(b"\x81" * 9000)
    return json.dumps(answer)


NOT_MADE: dict[str, Callable[[Wish], str]] = {
    "another_origin": lambda wish: Authenticator(origin="https://elsewhere.example").makes(wish),
    "another_name": lambda wish: Authenticator(rp_id="example.com").makes(wish),
    "another_kind": lambda wish: Authenticator().makes(wish, type="webauthn.get"),
    "another_challenge": lambda wish: Authenticator().makes(wish, challenge=written(b"x" * 32)),
    "nobody_verified": lambda wish: Authenticator(flags=0x01).makes(wish),
    "nested": deep,
}


@pytest.mark.parametrize("wrong", NOT_MADE)
async def test_what_is_not_as_it_should_be_is_not_added(office: Office, wrong: str):
    seat = await sits(office, "town.leader")
    wish, before = (await asks_for_new(seat)).json(), await end_of(office)
    answer = await sends_new(seat, NOT_MADE[wrong](wish))
    assert (answer.status_code, "没有添加" in answer.text) == (422, True)
    [entry] = await since(office, before)
    assert json.loads(entry["detail"])["kind"].startswith("passkey."), wrong
    assert "没有通行密钥" in (await seat.open(PASSKEYS)).text


async def test_a_passkey_is_added_with_the_password_once_in_its_session(office: Office):
    await office.account("adds.careful", Role.HANDLER, "qingxi")
    seat, other = await sits(office, "adds.careful"), await sits(office, "adds.careful")
    for typed, said in (({"password": "wrong"}, "口令不正确"), ({"name": " "}, "1 至 50 个字")):
        refused = await asks_for_new(seat, **typed)
        assert (refused.status_code, said in refused.json()["problem"]) == (422, True)
    device = Authenticator()
    answer = device.makes((await asks_for_new(seat)).json())
    assert (await sends_new(other, answer)).status_code == 422  # in whose session it was not begun
    assert (await sends_new(seat, answer)).status_code == 303
    assert (await sends_new(seat, answer)).status_code == 422  # once
    assert (await other.open("/desk")).status_code == 303  # which has ended
    page = (await seat.open(PASSKEYS)).text
    assert "电脑" in page
    assert "建议再启用动态码" in page


async def test_a_device_that_is_known_serves_one_account_alone(office: Office):
    _, device = await enrolled(office, "device.first")
    await office.account("device.second", Role.HANDLER, "qingxi")
    seat = await sits(office, "device.second")
    assert (await sends_new(seat, device.makes((await asks_for_new(seat)).json()))).status_code == 422
    again, device = await enrolled(office, "device.again")
    proof = device.signs(await asked(again))
    assert len((await asks_for_new(again, proof=proof)).json()["excludeCredentials"]) == 1


async def test_a_passkey_is_removed_with_the_password_by_its_owner_alone(office: Office):
    seat, device = await enrolled(office, "removes")
    (path,) = [path for path in forms((await seat.open(PASSKEYS)).text) if path.endswith("/end")]
    foreign = await sits(office, "town.leader")
    csrf = forms((await foreign.open("/me")).text)["/sign-out"].fields
    assert (await foreign.post(path, {**csrf, "password": [PASSWORD]})).status_code == 404
    assert (await seat.fill_in(PASSKEYS, {"password": "wrong"}, path)).status_code == 422
    before = await end_of(office)
    proof = device.signs(await asked(seat))
    assert (await seat.fill_in(PASSKEYS, {"password": PASSWORD, "proof": proof}, path)).status_code == 303
    assert [entry["deed"] for entry in await since(office, before)] == ["passkey_end"]
    fresh = await seat_at(office)
    assert (await signs_in(fresh, "removes", device.signs(await asked(fresh)))).status_code == 401
    assert (await fresh.sign_in("removes")).status_code == 303


async def test_an_administrator_drops_passkeys_that_are_lost(office: Office):
    seat, device = await enrolled(office, "lost.device")
    told = await deed(office, await administrator_sits(office, "security.one"), "lost.device", "code")
    assert "动态码和通行密钥已取消" in told
    assert (await seat.open("/desk")).status_code == 303
    fresh = await seat_at(office)
    assert (await signs_in(fresh, "lost.device", device.signs(await asked(fresh)))).status_code == 401
    assert (await fresh.sign_in("lost.device")).status_code == 303
    (act,) = await recorded(office, "lost.device")
    assert (act.before, act.after) == ({"passkeys": "1"}, {"passkeys": "0"})


async def test_a_passkey_is_second_factor_enough_for_who_needs_one(office: Office):
    await office.system.register(title="桥面开裂")
    usual = office.system.app.state.second_factors
    office.system.app.state.second_factors = SecondFactors(Settings().second_factor)
    try:
        await office.account("leader.key", Role.PRINCIPAL_LEADER, "qingxi")
        seat = await sits(office, "leader.key")
        assert (await seat.open("/desk")).headers["location"] == CODE
        assert PASSKEYS in (await seat.open(CODE)).text
        device = Authenticator()
        await sends_new(seat, device.makes((await asks_for_new(seat)).json()))
        assert (await seat.open("/desk")).status_code == 200
    finally:
        office.system.app.state.second_factors = usual


async def test_where_no_passkey_can_be_nothing_of_it_is_there_and_the_page_says_what_to_do(office: Office):
    seat = await office.sits("town.second")
    assert "/static/passkeys" not in (await seat.open(PASSKEYS)).text
    assert "localhost" in (await seat.open(PASSKEYS)).text
    assert (await seat.post("/sign-in/passkey", {})).status_code == 404
    csrf = forms((await seat.open("/me")).text)["/sign-out"].fields
    assert (
        await seat.post(f"{PASSKEYS}/begin", {**csrf, "name": ["x"], "password": [PASSWORD]})
    ).status_code == 422
    assert "data-passkey" not in (await (await office.seat()).open("/sign-in")).text


async def test_in_english_too(office: Office):
    seat, nobody = await sits(office, "town.deputy"), await seat_at(office)
    for one in (seat, nobody):
        one.http.cookies.set("huiying_language", "en", domain="localhost.local")
    assert "Add a passkey" in (await seat.open(PASSKEYS)).text
    assert "Sign in with a passkey" in (await nobody.open("/sign-in")).text


async def test_what_is_kept_of_a_passkey_stands_sealed(office: Office):
    await enrolled(office, "sealed.key")
    async with office.database.session() as session:
        kept = (
            await session.execute(text("SELECT credential, name FROM passkey WHERE name <> '办公室电脑'"))
        ).all()
        waiting = (await session.execute(text("SELECT challenge_hash FROM passkey_challenge"))).scalars()
    assert kept
    assert all(value.startswith("sealed:") for row in kept for value in row)
    assert all(len(one) == 64 for one in waiting)
    assert not [entry async for entry in rows(office.database) if "电脑" in entry["detail"]]
