"""A case on the time-skipping server, with the real worker's parts and a real database;
instants are the cast's.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.effects.deliver.hand import Notifier
from activities.effects.hands import hands
from activities.record import Recorder
from domain.case.state import Incident
from domain.catalogue import Decision, Submission
from domain.steps.register import Opening
from domain.terms.drill import DrillClock
from rehearsals.skipping import patiently
from storage import event_log
from storage.codec import command_digest
from storage.database import Database, open_database
from storage.inbox import inbox
from tests.domain.cast import DISCOVERED, LAW, Step
from tests.keys import KEYS
from tests.ledgers import empty_ledger
from workflows.client import live, start
from workflows.converter import converter
from workflows.incident import IncidentWorkflow
from workflows.payloads import Receipt
from workflows.search_attributes import register_search_attributes

QUEUE = "huiying"
INCIDENT = "inc-1"
_LEAD = timedelta(seconds=2)
_ANSWER = timedelta(seconds=20)
_MILLISECOND = timedelta(milliseconds=1)

Handle = WorkflowHandle[IncidentWorkflow, None]
Steps = Step | Iterable["Steps"]


def flat(steps: Steps) -> Iterable[Step]:
    """The steps one after the other."""
    if isinstance(steps, Step):
        yield steps
    else:
        for inner in steps:
            yield from flat(inner)


@dataclass(slots=True)
class Stage:
    """One server and one database; `drill` shows the cast's instants while the server's clock
    shows its own.
    """

    environment: WorkflowEnvironment
    database: Database
    drill: DrillClock
    given: int = 0
    handles: dict[str, Handle] = field(default_factory=dict)

    @property
    def client(self) -> Client:
        return self.environment.client

    @property
    def handle(self) -> Handle:
        return self.handles[INCIDENT]

    def worker(
        self, recorder: Recorder | None = None, notifier: Notifier | None = None, **more: Any
    ) -> Worker:
        """A worker over the database, or with another hand for recording or for notices."""
        activities: list[Callable[..., Any]] = [
            (recorder or Recorder(self.database)).record,
            *hands(self.database, {"deliver": [notifier.notify]} if notifier else {}),
        ]
        options = {"workflows": [IncidentWorkflow], "max_cached_workflows": 10, **more}
        return Worker(self.client, task_queue=QUEUE, activities=activities, **options)

    async def shown(self) -> datetime:
        """What the cast's clock shows."""
        return self.drill.shown(await self.environment.get_current_time())

    async def until(self, instant: datetime) -> None:
        """Let the server's clock run until the cast's shows the instant."""
        real = self.drill.real(instant)
        while (left := real - await self.environment.get_current_time()) > timedelta(0):
            await self.environment.sleep(max(left, _MILLISECOND))

    def submission(
        self, step: Step, case: Incident | None, *, key: str | None = None, digest: str = ""
    ) -> Submission:
        """The step in its envelope; without a key of its own each has another command id."""
        self.given += 1
        command = step.command(case) if callable(step.command) and case is not None else step.command
        return Submission(
            command=command,  # type: ignore[arg-type]  # a function is asked only of a case
            actor=step.by,
            received_at=self.drill.real(step.at),
            command_id=key or f"{self.given:064x}",
            digest=digest or command_digest(command),
            expected_number=step.expected_number,
        )

    async def register(self, step: Step, incident_id: str = INCIDENT, **more: Any) -> Handle:
        """Start a case."""
        await self.until(step.at + step.lag)
        number = f"演〔2026〕{len(self.handles) + 1}号"
        opening = Opening(incident_id=incident_id, number=number, law=LAW, drill=self.drill)
        plain = self.submission(step, None)
        self.handles[incident_id] = await start(self.client, QUEUE, replace(plain, opening=opening), **more)
        return self.handles[incident_id]

    async def give(self, steps: Steps, incident_id: str = INCIDENT, *, key: str | None = None) -> Receipt:
        """Give the steps in order, each at its instant; the last answer."""
        receipt = Receipt(event_number=0, digest="")
        for step in flat(steps):
            await self.until(step.at + step.lag)
            submission = self.submission(step, await self.state(incident_id), key=key)
            receipt = await self._sent(incident_id, submission)
        return receipt

    async def _sent(self, incident_id: str, submission: Submission) -> Receipt:
        """The answer to a submission, sent again as the web does while the case goes on anew."""
        async with asyncio.timeout(60):
            while True:
                try:
                    return await self.handles[incident_id].execute_update(IncidentWorkflow.submit, submission)
                except RPCError as error:
                    if error.status not in {RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.ABORTED}:
                        raise
                await asyncio.sleep(0.1)

    async def hand_over(self, step: Step, *, key: str | None = None, digest: str = "") -> None:
        """Hand a step over by signal."""
        await self.until(step.at + step.lag)
        submission = self.submission(step, await self.state(), key=key, digest=digest)
        await self.handle.signal("submit_later", submission)

    async def state(self, incident_id: str = INCIDENT) -> Incident:
        """The case as its workflow has it."""
        return (await live(self.handles[incident_id], _ANSWER)).incident

    async def log(self, incident_id: str = INCIDENT) -> list[Decision]:
        """The decisions in the event log, proven or not."""
        async with self.database.session() as session:
            stored = await event_log.decisions(session, incident_id, unproven=True)
            return [one.decision for one in stored]

    async def told(self, unit: str) -> list[str]:
        """Why a unit was told something, in its inbox, the newest first."""
        async with self.database.session() as session:
            return [delivered.notice.purpose for delivered in (await inbox(session, unit)).items]

    async def kinds(self, incident_id: str = INCIDENT) -> list[str]:
        """The kinds of all recorded events."""
        return [event.kind for decided in await self.log(incident_id) for event in decided.events]


