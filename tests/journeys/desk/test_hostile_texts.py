"""A hundred hostile texts, in every field that stores one, on every page that shows them,
in a real Chromium: nothing runs.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import text

from desk.sign_in.sessions import COOKIE
from domain.terms.roles import Role
from storage.accounts import Administrator, Post, create_account
from storage.record import record
from storage.sign_ins import create_session
from tests.browsing import DESK, needs_chromium
from tests.desk.conftest import HASH, Office
from tests.desk.seat import Seat, forms
from tests.journeys.desk.hostile import PAYLOADS, tell, wanted
from tests.journeys.desk.walking import Map, Walk, walk

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
PEOPLE: Final[dict[str, tuple[Post, str]]] = {
    "hostile.leader": (Role.PRINCIPAL_LEADER, "gov_office"),
    "hostile.supervisor": (Role.CITY_LEADER, "gov_office"),
    "hostile.system": (Administrator.SYSTEM, "gov_office"),
    "hostile.security": (Administrator.SECURITY, "gov_office"),
    "hostile.audit": (Administrator.AUDIT, "gov_office"),
}
SECRETS: Final = ("password", "old", "new", "again", "code", "login")
# Whatever a payload would leave behind: what it ran, what it made of itself, what a template made of it.
TRACES: Final = """() => {
    const found = [];
    if (window.huiying_ran !== undefined) found.push("ran");
    if (document.body.innerText.includes("62615533")) found.push("a template reckoned");
    for (const item of document.querySelectorAll("*")) {
        for (const {name, value} of item.attributes) {
            const leads = ["href", "src", "action", "formaction", "data", "xlink:href", "srcset", "poster"]
                .includes(name);
            const runs = name.startsWith("on") || name.startsWith("hx-on") || name === "srcdoc"
                || (leads && /^\\s*(javascript|data|vbscript):/i.test(value))
                || (leads && value.includes("evil.example")
                && !(item.tagName === "A" && /^https?:/.test(value)))
                || (name === "style" && value.includes("evil.example"));
            if (runs) found.push(`${item.tagName} ${name}=${value.slice(0, 80)}`);
        }
        if (["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "MATH", "AUDIO", "VIDEO"].includes(item.tagName))
            found.push(item.tagName);
        if (item.tagName === "SCRIPT" && !item.src && item.type !== "application/json")
            found.push("an inline script");
    }
    return found;
}"""


@dataclass
class Watched:
    """A page that is watched: what it asked for elsewhere, said to the console, or opened."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on(
            "console",
            lambda said: self.wrong.append(f"console: {said.text}") if said.type == "error" else None,
        )
        self.page.on(
            "request",
            lambda request: (
                self.wrong.append(f"request: {request.url}")
                if urlsplit(request.url).netloc != urlsplit(self.address).netloc
                else None
            ),
        )

    async def look(self, path: str) -> list[str]:
        """What is wrong with a page."""
        await self.page.goto(self.address + path)
        found = [*self.wrong, *await self.page.evaluate(TRACES)]
        self.wrong.clear()
        return [f"{path}: {one}" for one in found]


async def seated(office: Office, login: str, post: Post, unit: str, payload: str) -> Seat:
    """Somebody with a hostile name at a browser with a hostile name."""
    seat = await office.seat()
    async with office.database.writing() as session:
        account = await create_account(
            session, login=login, name=payload, post=post, unit=unit, password_hash=HASH, at=office.now()
        )
        await session.execute(text("UPDATE account SET must_change = :no"), {"no": False})
        await create_session(session, account.id, browser=payload, at=office.now())
        seat.http.cookies.set(
            COOKIE, await create_session(session, account.id, browser=payload, at=office.now())
        )
    return seat


async def types_everywhere(seat: Seat, found: Walk) -> None:
    """Fill hostile texts into every other form that somebody finds and that takes a text;
    whether it is taken is its own business.
    """
    for page in [page for pages in found.pages.values() for page in pages if "/do/" not in page.address]:
        for form in forms((await seat.open(page.address)).text).values():
            blank = [
                name for name, values in form.fields.items() if values == [""] and not name.startswith("_")
            ]
            if form.action.startswith("/") and blank and not set(blank) & set(SECRETS):
                await seat.post(
                    form.action,
                    {**form.fields, **{name: [PAYLOADS[len(name) % len(PAYLOADS)]] for name in blank}},
                )


async def test_hostile_texts_run_nowhere(browser: Browser, office: Office, address: str):
    told, known, wrong = tell(), Map(office.system.app), []
    assert wanted() - told.covered == set()
    for incident_id, decisions in told.decisions.items():
        await record(office.database, incident_id, decisions)
    for number, (login, (post, unit)) in enumerate(PEOPLE.items()):
        seat = await seated(office, login, post, unit, PAYLOADS[number])
        starts = ("/", "/desk", "/me", *(f"/incidents/{incident_id}" for incident_id in told.decisions))
        await types_everywhere(seat, await walk(seat, known, starts[:3], set()))
        found = await walk(seat, known, starts if number == 0 else starts[:3], set())
        paths = [page.address for pages in found.pages.values() for page in pages]
        paths += [path for path in starts if number == 0 and path not in paths]
        # A step that was typed may have closed a case to named persons since.
        still_open = [path for path in paths if (await seat.open(path)).status_code != 404]
        wrong += await looked_at(browser, address, seat, still_open)
    assert wrong == []


async def looked_at(browser: Browser, address: str, seat: Seat, paths: list[str]) -> list[str]:
    """What is wrong with pages in the session of somebody."""
    context = await browser.new_context(viewport=DESK)
    await context.add_cookies([{"name": COOKIE, "value": seat.http.cookies[COOKIE], "url": address}])
    watched = Watched(await context.new_page(), address)
    watched.watch()
    found = [one for path in paths for one in await watched.look(path)]
    await context.close()
    return found


def test_there_are_a_hundred_payloads_and_all_are_used():
    assert len(set(PAYLOADS)) == 100
    kept = repr(tell().decisions)
    assert [payload for payload in PAYLOADS if repr(payload)[1:-1] not in kept] == []


async def test_the_watch_sees_what_a_careless_page_would_let_through(browser: Browser):
    page = await browser.new_page()
    await page.route("**/*", lambda route: route.abort())
    seen = 0
    for payload in PAYLOADS[::5]:
        await page.set_content(f'<main title="{payload}"><p>{payload}</p></main>', wait_until="commit")
        seen += bool(await page.evaluate(TRACES))
    assert seen >= 10
    await page.close()
