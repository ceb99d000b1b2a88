"""A sign-in that is under way while its account changes: what holds when it ends is what counts."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pyotp
import pytest
from sqlalchemy import text

from desk.sign_in import route
from domain.terms.roles import Role
from storage.accounts import fits
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, Seat, forms
from tests.desk.test_own_pages import CODE, secret_on
from tests.desk.test_passkeys import enrolled, sits

NEW = "seven loud purple otters"


async def has_another_password(office: Office, login: str) -> None:
    owner = await office.sits(login)
    changed = await owner.fill_in("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert changed.headers["location"] == "/desk"


async def has_a_passkey(office: Office, login: str) -> None:
    await enrolled(office, login, seat=await sits(office, login))


async def has_codes(office: Office, login: str) -> None:
    owner = await office.sits(login)
    begun = await owner.fill_in(CODE, {}, f"{CODE}/begin")
    form = forms(begun.text)[f"{CODE}/confirm"]
    code = pyotp.TOTP(secret_on(begun)).at(office.now())
    assert (await owner.send(form, {"code": code, "password": PASSWORD})).status_code == 200


async def is_disabled(office: Office, login: str) -> None:
    async with office.database.writing() as session:
        stop = text("UPDATE account SET disabled_at = created_at WHERE login = :login")
        await session.execute(stop, {"login": login})


@asynccontextmanager
async def under_way(
    monkeypatch: pytest.MonkeyPatch, begin: Awaitable[httpx2.Response]
) -> AsyncIterator[asyncio.Task[httpx2.Response]]:
    """A sign-in whose password is being checked for as long as the block lasts."""
    checks, goes_on = threading.Event(), threading.Event()

    def slow(password: str, password_hash: str | None) -> bool:
        checks.set()
        goes_on.wait(30)
        return fits(password, password_hash)

    with monkeypatch.context() as patch:
        patch.setattr(route, "fits", slow)
        task = asyncio.ensure_future(begin)
        assert await asyncio.to_thread(checks.wait, 30)
    try:
        yield task
    finally:
        goes_on.set()
        await asyncio.wait([task])


@pytest.mark.parametrize("change", [has_another_password, has_a_passkey, has_codes, is_disabled])
async def test_a_sign_in_under_way_does_not_outlast_what_changes_at_its_account(
    office: Office, monkeypatch: pytest.MonkeyPatch, change: Callable[[Office, str], Awaitable[None]]
):
    login = f"under.way.{change.__name__}"[:40]
    await office.account(login, Role.HANDLER, "qingxi")
    seat: Seat = await office.seat()
    async with under_way(monkeypatch, seat.sign_in(login)) as task:
        await change(office, login)
    answer = task.result()
    assert (answer.status_code, "账号、口令或动态码不正确" in answer.text) == (401, True)
    assert "huiying_session" not in answer.headers.get("set-cookie", "")