def executable(name: str) -> str:
    """A program of the virtual environment."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(__file__).parents[2] / ".venv" / "bin"))
    assert found is not None
    return found


@asynccontextmanager
async def a_database(folder: Path) -> AsyncIterator[Database]:
    """An empty SQLite file with the tables of this release."""
    url = f"sqlite+aiosqlite:///{folder}/huiying.db"
    empty_ledger(url)
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def a_stage(folder: Path, *, scale: float = 1.0) -> AsyncIterator[Stage]:
    """A time-skipping server and a database."""
    async with a_database(folder) as database, await _time_skipping() as environment:
        await register_search_attributes(environment.client)
        now = await environment.get_current_time()
        drill = DrillClock(epoch=now.replace(microsecond=0) + _LEAD, origin=DISCOVERED, scale=scale)
        yield Stage(environment=environment, database=database, drill=drill)


@asynccontextmanager
async def a_live_stage(folder: Path, *, scale: float = 36_000) -> AsyncIterator[Stage]:
    """A dev server and a database; an hour of the case takes a tenth of a second.

    For what the time-skipping server cannot do: lists, unset search attributes,
    continuing as new with an activity under way.
    """
    async with a_database(folder) as database, await _live() as environment:
        await register_search_attributes(environment.client)
        drill = DrillClock(epoch=await environment.get_current_time(), origin=DISCOVERED, scale=scale)
        yield Stage(environment=environment, database=database, drill=drill)


async def _time_skipping() -> WorkflowEnvironment:
    return await patiently(
        lambda: WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=executable("temporal-test-server"),
            data_converter=converter(KEYS),
        )
    )


async def _live() -> WorkflowEnvironment:
    return await patiently(
        lambda: WorkflowEnvironment.start_local(
            dev_server_existing_path=executable("temporal"),
            data_converter=converter(KEYS),
            ip="127.0.0.1",
        )
    )


def numbers(decisions: Sequence[Decision]) -> list[tuple[int, int]]:
    """First and last event number of each decision."""
    return [(decided.first_number, decided.last_number) for decided in decisions]
