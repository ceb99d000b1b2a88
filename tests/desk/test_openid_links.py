"""Identities of an OpenID provider and accounts: linked by issuer and subject, once,
with the owner's password.
"""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from storage.accounts import Administrator, row_of
from storage.acts import Author, Via
from storage.people import renew_password
from tests.desk.administrators import id_of
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms
from tests.desk.test_audit_book import end_of, since
from tests.desk.test_openid import LINK, confirmed, joined, led, provider
from tests.desk.test_own_pages import CODE, secret_on
from tests.desk.test_sign_in_under_way import under_way

__all__ = ["joined", "provider"]


async def comes_back(office: Office, subject: str) -> tuple[Seat, httpx2.Response]:
    """Somebody in a browser of their own who comes back from the provider."""
    seat = await office.seat()
    return seat, await seat.open(await confirmed(await led(seat, "/me"), subject))


async def links(office: Office, subject: str) -> Seat:
    """Somebody whose identity signs in to the account from now on."""
    seat, back = await comes_back(office, subject)
    assert (back.status_code, back.headers["location"]) == (303, LINK)
    assert (await seat.fill_in(LINK, {"password": PASSWORD})).headers["location"] == "/me"
    return seat


async def signs_in(office: Office, subject: str) -> Seat:
    """Somebody who comes back from the provider signed in."""
    seat, back = await comes_back(office, subject)
    assert (back.status_code, back.headers["location"]) == (303, "/me")
    return seat


def told(entries: list[Any]) -> list[tuple[str, str, str]]:
    """What stands in the book of entries, by deed, outcome and way."""
    return [
        (entry["deed"], entry["outcome"], json.loads(entry["detail"]).get("way", ""))
        for entry in entries
        if entry["deed"].startswith(("sign_in", "openid"))
    ]


async def test_the_password_is_asked_once_and_the_link_is_shown_written_down_and_can_be_ended(joined: Office):
    before = await end_of(joined)
    seat = await links(joined, "links.once")
    assert told(await since(joined, before)) == [
        ("sign_in", "refused", ""),
        ("openid_link", "done", ""),
        ("sign_in", "done", "password"),
    ]
    assert {entry["person"] for entry in await since(joined, before) if entry["deed"] == "openid_link"} == {
        "links.once"
    }
    before = await end_of(joined)
    await signs_in(joined, "links.once")
    assert told(await since(joined, before)) == [("sign_in", "done", "openid")]
    page = (await seat.open("/me")).text
    assert "127.0.0.1:" in page
    of_administrators = f"/people/{await id_of(joined, 'links.once')}"
    await joined.account("looks.after", Administrator.SECURITY, "gov_office")
    administrator = await joined.sits("looks.after")
    assert "127.0.0.1:" in (await administrator.open(of_administrators)).text
    (path,) = [path for path in forms(page) if path.startswith("/me/openid/")]
    foreign = await joined.sits("town.twin")
    csrf = forms((await foreign.open("/me")).text)["/sign-out"].fields
    assert (await foreign.post(path, csrf)).status_code == 404
    before = await end_of(joined)
    assert (await seat.fill_in("/me", {}, path)).status_code == 303
    assert told(await since(joined, before)) == [("openid_end", "done", "")]
    assert "127.0.0.1:" not in (await administrator.open(of_administrators)).text
    _, back = await comes_back(joined, "links.once")
    assert back.headers["location"] == LINK


