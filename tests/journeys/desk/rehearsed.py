"""A rehearsal done by clicking: each step by its person, in a browser of the person's own,
on the time-skipping server.

The server's time stands while people click and is let run between the steps, as `rehearsals.skipping` does
it; the incident's clock is a drill's, so slow that a click falls well within its second. What the pages are
told of the time is the server's. A registration by the form becomes the drill's, for no form registers
drills.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from casework.commands import Accepted, Commands
from casework.recorded import Recorded
from casework.submissions import command_id
from desk.sign_in.sessions import COOKIE
from domain.steps.register import Register
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor
from rehearsals.document import Rehearsal
from rehearsals.outcomes import StepOutcome
from rehearsals.readback import recalled, settle
from rehearsals.runner import StepStamp
from rehearsals.schedule import ScheduledDeed, schedule
from rehearsals.skipping import LEAD, executable, patiently, sleep_until, slow_clock, within
from rehearsals.steps import RehearsalStep
from rehearsals.verdict import RehearsalVerdict, verdict
from storage.accounts import create_account
from storage.sign_ins import create_session
from tests.api.office import System, address
from tests.api.office import system as make_system
from tests.browsing import DESK, NotOffered, fill, follows, presses, sender
from tests.journeys.desk.entering import entered
from tests.pages.serving import serving
from words.labels import explanation
from workflows.converter import converter, prepare
from workflows.engine_clock import own_time
from workflows.keys import keyring
from workflows.search_attributes import register_search_attributes

NO_PASSWORD: Final = "!"  # signing in is tested elsewhere; here sessions are given
WITHHELD: Final = "withheld"  # the page does not even offer what the rules would refuse
NOT_FOUND: Final = 404
TRIES: Final = 5
STALE: Final = explanation("reasons", "stale").title.zh
EMPTIED: Final = """(names) => {
    const blank = (field) => names.some((name) => field.name === name || field.name.startsWith(`${name}[`));
    for (const field of document.querySelectorAll("main form [name]"))
        if (["text", "textarea", "select-one"].includes(field.type) && blank(field)) field.value = "";
}"""


class RehearsedCommands(Commands):
    """Commands whose registrations open drills on the rehearsal's clock."""

    drill: DrillClock

    async def register(
        self, command: Register, actor: Actor, key: str, *, drill: DrillClock | None = None
    ) -> Recorded | Accepted:
        return await super().register(command, actor, key, drill=drill or self.drill)


