"""Fills an empty ledger with demonstration incidents in every stage,
each a rehearsal folded up to an age and going on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col
from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from audit.replay_results import applied
from domain.catalogue import Decision
from domain.incident import apply
from domain.law.enactment import enacted
from domain.lineage import lineage
from domain.steps.register import Opening, Register
from domain.terms.drill import DrillClock
from domain.terms.workdays import SHANGHAI
from rehearsals.document import IncidentPlan, load
from rehearsals.folding import called_for, fold_to_age, registered_as
from settings import Settings
from storage.database import Database, open_database
from storage.law_changes import law_changes
from storage.numbers import draw
from storage.record import record
from storage.regulations import load_law
from storage.tables import IncidentRow
from workflows.client import connect, resume

FOLDER = Path(__file__).resolve().parent
RUN = "demonstration"
_WAITS = (0.5, 1, 2, 4, 8, 15)  # seconds between tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A rehearsal file, and how long ago its incident was discovered."""

    file: str
    age: timedelta


STORIES = (
    Story(file="P1.yaml", age=timedelta(hours=90)),  # closed
    Story(file="P5.yaml", age=timedelta(hours=49, minutes=30)),  # overdue, under supervision
    Story(file="P3.yaml", age=timedelta(hours=47)),  # being handled, two answers still owed
    Story(file="demonstration/fire.yaml", age=timedelta(hours=20)),  # 24-hour class, continuous publication
    Story(file="demonstration/wages.yaml", age=timedelta(hours=5)),  # assigned
    Story(file="demonstration/noise.yaml", age=timedelta(minutes=85)),  # judged
    Story(file="demonstration/prices.yaml", age=timedelta(minutes=50)),  # being verified
    Story(file="demonstration/streetlights.yaml", age=timedelta(minutes=6)),  # registered
)


async def fill_demonstration(settings: Settings) -> None:
    """Put the demonstration incidents, marked as drill, into a ledger that holds none,
    and start their workflows.

    A database or a Temporal server that is just being started again is waited for, story by story; what was
    told once is not told twice. Raises SQLAlchemyError, OSError, RuntimeError or RPCError when they stay
    away.
    """
    database = open_database(settings.database_url)
    try:
        if not await _is_empty(database):
            return
        client = await connect(
            settings.temporal_address, settings.temporal_namespace, settings.keys_dir, lazy=True
        )
        now = datetime.now(UTC).replace(microsecond=0)
        for story in STORIES:
            await _patiently(partial(_tell, story, now, database, client, settings))
    finally:
        await database.close()


async def _patiently(tell: Callable[[], Awaitable[None]]) -> None:
    for seconds in _WAITS:
        with suppress(SQLAlchemyError, OSError, RuntimeError, RPCError):
            return await tell()
        await asyncio.sleep(seconds)
    return await tell()


async def _is_empty(database: Database) -> bool:
    async with database.session() as session:
        return (await session.execute(select(col(IncidentRow.position)).limit(1))).first() is None


async def _tell(story: Story, now: datetime, database: Database, client: Client, settings: Settings) -> None:
    plan = plan_at(story, now)
    registration = registered_as(f"{RUN}/{story.file}", plan)
    year = plan.registration.at.astimezone(SHANGHAI).year
    drawn = await draw(database, registration, year=year, drill=True)
    async with database.session() as session:
        versions = enacted(await law_changes(session, settings.regulation), now)
    opening = Opening(
        incident_id=drawn.incident_id,
        number=drawn.number,
        law=load_law(settings.regulation, year, versions),
        drill=DrillClock(epoch=now, origin=now, scale=1.0),
    )
    folded = fold_to_age(plan, opening, f"{RUN}/{story.file}", story.age)
    await record(database, drawn.incident_id, folded.decisions, texts=folded.texts)
    await _start(client, settings.task_queue, folded.decisions)


def plan_at(story: Story, now: datetime) -> IncidentPlan:
    """The story moved in time so that its incident has the story's age at `now`:
    its clock shows the real time.
    """
    file = FOLDER / story.file
    command = load(file).incidents[0].registration.command
    if not isinstance(command, Register):
        raise TypeError("a registration registers")
    return load(file, shift=now - story.age - command.discovered_at).incidents[0]


async def _start(client: Client, task_queue: str, decisions: tuple[Decision, ...]) -> None:
    """Start the workflow from the decisions, as after a loss of Temporal's store;
    units are told what they must know.
    """
    incident = None
    name = ""
    for decided in decisions:
        incident = apply(incident, decided)
        name = lineage(name, decided)
    if incident is not None:
        with suppress(WorkflowAlreadyStartedError):
            await resume(
                client,
                task_queue,
                incident,
                applied(decisions),
                undelivered=called_for(decisions),
                lineage=name,
            )
