"""Every page of the application, found by walking, for everybody it is for: nothing hinders people, and it fits a phone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest_asyncio
from playwright.async_api import Browser

from domain.catalogue import COMMANDS
from domain.terms.roles import Role
from storage.accounts import Administrator, Post
from tests.browsing import needs_chromium
from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.journeys.desk.looking import checker, findings
from tests.journeys.desk.told import Due, tell_up_to_each_step
from tests.journeys.desk.walking import Map, Walk, walk

pytestmark = needs_chromium
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
STARTS = ("/", "/desk", "/me", "/password", "/docs")
NO_PAGES = {"/healthz", "/readyz", "/openapi.json", "/language/{language}"}  # answer programs, or lead on at once


@dataclass
class Found:
    """Who found which pages."""

    office: Office
    seats: dict[str, Seat] = field(default_factory=dict)
    walks: dict[str, Walk] = field(default_factory=dict)

    def pages(self) -> list[tuple[str, str]]:
        """Each page once for each person, each step's form once for all, with the login of who sees it."""
        shown, forms = [], set()
        for login, found in self.walks.items():
            for address in (address for pages in found.pages.values() for address in pages):
                kind = address.rsplit("/do/", 1)[1] if "/do/" in address else ""
                if kind not in forms:
                    shown.append((login, address))
                forms |= {kind} - {""}
        return shown


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def found(office: Office) -> AsyncIterator[Found]:
    """What everybody finds in an office whose ledger holds an incident before each kind of step."""
    made, known = Found(office), Map(office.system.app)
    for login, (post, unit) in PEOPLE.items():
        await office.account(login, post, unit)
    due = await tell_up_to_each_step(office.database)
    for login in PEOPLE:
        await join(made, login, known, STARTS)
    nobody = await office.seat()
    made.seats[""], made.walks[""] = nobody, await walk(nobody, known, ["/sign-in"])
    for step in due:
        await take(made, step, known)
    yield made


async def join(made: Found, login: str, known: Map, starts: tuple[str, ...]) -> None:
    made.seats[login] = await made.office.sits(login)
    made.walks[login] = await walk(made.seats[login], known, starts)


async def take(made: Found, step: Due, known: Map) -> None:
    """Somebody whose step it is opens its form, unless it was seen before."""
    who = step.actor
    if any(address.endswith(f"/do/{step.kind}") for _, address in made.pages()):
        return
    if who.person not in made.seats:
        await made.office.account(who.person, who.role, who.unit)
        await join(made, who.person, known, ("/me",))
    form = await walk(made.seats[who.person], known, [f"/incidents/{step.incident_id}/do/{step.kind}"])
    for route, pages in form.pages.items():
        made.walks[who.person].pages.setdefault(route, []).extend(pages)


async def test_somebody_reaches_every_page_and_the_form_of_every_step(office: Office, found: Found):
    routes = {route for walked in found.walks.values() for route in (*walked.pages, *walked.others)}
    assert set(Map(office.system.app).routes) - routes - NO_PAGES == set()
    forms = {address.rsplit("/do/", 1)[1] for _, address in found.pages() if "/do/" in address}
    assert set(COMMANDS) - forms - {"register"} == set()


async def test_no_page_hinders_anybody_on_a_desk_or_on_a_phone(browser: Browser, address: str, found: Found):
    wrong = []
    for login, seat in found.seats.items():
        async with checker(browser, address, seat) as page:
            for who, path in found.pages():
                if who == login:
                    wrong += await findings(page, address + path)
    assert wrong == []


async def test_no_page_hinders_anybody_in_english(browser: Browser, address: str, found: Found):
    wrong = []
    for login, seat in found.seats.items():
        async with checker(browser, address, seat, huiying_language="en") as page:
            for who, path in found.pages():
                if who == login and "/do/" not in path:
                    wrong += await findings(page, address + path, on_phone=False)
    assert wrong == []
