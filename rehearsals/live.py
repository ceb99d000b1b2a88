"""Rehearses a file in front of people: its commands go over HTTP, with real tokens, to the running system."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
from temporalio.client import Client

from casework.commands import Commands
from casework.outcomes import TYPE, Problem
from casework.submissions import command_id
from domain.steps.register import Register
from domain.terms.drill import DrillClock
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from rehearsals.by_rota import by_rota
from rehearsals.document import Rehearsal
from rehearsals.outcomes import StepOutcome
from rehearsals.progress import Progress
from rehearsals.readback import amended, recalled, settle
from rehearsals.scaled import drill_clock, no_switch, run
from rehearsals.schedule import ScheduledDeed
from rehearsals.verdict import RehearsalVerdict, verdict
from settings import Settings
from storage.api_tokens import create_token, revoke_token
from storage.codec import COMMAND
from storage.database import Database, open_database
from workflows.client import connect

_AGAIN = 0.5  # seconds between two tries of a step that met a 503, under the same key
_TRIES = 120
_READY_TRIES = 20
_TIMEOUT = 10.0
# How much later than its step a busy machine may receive a deed, in real time;
# it counts at its step all the same.
_LATE = timedelta(seconds=5)
_SERVICE_UNAVAILABLE = 503


class NoSystem(Exception):  # noqa: N818  named for what was found
    """No running system answers at the address of the settings."""


class LiveCaller:
    """Gives steps over HTTP, each with a token of who takes it;
    registers drills, which no route does, by itself.
    """

    def __init__(self, http: httpx2.AsyncClient, commands: Commands, database: Database) -> None:
        self.incidents: dict[str, str] = {}
        self.drill: DrillClock | None = None
        self._http = http
        self._commands = commands
        self._database = database
        self._run = uuid4().hex
        self._count = 0
        self._tokens: dict[Actor, str] = {}

    async def give(self, deed: ScheduledDeed) -> StepOutcome:
        """Give one step; the outcome says whether it was accepted.

        An unavailable system is asked again for a minute.
        """
        self._count += 1
        key = f"{self._run}-{self._count}"
        if isinstance(deed.step.command, Register):
            return await self._register(deed, deed.step.command, key)
        answer = await self._post(deed, key)
        for _ in range(_TRIES):
            if answer is not None:
                break
            await asyncio.sleep(_AGAIN)
            answer = await self._post(deed, key)
        return _outcome(deed, answer)

    async def _register(self, deed: ScheduledDeed, command: Register, key: str) -> StepOutcome:
        actor = deed.step.actor
        try:
            registered = await self._commands.register(command, actor, key, drill=self.drill)
        except Refused as refused:
            return StepOutcome(step=deed.step, refused=str(refused.reason), detail=refused.detail)
        except Problem as problem:
            return StepOutcome(step=deed.step, refused=problem.code, detail=problem.subject)
        self.incidents[deed.plan.name] = registered.incident_id
        return StepOutcome(step=deed.step, command_id=command_id(actor, "register", key))

    async def _post(self, deed: ScheduledDeed, key: str) -> httpx2.Response | None:
        """The answer of the system; None while it is down or says that it is not available."""
        incident_id = self.incidents.get(deed.plan.name, "inc-none")
        body: dict[str, Any] = COMMAND.dump_python(deed.step.command, mode="json")
        headers = {"Authorization": f"Bearer {self._tokens[deed.step.actor]}", "Idempotency-Key": key}
        try:
            async with by_rota(self._database, deed.step, self._commands.clock()):
                answer = await self._http.post(
                    f"/incidents/{incident_id}/{deed.step.kind}", json=body, headers=headers
                )
        except httpx2.TransportError:
            return None
        return None if answer.status_code == _SERVICE_UNAVAILABLE else answer

    async def equip(self, actors: Iterable[Actor]) -> None:
        """Make a token for each person, before the clock runs."""
        async with self._database.writing() as session:
            for actor in actors:
                self._tokens[actor] = await create_token(session, actor.person, actor.role, actor.unit)

    async def withdraw(self) -> None:
        """Revoke the tokens of the run, and no others of the same persons."""
        async with self._database.writing() as session:
            for token in self._tokens.values():
                await revoke_token(session, token)


def _outcome(deed: ScheduledDeed, answer: httpx2.Response | None) -> StepOutcome:
    if answer is None:
        return StepOutcome(step=deed.step, refused="unavailable")
    content: dict[str, Any] = answer.json()
    if answer.is_success:
        events = content.get("events") or [content]
        return StepOutcome(step=deed.step, command_id=str(events[0]["command_id"]))
    reason = str(content.get("type", "")).removeprefix(TYPE)
    return StepOutcome(step=deed.step, refused=reason, detail=str(content.get("subject", "")))


async def rehearse_live(
    rehearsal: Rehearsal, settings: Settings, progress: Progress, *, scale: float
) -> tuple[RehearsalVerdict, ...]:
    """The verdict over each incident of a file, carried by the running system at `scale` times
    the real speed.

    Raises NoSystem when none answers.
    """
    async with _connected(settings) as (http, database, client):
        own = settings.model_copy(update={"regulation": rehearsal.regulation})
        caller = LiveCaller(http, Commands(database, client, own), database)
        try:
            await caller.equip({step.actor for plan in rehearsal.incidents for step in plan.steps})
            caller.drill = drill_clock(rehearsal, scale)
            outcomes = await run(rehearsal, caller.drill, caller.give, no_switch, progress)
        finally:
            await caller.withdraw()
        verdicts = []
        for plan in rehearsal.incidents:
            readback, outcome = None, outcomes[plan.name]
            if (incident_id := caller.incidents.get(plan.name)) is not None:
                await settle(client, database, incident_id)
                readback = await recalled(
                    database,
                    incident_id,
                    outcome,
                    until=rehearsal.ends_at,
                    tolerance=timedelta(seconds=scale),
                    lateness=_LATE * scale,
                )
                outcome = amended(outcome, readback)
            verdicts.append(verdict(rehearsal, plan, readback, outcome))
        return tuple(verdicts)


async def _until_ready(http: httpx2.AsyncClient, address: str) -> None:
    """Wait some seconds for a system that is there and not ready, as one under load may be;
    raises NoSystem.
    """
    for _ in range(_READY_TRIES):
        try:
            if (await http.get(f"{address}/readyz")).is_success:
                return
        except httpx2.TransportError as error:
            raise NoSystem(address) from error
        await asyncio.sleep(_AGAIN)
    raise NoSystem(address)


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[tuple[httpx2.AsyncClient, Database, Client]]:
    address = f"http://{settings.host}:{settings.web_port}"
    async with httpx2.AsyncClient(base_url=f"{address}/api/v1", timeout=_TIMEOUT) as http:
        await _until_ready(http, address)
        client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        database = open_database(settings.database_url)
        try:
            yield http, database, client
        finally:
            await database.close()
