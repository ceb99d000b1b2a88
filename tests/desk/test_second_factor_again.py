"""The second factor of an account inside a session: nobody who has the password alone adds,
removes or replaces one.
"""

from datetime import timedelta

import pyotp

from desk.sign_in.one_time_code import PATH as CODE
from tests.desk.authenticator import HERE, Authenticator
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_own_pages import enrolled as coded
from tests.desk.test_own_pages import secret_on
from tests.desk.test_passkeys import PASSKEYS, asked, asks_for_new, enrolled, seat_at, sends_new


async def coded_here(office: Office, login: str) -> tuple[Seat, pyotp.TOTP]:
    """Somebody with one-time codes, signed in where browsers make passkeys."""
    _, totp, _ = await coded(office, login)
    office.ahead += timedelta(seconds=30)
    seat = await seat_at(office, HERE)
    assert (await seat.sign_in(login, code=totp.at(office.now()))).status_code == 303
    office.ahead += timedelta(seconds=30)
    return seat, totp


async def test_a_passkey_beside_codes_is_added_and_removed_with_one_of_them(clock: Office):
    seat, totp = await coded_here(clock, "again.coded")
    for typed in ({}, {"proof_code": "000000"}):
        refused = await asks_for_new(seat, **typed)
        assert (refused.status_code, "动态码不正确" in refused.json()["problem"]) == (422, True)
    device = Authenticator()
    wish = await asks_for_new(seat, proof_code=totp.at(clock.now()))
    assert (await sends_new(seat, device.makes(wish.json()))).status_code == 303
    (path,) = [path for path in forms((await seat.open(PASSKEYS)).text) if path.endswith("/end")]
    spent = {"password": PASSWORD, "proof_code": totp.at(clock.now())}
    assert (await seat.fill_in(PASSKEYS, spent, path)).status_code == 422
    clock.ahead += timedelta(seconds=30)
    fresh = {"password": PASSWORD, "proof_code": totp.at(clock.now())}
    assert (await seat.fill_in(PASSKEYS, fresh, path)).status_code == 303


async def test_beside_a_passkey_another_is_added_with_its_signature_alone(office: Office):
    seat, device = await enrolled(office, "again.key")
    before = await end_of(office)
    refused = await asks_for_new(seat)
    assert (refused.status_code, "请先用它验证" in refused.json()["problem"]) == (422, True)
    foreign = Authenticator().signs(await asked(seat))
    assert "没有用通行密钥通过验证" in (await asks_for_new(seat, proof=foreign)).json()["problem"]
    assert [entry["outcome"] for entry in await since(office, before)] == ["refused"] * 2
    proof = device.signs(await asked(seat))
    wish = await asks_for_new(seat, proof=proof)
    assert (await sends_new(seat, Authenticator().makes(wish.json()))).status_code == 303
    assert (await asks_for_new(seat, proof=proof)).status_code == 422  # once


async def test_codes_begin_beside_a_passkey_with_its_signature_alone(office: Office):
    seat, device = await enrolled(office, "again.begins")
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    form = forms(begun.text)[f"{CODE}/confirm"]
    typed = {"code": pyotp.TOTP(secret_on(begun)).at(office.now()), "password": PASSWORD}
    refused = await seat.send(form, typed)
    assert (refused.status_code, "请先用它验证" in refused.text) == (422, True)
    typed["proof"] = device.signs(await asked(seat))
    assert (await seat.send(form, typed)).status_code == 200


async def test_a_passkey_that_is_removed_ends_the_sessions_elsewhere(office: Office):
    seat, device = await enrolled(office, "again.leaves")
    other = await seat_at(office)
    assert (await other.sign_in("again.leaves", passkey=device.signs(await asked(other)))).status_code == 303
    (path,) = [path for path in forms((await seat.open(PASSKEYS)).text) if path.endswith("/end")]
    assert (await seat.fill_in(PASSKEYS, {"password": PASSWORD}, path)).status_code == 422
    proof = device.signs(await asked(seat))
    assert (await seat.fill_in(PASSKEYS, {"password": PASSWORD, "proof": proof}, path)).status_code == 303
    assert (await other.open("/desk")).status_code == 303
    assert (await seat.open("/desk")).status_code == 200