class Stage:
    """The system on which the one incident of a rehearsal is carried by clicking, and everybody's browser."""

    def __init__(
        self, rehearsal: Rehearsal, system: System, environment: WorkflowEnvironment, browser: Browser
    ) -> None:
        self.rehearsal, self.system, self.environment = rehearsal, system, environment
        self.address = self.incident_id = ""
        self.outcomes: list[StepOutcome] = []
        self._browser = browser
        self._pages: dict[Actor, Page] = {}
        self._accounts: dict[Actor, str] = {}

    async def open(self, address: str, *others: Actor) -> None:
        """Set the clock to the rehearsal's first instant, and give each person, and others, an account."""
        self.address = address
        now = await self.environment.get_current_time()
        self.drill = slow_clock(self.rehearsal, now.replace(microsecond=0) + LEAD)
        self.stamp = StepStamp(now)
        state, database = self.system.app.state, self.system.database
        commands = RehearsedCommands(database, self.environment.client, self.system.settings, self.stamp)
        commands.drill = self.drill
        state.clock, state.commands = self.stamp, commands
        async with database.writing() as session:
            for who in {*others, *(deed.step.actor for deed in self.deeds())}:
                made = await create_account(
                    session,
                    login=who.person,
                    name=who.person,
                    post=who.role,
                    unit=who.unit,
                    password_hash=NO_PASSWORD,
                    at=now,
                )
                self._accounts[who] = made.id
            await session.execute(text("UPDATE account SET must_change = :no"), {"no": False})

    def deeds(self) -> list[ScheduledDeed]:
        """The steps in their order."""
        return [move for move in schedule(self.rehearsal) if isinstance(move, ScheduledDeed)]

    async def wait_until(self, instant: datetime) -> None:
        """Let the time run to an instant of the rehearsal, and what falls due on the way be recorded."""
        self.stamp.now = self.drill.real(instant)
        await sleep_until(self.environment, within(self.drill, instant))
        if self.incident_id:
            await settle(self.environment.client, self.system.database, self.incident_id)

    async def does(self, step: RehearsalStep) -> None:
        """A step by its person, at its instant; whether it was accepted is among the outcomes."""
        await self.wait_until(step.at)
        page = await self.page_of(step.actor)
        for attempt in range(TRIES):
            try:
                key, refused = await self._sends(page, step)
            except NotOffered as missing:
                if step.refused or attempt == TRIES - 1:
                    withheld = step.refused or WITHHELD
                    self.outcomes.append(StepOutcome(step=step, refused=withheld, detail=str(missing)))
                    return
            else:
                if refused is None or STALE not in refused:
                    break
            await asyncio.sleep(
                0.5
            )  # what came before may still be on its way to the ledger: one looks again, as people do
        if refused is None and step.opens:
            self.incident_id = page.url.split("?")[0].rsplit("/", 1)[1]
        scope = "register" if step.opens else f"{self.incident_id}/{step.kind}"
        command = "" if refused else command_id(step.actor, scope, key)
        self.outcomes.append(StepOutcome(step=step, command_id=command, refused=refused))

    async def _sends(self, page: Page, step: RehearsalStep) -> tuple[str, str | None]:
        """The key of the form that was sent, and the reason for which it was refused."""
        answer = await page.goto(self.place(step))
        if answer is None or answer.status == NOT_FOUND:
            raise NotOffered(self.place(step))
        if not step.opens:
            await presses(page, step.kind)
        given, blank = entered(step.command)
        await page.evaluate(EMPTIED, blank)
        await fill(page, given)
        key = await page.locator("main form [name=_key]").first.get_attribute("value")
        await follows(await sender(page, given))
        trouble = page.locator("#trouble")
        if not await trouble.count():
            assert "/incidents/" in page.url, page.url
            assert "/do/" not in page.url, page.url
            return str(key), None
        said = await trouble.inner_text()
        return str(key), step.refused if step.refused and explanation(
            "reasons", step.refused
        ).title.zh in said else said

    def place(self, step: RehearsalStep | None = None) -> str:
        """Where a person finds the button of a step."""
        opens_one = step is not None and step.opens
        return f"{self.address}/register" if opens_one else f"{self.address}/incidents/{self.incident_id}"

    async def looks(self, actor: Actor) -> Page:
        """The incident's page as a person sees it."""
        page = await self.page_of(actor)
        await page.goto(self.place())
        return page

    async def page_of(self, actor: Actor) -> Page:
        """The browser of a person, in a session that begins at the present:
        between two steps the last has ended.
        """
        if actor not in self._pages:
            self._pages[actor] = await (await self._browser.new_context(viewport=DESK)).new_page()
        page, database = self._pages[actor], self.system.database
        async with database.writing() as session:
            secret = await create_session(session, self._accounts[actor], browser="", at=self.stamp())
        await page.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.address}])
        return page

    async def judged(self) -> RehearsalVerdict:
        """What the ledger holds beside what the rehearsal expects of it."""
        await self.wait_until(self.rehearsal.ends_at)
        found = await recalled(
            self.system.database, self.incident_id, self.outcomes, until=self.rehearsal.ends_at
        )
        return verdict(self.rehearsal, self.rehearsal.incidents[0], found, self.outcomes)

    async def close(self) -> None:
        """Everybody goes home."""
        for page in self._pages.values():
            await page.context.close()


@asynccontextmanager
async def stage(rehearsal: Rehearsal, folder: Path, browser: Browser, *others: Actor) -> AsyncIterator[Stage]:
    """A system of its own for a rehearsal, with its people, and others, at their browsers."""
    prepare()
    keys = keyring(folder / "keys")
    async with await patiently(
        lambda: WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=executable("temporal-test-server"),
            data_converter=converter(keys),
        )
    ) as environment:
        await register_search_attributes(environment.client)
        async with (
            make_system(
                folder, address(environment), clock=own_time, regulation=rehearsal.regulation
            ) as system,  # a measuring clock would hold up the time that is skipped
            await system.worker(),
            serving(system.app, 0) as found,
        ):
            made = Stage(rehearsal, system, environment, browser)
            await made.open(found, *others)
            try:
                yield made
            finally:
                await made.close()
