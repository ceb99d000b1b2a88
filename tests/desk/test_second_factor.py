"""Leaders and administrators need one-time codes as soon as an incident is no drill,
and are told so before.
"""

from collections.abc import AsyncIterator

import pyotp
import pytest
import pytest_asyncio
from fastapi import Request

from desk.sign_in.second_factor import SecondFactors
from domain.terms.roles import Role
from settings import Settings
from storage.accounts import Account, Administrator, Post
from tests.desk.conftest import Office
from tests.desk.seat import PASSWORD, forms
from tests.desk.test_own_pages import CODE, secret_on

POSTS: dict[str, tuple[Post, str]] = {
    "needs.leader": (Role.PRINCIPAL_LEADER, "qingxi"),
    "needs.deputy": (Role.DEPUTY_LEADER, "qingxi"),
    "needs.city": (Role.CITY_LEADER, "gov_office"),
    "needs.system": (Administrator.SYSTEM, "gov_office"),
}
DESKS = {"needs.system": "/units"}


class Drills(SecondFactors):
    """Over a folder that holds drills alone."""

    async def are_due(self, request: Request, account: Account) -> bool:
        """Nobody need have codes yet."""
        return False


@pytest_asyncio.fixture(loop_scope="session")
async def strict(office: Office) -> AsyncIterator[Office]:
    """The office with the setting as it is by default, and an incident that is no drill."""
    await office.system.register(title="水厂停水")
    usual = office.system.app.state.second_factors
    office.system.app.state.second_factors = SecondFactors(Settings().second_factor)
    yield office
    office.system.app.state.second_factors = usual


async def test_who_leads_or_administers_is_led_to_one_time_codes_and_goes_on_with_them(strict: Office):
    for login, (post, unit) in POSTS.items():
        await strict.account(login, post, unit)
        seat = await strict.sits(login)
        desk = DESKS.get(login, "/desk")
        assert (await seat.open(desk)).headers["location"] == CODE, login
        page = await seat.open(CODE)
        assert "须启用动态码，启用后才能继续" in page.text
        begun = await seat.fill_in(CODE, {}, f"{CODE}/begin")
        totp = pyotp.TOTP(secret_on(begun))
        form = forms(begun.text)[f"{CODE}/confirm"]
        await seat.send(form, {"code": totp.at(strict.now()), "password": PASSWORD})
        assert (await seat.open(desk)).status_code == 200, login


async def test_no_step_is_taken_without_them_and_other_posts_need_none(strict: Office):
    await strict.account("needs.none", Role.HANDLER, "qingxi")
    clerk = await strict.sits("needs.none")
    assert (await clerk.open("/desk")).status_code == 200
    assert "动态码，启用后才能继续" not in (await clerk.open("/me")).text
    await strict.account("needs.soon", Role.PRINCIPAL_LEADER, "qingxi")
    leader = await strict.sits("needs.soon")
    csrf = forms((await leader.open("/me")).text)["/sign-out"].fields
    sent = await leader.post("/register", csrf)
    assert (sent.status_code, sent.headers["location"]) == (303, CODE)
    assert (await leader.fill_in("/me", {}, "/sign-out")).headers["location"] == "/sign-in"


async def test_among_drills_alone_a_line_says_what_will_be_asked(office: Office):
    await office.account("needs.later", Role.PRINCIPAL_LEADER, "qingxi")
    usual = office.system.app.state.second_factors
    office.system.app.state.second_factors = Drills(Settings().second_factor)
    try:
        seat = await office.sits("needs.later")
        assert (await seat.open("/desk")).status_code == 200
        for path in ("/me", CODE):
            assert "现在只有演练事件，暂不强制" in (await seat.open(path)).text
    finally:
        office.system.app.state.second_factors = usual


def test_a_post_that_is_none_is_refused_by_name():
    with pytest.raises(ValueError, match="emperor"):
        SecondFactors("city_leader, emperor")