async def test_guesses_at_the_password_are_slowed_as_at_sign_in(joined: Office):
    seat, _ = await comes_back(joined, "links.slow")
    answers = [await seat.fill_in(LINK, {"password": f"guess {number}"}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Retry-After" in answers[-1].headers
    assert (await seat.fill_in(LINK, {"password": PASSWORD})).status_code == 429
    _, back = await comes_back(joined, "links.slow")
    assert back.headers["location"] == LINK


async def test_an_account_with_codes_is_asked_for_one_too(joined: Office):
    seat = await joined.sits("links.coded")
    begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
    totp = pyotp.TOTP(secret_on(begun))
    form = forms(begun.text)[f"{CODE}/confirm"]
    assert (await seat.send(form, {"code": totp.at(joined.now()), "password": PASSWORD})).status_code == 200
    seat, _ = await comes_back(joined, "links.coded")
    assert (await seat.fill_in(LINK, {"password": PASSWORD})).status_code == 401
    joined.ahead = timedelta(seconds=30)
    try:
        code = totp.at(joined.now())
        assert (await seat.fill_in(LINK, {"password": PASSWORD, "code": code})).status_code == 303
    finally:
        joined.ahead = timedelta(0)


async def test_another_subject_with_the_same_claim_is_refused_in_words(joined: Office):
    waits, _ = await comes_back(joined, "twin.two")  # before the other has the link
    await links(joined, "twin.one")
    answer = await waits.fill_in(LINK, {"password": PASSWORD})
    assert (answer.status_code, "另一个身份绑定" in answer.text) == (403, True)
    assert "huiying_session" not in answer.headers.get("set-cookie", "")
    seat, back = await comes_back(joined, "twin.two")
    assert (back.status_code, "另一个身份绑定" in back.text) == (403, True)
    assert (await seat.open(LINK)).status_code == 403
    await signs_in(joined, "twin.one")


async def test_a_claim_that_changes_changes_nothing_for_a_subject_with_a_link(joined: Office):
    await links(joined, "links.moved")
    async with joined.database.writing() as session:
        renamed = text("UPDATE account SET login = :to WHERE login = :name")
        await session.execute(renamed, {"name": "links.moved", "to": "of.another.name"})
        await session.execute(renamed, {"name": "town.handler", "to": "links.moved"})
    try:
        assert "of.another.name" in (await (await signs_in(joined, "links.moved")).open("/me")).text
    finally:
        async with joined.database.writing() as session:
            await session.execute(renamed, {"name": "links.moved", "to": "town.handler"})


async def test_what_waits_for_the_password_waits_in_its_browser_not_for_long_and_serves_once(joined: Office):
    seat, _ = await comes_back(joined, "links.late")
    other = await joined.seat()
    assert (await other.open(LINK)).status_code == 403
    form = forms((await seat.open(LINK)).text)[LINK]
    assert (await other.send(form, {"password": PASSWORD})).status_code == 403
    assert (await seat.post(LINK, {"password": [PASSWORD]}, Sec_Fetch_Site="cross-site")).status_code == 403
    joined.ahead = timedelta(minutes=11)
    try:
        assert (await seat.send(form, {"password": PASSWORD})).status_code == 403
    finally:
        joined.ahead = timedelta(0)
    cookie = seat.http.cookies["huiying_openid_link"]
    assert (await seat.send(form, {"password": PASSWORD})).status_code == 303
    seat.http.cookies.set("huiying_openid_link", cookie, domain="huiying.test")
    assert (await seat.send(form, {"password": PASSWORD})).status_code == 403


async def test_a_password_issued_anew_ends_the_link_and_a_disabled_account_is_refused(joined: Office):
    for subject in ("links.renewed", "links.stopped"):
        await links(joined, subject)
    async with joined.database.writing() as session:
        row = await row_of(session, "links.renewed")
        assert row is not None
        by = Author(via=Via.TERMINAL, login="root")
        await renew_password(session, by, row.id, password_hash=row.password_hash, at=joined.now())
        stopped = await row_of(session, "links.stopped")
        assert stopped is not None
        stopped.disabled_at = joined.now()
    _, back = await comes_back(joined, "links.renewed")
    assert back.headers["location"] == LINK
    _, back = await comes_back(joined, "links.stopped")
    assert (back.status_code, "账号已停用" in back.text) == (403, True)


async def test_a_password_that_its_owner_changes_ends_the_link_and_what_waits_for_one(joined: Office):
    waits, _ = await comes_back(joined, "links.changed")
    owner = await links(joined, "links.changed")
    assert "修改口令会解除绑定" in (await owner.open("/me")).text
    new = "seven loud purple otters"
    assert (await owner.fill_in("/password", {"old": PASSWORD, "new": new, "again": new})).status_code == 303
    assert "修改口令会解除绑定" not in (await owner.open("/me")).text
    assert (await waits.open(LINK)).status_code == 403
    _, back = await comes_back(joined, "links.changed")
    assert back.headers["location"] == LINK


async def test_who_confirms_twice_at_one_time_is_signed_in_and_not_alarmed(joined: Office):
    seat, _ = await comes_back(joined, "links.twice")
    form, before = forms((await seat.open(LINK)).text)[LINK], await end_of(joined)
    answers = await asyncio.gather(*(seat.send(form, {"password": PASSWORD}) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [deed for deed, *_ in told(await since(joined, before))].count("openid_link") == 1


async def test_what_waits_no_more_by_the_end_has_lapsed_and_the_book_tells_refusals_apart(
    joined: Office, monkeypatch: pytest.MonkeyPatch
):
    seat, _ = await comes_back(joined, "links.leaves")
    form, before = forms((await seat.open(LINK)).text)[LINK], await end_of(joined)
    begin = seat.send(form, {"password": PASSWORD})
    async with under_way(monkeypatch, begin) as task, joined.database.writing() as session:
        await session.execute(text("DELETE FROM openid_unlinked"))
    assert (task.result().status_code, "登录已过时" in task.result().text) == (403, True)
    assert (await seat.send(form, {"password": PASSWORD})).status_code == 403
    await comes_back(joined, "unknown.here")
    kinds = [json.loads(entry["detail"])["problem"] for entry in await since(joined, before)]
    assert kinds == ["openid_link_lapsed", "openid_link_lapsed", "openid_no_account"]


async def test_a_link_that_is_ended_ends_the_sessions_elsewhere(joined: Office):
    own, elsewhere = await links(joined, "links.leaves"), await signs_in(joined, "links.leaves")
    (path,) = [path for path in forms((await own.open("/me")).text) if path.startswith("/me/openid/")]
    assert (await own.fill_in("/me", {}, path)).status_code == 303
    assert (await elsewhere.open("/me")).status_code == 303
    assert (await own.open("/me")).status_code == 200
