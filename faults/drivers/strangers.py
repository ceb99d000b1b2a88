"""R17, strangers: a case is queried while no worker runs, and a signal or its clock comes before the answer.

The engine's core then runs what came in within the query's own task, at the time of the task before. What is
decided there stands in no history; it must be kept from the log. The house never queries, but it cannot
forbid others to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.effects.hands import hands
from activities.record import Recorder
from bench.processes import free_settings
from bench.system import System, serving
from domain.terms.drill import DrillClock
from faults.fuzz.callers import FuzzCaller, Ledger
from faults.fuzz.plan import DRILL_SCALE, FuzzPlan
from faults.fuzz.run import MONDAY, Fuzzed, histories, in_short, keep, ledger_file, pass_judgement, settled
from faults.fuzz.worker import QUEUE, conductor
from faults.judging.findings import FaultFinding, WrongFinding
from faults.outcome import Errand, Outcome
from storage.database import open_database
from storage.text_keys import TextKeys
from workflows.converter import prepare
from workflows.hosting import hosting
from workflows.keys import keyring

CASES: Final = 8  # asked at once
_WAITED_SECONDS: Final = 0.5
_RUNG_SECONDS: Final = 6.0  # without a worker, in which the clock of most cases calls
_STEP_SECONDS: Final = 60.0


async def drive(errand: Errand) -> Outcome:
    """So many rounds, in turn with a signal before the answer and with the clock alone."""
    outcome = Outcome()
    for turn in range(errand.times):
        plan = FuzzPlan(seed=errand.seed + turn, cases=CASES, seconds=0, cut_every=10)
        folder = errand.folder / f"turn-{turn}"
        fuzzed = await question(plan, folder / "run", with_signal=turn % 2 == 0)
        outcome.tried += CASES
        outcome.worked += CASES
        outcome.findings += [f"turn {turn}: {line}" for line in in_short(fuzzed.findings)]
        errand.say(f"R17 strangers: {turn + 1} of {errand.times}, {len(outcome.findings)} findings")
    return outcome


async def question(plan: FuzzPlan, folder: Path, *, with_signal: bool) -> Fuzzed:
    """One round over the cases of a plan, in an empty folder."""
    prepare()
    fuzzed, noted = Fuzzed(plan=plan), Ledger()
    async with serving(free_settings(folder)) as system:
        drill = DrillClock(epoch=datetime.now(UTC), origin=MONDAY, scale=DRILL_SCALE)
        callers = [FuzzCaller(system.client, plan, drill, ordinal, noted) for ordinal in range(plan.cases)]
        async with _worker(system, plan):
            await asyncio.gather(*(caller.open_case() for caller in callers))
            await asyncio.gather(*(caller.step() for caller in callers))
            await asyncio.sleep(1)
        asking = [asyncio.create_task(caller.query(60)) for caller in callers]
        await asyncio.sleep(_WAITED_SECONDS)
        if with_signal:
            await asyncio.gather(*(caller.hand_over() for caller in callers))
        await asyncio.sleep(0 if with_signal else _RUNG_SECONDS)
        async with _worker(system, plan):
            await asyncio.gather(*asking)
            numbers = await asyncio.gather(*(caller.last_step(_STEP_SECONDS) for caller in callers))
            last = dict(zip((caller.incident_id for caller in callers), numbers, strict=True))
            fuzzed.findings += [
                FaultFinding(incident_id=each, wrong=WrongFinding.STUCK)
                for each, number in last.items()
                if not number
            ]
            await settled(system, {each: number for each, number in last.items() if number})
        runs = {each: await histories(system.client, each) for each in last}
    fuzzed.outcomes, fuzzed.acknowledged = dict(noted.outcomes), len(noted.acknowledged)
    keep(folder, runs)
    await pass_judgement(fuzzed, ledger_file(system), noted, runs)
    return fuzzed


@asynccontextmanager
async def _worker(system: System, plan: FuzzPlan) -> AsyncIterator[None]:
    """A worker in this process, which ends in good order:
    the query is to meet nobody, not a lost worker's queue.
    """
    database = open_database(system.settings.database_url)
    version = WorkerDeploymentVersion(deployment_name="huiying", build_id=system.settings.release)
    try:
        async with Worker(
            system.client,
            task_queue=QUEUE,
            workflows=[conductor(plan.conductor)],
            activities=[
                Recorder(database, TextKeys(keyring(system.settings.keys_dir))).record,
                *hands(database),
            ],
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
            deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=False),
            **hosting(),
        ):
            yield
    finally:
        await database.close()
