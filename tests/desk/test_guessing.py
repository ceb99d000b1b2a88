"""Guessing at sign-in: a thousand guesses reach few passwords, and no answer tells whether a login exists."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pyotp
import pytest
from sqlalchemy import text

from desk.sign_in import route as sign_in
from domain.terms.roles import Role
from storage.accounts import fits
from storage.sign_ins import (
    FREE_ATTEMPTS,
    FREE_ATTEMPTS_AT_LOGIN,
    FREE_ATTEMPTS_OF_ADDRESS,
    WINDOW,
    attempt,
    must_wait,
)
from tests.desk.asking import Asked, sent_to
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD

GUESSES = 1000
ADDRESS = "192.0.2.7"  # from which `sent_to` asks
OF_A_WINDOW = FREE_ATTEMPTS + 5  # the pauses double from 30 s: no more than five of them fit into a window
HEADERS = {
    "host": "huiying.test",
    "accept": "text/html",
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
    "origin": "null",
}


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were checked, in order; the checks are made all the same."""
    seen: list[str] = []

    def noted(password: str, password_hash: str | None) -> bool:
        seen.append(password)
        return fits(password, password_hash)

    monkeypatch.setattr(sign_in, "fits", noted)
    return seen


async def guess(office: Office, login: str, password: str) -> Asked:
    body = urlencode({"login": login, "password": password}).encode()
    return await sent_to(office.system.app, "POST", "/sign-in", HEADERS, body)


async def test_of_a_thousand_guesses_at_one_login_the_free_ones_alone_reach_its_password(
    clock: Office, checked: list[str]
):
    await clock.account("guessed.often", Role.HANDLER, "qingxi")
    clock.ahead = timedelta(
        days=40
    )  # an hour of its own: guesses of other tests from this address do not count
    answers = [(await guess(clock, "guessed.often", f"guess {number}")).status for number in range(GUESSES)]
    assert set(answers) == {401, 429}
    assert answers[:FREE_ATTEMPTS] == [401] * FREE_ATTEMPTS
    assert answers.count(401) == len(checked) == FREE_ATTEMPTS


async def paced(office: Office, login: str, address: str) -> timedelta:
    """How long a thousand guesses take one who makes each as soon as the throttle lets it;
    `#` is the guess's number.
    """
    began = at = datetime(2031, 3, 1, tzinfo=UTC)
    for some in range(0, GUESSES, 50):  # not for long in one transaction: others write too
        async with office.database.writing() as session:
            for number in range(some, some + 50):
                who = {"login": login.replace("#", str(number)), "address": address.replace("#", str(number))}
                at += await must_wait(session, at=at, **who)
                await attempt(session, at=at, **who)
    return at - began


async def test_who_waits_as_told_between_a_thousand_guesses_at_one_login_guesses_for_a_day(office: Office):
    took = await paced(
        office, "guessed.for.days", "2001:db8::#"
    )  # one network, whose addresses are free to choose
    assert took >= max(WINDOW * (GUESSES // OF_A_WINDOW - 1), timedelta(days=1))


async def test_a_thousand_guesses_at_one_login_from_a_thousand_networks_wait_as_well(office: Office):
    took = await paced(office, "guessed.from.everywhere", "2001:db8:#::1")
    assert took >= WINDOW * (GUESSES // (FREE_ATTEMPTS_AT_LOGIN + 5) - 1)


async def test_who_tries_a_thousand_logins_from_one_address_waits_as_well(office: Office):
    took = await paced(office, "login.#", "192.0.2.99")
    assert took >= WINDOW * (GUESSES // (FREE_ATTEMPTS_OF_ADDRESS + 5) - 1)


async def test_logins_that_exist_and_that_do_not_are_checked_and_answered_alike(
    clock: Office, checked: list[str]
):
    for name in ("stands", "left", "coded"):
        await clock.account(f"is.{name}", Role.HANDLER, "qingxi")
    async with clock.database.writing() as session:
        await session.execute(text("UPDATE account SET disabled_at = created_at WHERE login = 'is.left'"))
        asked = text("UPDATE account SET one_time_secret = :secret WHERE login = 'is.coded'")
        await session.execute(asked, {"secret": pyotp.random_base32()})
    clock.ahead = timedelta(days=42)
    told, logins = [], {"is.none": "wrong", "is.stands": "wrong", "is.left": PASSWORD, "is.coded": PASSWORD}
    for login, password in logins.items():
        first = await guess(clock, login, password)
        assert checked == [password], login  # one check, whether there is something to check or not
        async with clock.database.writing() as session:
            for _ in range(FREE_ATTEMPTS - 1):
                await attempt(session, login=login, address=ADDRESS, at=clock.now())
        last = await guess(clock, login, password)
        assert checked == [password], login
        told.append([_but_login(answer, login) for answer in (first, last)])
        checked.clear()
    assert [status for status, _, _ in told[0]] == [401, 429]
    assert all(answers == told[0] for answers in told)


def _but_login(answer: Asked, login: str) -> tuple[int, list[str], str]:
    """What an answer says, but for the login that was typed and the time."""
    assert f'value="{login}"' in answer.body
    page = " ".join(line for line in answer.body.replace(login, "").splitlines() if "<time" not in line)
    return answer.status, sorted(answer.headers), page
