"""Gives the steps of a rehearsal to the running cases through `casework.commands`,
as the web process does.
"""

import asyncio
from datetime import datetime
from time import monotonic
from uuid import uuid4

from casework.commands import Commands
from casework.outcomes import Problem, Unavailable
from casework.submissions import command_id
from domain.rules.permissions import may_see
from domain.steps.register import Register
from domain.terms.drill import DrillClock
from domain.terms.refusals import Refused
from rehearsals.by_rota import by_rota
from rehearsals.outcomes import StepOutcome
from rehearsals.schedule import ScheduledDeed
from rehearsals.steps import NOT_FOUND
from storage.database import Database
from storage.snapshots import snapshot

_AGAIN = 0.5  # seconds between two tries of a step


class StepStamp:
    """The real time that submissions are stamped with; whoever gives a step sets it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The instant set last."""
        return self.now


class Runner:
    """Gives steps in order; `incidents` are the ids of those registered, by the names of the file."""

    def __init__(
        self, commands: Commands, database: Database, drill: DrillClock, *, patience: float = 0.0
    ) -> None:
        self.incidents: dict[str, str] = {}
        self._commands = commands
        self._database = database
        self._drill = drill
        self._patience = patience
        self._run = uuid4().hex
        self._count = 0

    async def give(self, deed: ScheduledDeed) -> StepOutcome:
        """Give one step; the outcome says whether it was accepted.

        While the system is down the step is sent again under the same key, as any caller would,
        for `patience` seconds.
        """
        self._count += 1
        key = f"{self._run}-{self._count}"
        until = monotonic() + self._patience
        while True:
            try:
                return await self._give(deed, key)
            except Refused as refused:
                return StepOutcome(step=deed.step, refused=str(refused.reason), detail=refused.detail)
            except Problem as problem:
                down = isinstance(problem, Unavailable) and problem.code != deed.step.refused
                if not down or monotonic() > until:
                    return StepOutcome(step=deed.step, refused=problem.code, detail=problem.subject)
            await asyncio.sleep(_AGAIN)

    async def _give(self, deed: ScheduledDeed, key: str) -> StepOutcome:
        step, name = deed.step, deed.plan.name
        if isinstance(step.command, Register):
            registered = await self._commands.register(step.command, step.actor, key, drill=self._drill)
            self.incidents[name] = registered.incident_id
            return StepOutcome(step=step, command_id=command_id(step.actor, "register", key))
        incident_id = self.incidents.get(name)
        if incident_id is None or not await self._sees(incident_id, deed):
            return StepOutcome(step=step, refused=NOT_FOUND)
        async with by_rota(self._database, step, self._commands.clock()):
            await self._commands.submit(incident_id, step.command, step.actor, key)
        return StepOutcome(step=step, command_id=command_id(step.actor, f"{incident_id}/{step.kind}", key))

    async def _sees(self, incident_id: str, deed: ScheduledDeed) -> bool:
        """Whether the incident exists for the actor, as the web asks before it gives a command."""
        async with self._database.session() as session:
            state = await snapshot(session, incident_id)
        return state is None or may_see(deed.step.actor, state.state)
