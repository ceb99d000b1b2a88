"""Rehearses a file on the time-skipping server: the real workflow, worker, record and rules,
exact to the second.
"""

import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from casework.commands import Commands
from domain.terms.drill import DrillClock
from rehearsals.account import CaseAccount
from rehearsals.document import Rehearsal
from rehearsals.outcomes import StepOutcome
from rehearsals.progress import Progress
from rehearsals.readback import amended, recalled, settle
from rehearsals.runner import Runner, StepStamp
from rehearsals.schedule import ScheduledDeed, schedule
from rehearsals.verdict import RehearsalVerdict, verdict
from settings import Settings
from storage.database import Database, open_database
from storage.migrations import migrate
from workflows.converter import converter, prepare
from workflows.keys import Keyring
from workflows.search_attributes import register_search_attributes

WorkerBuilder = Callable[[Client, Database, Settings], AbstractAsyncContextManager[Worker]]

LEAD = timedelta(seconds=2)  # from the drill's epoch to its first step; the epoch is a whole second
_STARTS = 6  # of a server that a busy machine does not bring up in time
_TOO_SLOW = "did not start within"  # the words of the SDK, whose error has no kind of its own
_MILLISECOND = timedelta(milliseconds=1)
# Seconds of the server that one of the drill lasts at most; a power of two, so that instants stay whole.
_SLOWEST = 32
_LONGEST = timedelta(days=5 * 365)  # of the server's time for a file; it ends workflows after ten years


def executable(name: str) -> str:
    """The path of a program that the virtual environment holds. Raises FileNotFoundError when it does not."""
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is None:
        raise FileNotFoundError(name)
    return path


@dataclass(frozen=True, slots=True)
class Theatre:
    """The system in which one file is rehearsed."""

    environment: WorkflowEnvironment
    database: Database
    settings: Settings


async def rehearse_exactly(
    rehearsal: Rehearsal, settings: Settings, build_worker: WorkerBuilder, progress: Progress
) -> tuple[RehearsalVerdict, ...]:
    """The verdict over each incident of a file; a system of its own is set up for it and taken down again."""
    prepare()
    async with _theatre(rehearsal, settings) as theatre:
        client = theatre.environment.client
        async with build_worker(client, theatre.database, theatre.settings):
            return await _perform(rehearsal, theatre, progress)


@asynccontextmanager
async def _theatre(rehearsal: Rehearsal, settings: Settings) -> AsyncIterator[Theatre]:
    with TemporaryDirectory(prefix="huiying-rehearsal-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/huiying.db"
        own = settings.model_copy(
            update={
                "database_url": url,
                "keys_dir": Path(folder) / "keys",
                "regulation": rehearsal.regulation,
            }
        )
        await migrate(url)
        database = open_database(url)
        try:
            keys = Keyring(own.keys_dir)
            environment = await patiently(
                lambda: WorkflowEnvironment.start_time_skipping(
                    test_server_existing_path=executable("temporal-test-server"),
                    data_converter=converter(keys),
                )
            )
            async with environment:
                await register_search_attributes(environment.client)
                yield Theatre(environment, database, own)
        finally:
            await database.close()


async def patiently(start: Callable[[], Awaitable[WorkflowEnvironment]]) -> WorkflowEnvironment:
    """A server of one's own; the SDK gives it five seconds to start,
    which a busy machine may not have at once.
    """
    for _ in range(_STARTS - 1):
        try:
            return await start()
        except RuntimeError as error:
            if _TOO_SLOW not in str(error):
                raise
    return await start()


async def _perform(
    rehearsal: Rehearsal, theatre: Theatre, progress: Progress
) -> tuple[RehearsalVerdict, ...]:
    now = await theatre.environment.get_current_time()
    drill = slow_clock(rehearsal, now.replace(microsecond=0) + LEAD)
    stamp = StepStamp(now)
    commands = Commands(theatre.database, theatre.environment.client, theatre.settings, clock=stamp)
    runner = Runner(commands, theatre.database, drill)
    outcomes: dict[str, list[StepOutcome]] = {plan.name: [] for plan in rehearsal.incidents}
    course = [move for move in schedule(rehearsal) if isinstance(move, ScheduledDeed)]
    progress.begin(rehearsal.name, len(course))
    for deed in course:
        stamp.now = drill.real(deed.at)
        await sleep_until(theatre.environment, within(drill, deed.at))
        outcome = await runner.give(deed)
        outcomes[deed.plan.name].append(outcome)
        progress.moved(deed, outcome)
    await sleep_until(theatre.environment, within(drill, rehearsal.ends_at))
    verdicts = []
    for plan in rehearsal.incidents:
        recording = outcomes[plan.name]
        readback = await _account(theatre, rehearsal, runner.incidents.get(plan.name), recording)
        verdicts.append(
            verdict(rehearsal, plan, readback, amended(recording, readback) if readback else recording)
        )
    return tuple(verdicts)


def slow_clock(rehearsal: Rehearsal, epoch: datetime) -> DrillClock:
    """A clock whose seconds are so long that nothing happens at the edge of one.

    The server's time stands only while nothing is under way: a timer fires late by what the task took that
    set it, and a task that lets go of a timer which has just fired fails for good. Skipped time costs
    nothing, so a second is stretched.
    """
    slowness = _SLOWEST
    while slowness > 1 and slowness * (rehearsal.ends_at - rehearsal.begins_at) > _LONGEST:
        slowness //= 2
    return DrillClock(epoch=epoch, origin=rehearsal.begins_at, scale=1 / slowness)


def within(drill: DrillClock, instant: datetime) -> datetime:
    """The middle of a second of the drill: what the clock does at it is done by then,
    what it does at the next is far.
    """
    return drill.real(instant + timedelta(seconds=0.5))


async def sleep_until(environment: WorkflowEnvironment, instant: datetime) -> None:
    """Let the server's clock run to an instant; what falls due on the way happens at its own."""
    while (left := instant - await environment.get_current_time()) > timedelta(0):
        await environment.sleep(max(left, _MILLISECOND))


async def _account(
    theatre: Theatre, rehearsal: Rehearsal, incident_id: str | None, outcomes: Sequence[StepOutcome]
) -> CaseAccount | None:
    if incident_id is None:
        return None
    await settle(theatre.environment.client, theatre.database, incident_id)
    return await recalled(theatre.database, incident_id, outcomes, until=rehearsal.ends_at)
