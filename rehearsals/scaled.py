"""Runs a rehearsal on a clock that is some times as fast as the real one:
each incident's steps in turn, switches on time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from domain.terms.drill import DrillClock
from rehearsals.document import IncidentPlan, Rehearsal, SystemStep
from rehearsals.outcomes import StepOutcome
from rehearsals.progress import Progress
from rehearsals.schedule import ScheduledDeed, ScheduledSwitch

Give = Callable[[ScheduledDeed], Awaitable[StepOutcome]]
Throw = Callable[[SystemStep], Awaitable[None]]

_LEAD = timedelta(seconds=0.5)
# The case's clock must show the step's second before the step is given.
_AFTER = timedelta(milliseconds=5)
_LAST_WORD = 0.5  # real seconds in which the clock may say what falls due at the end


def drill_clock(rehearsal: Rehearsal, scale: float) -> DrillClock:
    """A clock that shows the first instant of the file in a moment,
    and runs `scale` times as fast from there.
    """
    epoch = (datetime.now(UTC) + _LEAD).replace(microsecond=0) + timedelta(seconds=1)
    return DrillClock(epoch=epoch, origin=rehearsal.begins_at, scale=scale)


async def run(
    rehearsal: Rehearsal, drill: DrillClock, give: Give, throw: Throw, progress: Progress
) -> dict[str, list[StepOutcome]]:
    """Make every move at its instant; the outcomes of each incident's steps, by its name.

    A step waits for the one before it in its incident, and for nothing else:
    an outage that holds one up moves neither the switches nor the other incidents.
    """
    moves = len(rehearsal.system) + sum(len(plan.steps) for plan in rehearsal.incidents)
    progress.begin(rehearsal.name, moves)
    outcomes: dict[str, list[StepOutcome]] = {plan.name: [] for plan in rehearsal.incidents}

    async def play(plan: IncidentPlan) -> None:
        for step in plan.steps:
            await _until(drill, step.at)
            deed = ScheduledDeed(at=step.at, plan=plan, step=step)
            outcome = await give(deed)
            outcomes[plan.name].append(outcome)
            progress.moved(deed, outcome)

    async def switch() -> None:
        for step in sorted(rehearsal.system, key=lambda step: step.at):
            await _until(drill, step.at)
            await throw(step)
            progress.moved(ScheduledSwitch(at=step.at, step=step), None)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(switch())
        for plan in rehearsal.incidents:
            tasks.create_task(play(plan))
    await _until(drill, rehearsal.ends_at)
    await asyncio.sleep(_LAST_WORD)
    return outcomes


async def _until(drill: DrillClock, instant: datetime) -> None:
    left = drill.real(instant) + _AFTER - datetime.now(UTC)
    await asyncio.sleep(max(left.total_seconds(), 0.0))


async def no_switch(step: SystemStep) -> None:
    """For runs in which nothing can be stopped; files that would are refused before."""
    raise ValueError(step.part)
