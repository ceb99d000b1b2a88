"""Every page of the application, found by walking, for everybody it is for:
nothing hinders people, and it fits a phone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from desk.sign_in.sessions import COOKIE
from domain.catalogue import COMMANDS
from domain.terms.roles import Actor, Role
from storage.accounts import Administrator, Post, row_of
from storage.sign_ins import create_session
from tests.browsing import needs_chromium
from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.things import a_list
from tests.journeys.desk.looking import checker, findings, seated, wider
from tests.journeys.desk.told import Due, mark_with_a_file, tell_up_to_each_step
from tests.journeys.desk.walking import Map, Walk, walk

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
PEOPLE: dict[str, tuple[Post, str]] = {
    "walk.clerk": (Role.HANDLER, "gov_office"),
    "walk.leader": (Role.PRINCIPAL_LEADER, "gov_office"),
    "walk.supervisor": (Role.CITY_LEADER, "gov_office"),
    "walk.town": (Role.HANDLER, "qingxi"),
    "walk.auditor": (Role.AUDITOR, "discipline"),
    "walk.system": (Administrator.SYSTEM, "gov_office"),
    "walk.security": (Administrator.SECURITY, "gov_office"),
    "walk.audit": (Administrator.AUDIT, "gov_office"),
}
STARTS = ("/", "/desk", "/me", "/password")
NO_PAGES = {  # answer programs, lead on at once, stream or download
    "/healthz",
    "/readyz",
    "/version",
    "/openapi.json",
    "/desk/next",
    "/language/{language}",
    "/k/{token}",  # there for who holds the link of a message
    "/sign-in/openid",
    "/sign-in/openid/back",
    "/sign-in/openid/link",  # there with a provider alone, for who comes from it
    "/wall/stream",
    "/incidents/{incident_id}/attachments/{number}",
    "/incidents/{incident_id}/attachments/{number}/picture",
    "/incidents/{incident_id}/attachments/{number}/thumbnail",
    "/incidents/{incident_id}/certificates/{place}/{form}",
    "/incidents/{incident_id}/papers/{paper}.{ending}",
    "/papers/digests/{span}.{ending}",
}


@dataclass
class Found:
    """Who found which pages; of each step the form once, by whoever came to it first."""

    office: Office
    known: Map
    forms: set[str] = field(default_factory=set)
    seats: dict[str, Seat] = field(default_factory=dict)
    walks: dict[str, list[Walk]] = field(default_factory=dict)

    async def goes(self, login: str, starts: Iterable[str]) -> None:
        """Somebody, or nobody who is signed in, walks from some addresses."""
        if login not in self.seats:
            self.seats[login] = await self._seat(login)
        self.walks.setdefault(login, []).append(await walk(self.seats[login], self.known, starts, self.forms))

    async def _seat(self, login: str) -> Seat:
        """A browser with a session, which is given without the slow check of a password."""
        seat, database = await self.office.seat(), self.office.database
        async with database.writing() as session:
            row = await row_of(session, login)
            if row is not None:
                secret = await create_session(session, row.id, browser="", at=self.office.now())
                seat.http.cookies.set(COOKIE, secret)
        return seat

    async def steps(self, step: Due) -> None:
        """Somebody whose step it is opens its form, unless it was seen before."""
        who = step.actor
        if step.kind in self.forms:
            return
        if who.person not in self.seats:
            await self.office.account(who.person, who.role, who.unit)
        await self.goes(who.person, [f"/incidents/{step.incident_id}/do/{step.kind}"])

    def pages(self) -> Iterator[tuple[str, list[str]]]:
        """Who looks at which pages: what one was shown that is made of the same kinds of elements
        is not looked at again.
        """
        looked = set()
        for login, walks in self.walks.items():
            mine = []
            for page in (page for walked in walks for pages in walked.pages.values() for page in pages):
                if (page.route, page.shape) not in looked:
                    mine.append(page.address)
                looked.add((page.route, page.shape))
            yield login, mine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def found(office: Office) -> Found:
    """What everybody finds in an office whose ledger holds an incident before each kind of step."""
    made = Found(office, Map(office.system.app))
    for login, (post, unit) in PEOPLE.items():
        await office.account(login, post, unit)
    due = await tell_up_to_each_step(office.database)
    leader = Actor(person="walk.leader", role=Role.PRINCIPAL_LEADER, unit="gov_office")
    await mark_with_a_file(office.database, due[0].incident_id, leader)
    await a_list(office)  # of records whose years are over
    for login in PEOPLE:
        await made.goes(login, STARTS)
    await made.goes("walk.leader", [f"/incidents/{due[0].incident_id}", "/drills"])  # which 启用清单 names
    await made.goes("", ["/sign-in", "/docs"])
    for step in due:
        await made.steps(step)
    return made


async def test_somebody_reaches_every_page_and_the_form_of_every_step(found: Found):
    walks = [walked for walks in found.walks.values() for walked in walks]
    routes = {route for walked in walks for route in (*walked.pages, *walked.others)}
    assert set(found.known.routes) - routes - NO_PAGES == set()
    assert set(COMMANDS) - found.forms - {"register"} == set()


async def test_no_page_hinders_anybody_on_a_desk_or_on_a_phone(browser: Browser, address: str, found: Found):
    told: list[str] = []
    for login, paths in found.pages():
        async with checker(browser, address, found.seats[login]) as page:
            for path in paths:
                told += await findings(page, address + path)
    assert not told, "\n".join(told)


async def test_no_page_is_wider_than_a_phone_in_english(browser: Browser, address: str, found: Found):
    """English has other widths, and the same elements."""
    told: list[str] = []
    for login, paths in found.pages():
        async with seated(browser, address, found.seats[login], huiying_language="en") as page:
            for path in paths:
                told += await wider(page, address + path)
    assert not told, "\n".join(told)
