"""One fuzzed run from its start to its verdict."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from temporalio.client import Client, WorkflowHistory

from audit.histories import continued_from
from bench.processes import free_settings
from bench.system import System, serving
from domain.terms.drill import DrillClock
from faults.fuzz.callers import FuzzCaller, Ledger
from faults.fuzz.nemesis import Nemesis
from faults.fuzz.plan import DRILL_SCALE, FuzzPlan
from faults.fuzz.worker import FuzzErrand, conductor
from faults.judging.findings import FaultFinding, WrongFinding
from faults.judging.judge import FaultVerdict, judge, kept
from faults.judging.replaying import replaying
from faults.judging.stored import last_numbers, stored_case
from workflows.converter import prepare
from workflows.opening import keys_of, opened_history

MONDAY: Final = datetime(2026, 9, 7, 2, 5, tzinfo=UTC)  # five past ten in Shanghai, a working day
_STEP_SECONDS: Final = 45.0
_RECORD_SECONDS: Final = 45.0
_SETTLE_SECONDS: Final = 2.0
_QUIET_LOOKS: Final = 2


@dataclass(slots=True, kw_only=True)
class Fuzzed:
    """What a run did, and what was found wrong with it."""

    plan: FuzzPlan
    kills: int = 0
    lost_at_hand: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    decisions: int = 0
    histories: int = 0
    replays: int = 0
    findings: list[FaultFinding] = field(default_factory=list)

    def take(self, verdict: FaultVerdict) -> None:
        """Add the verdict on one case."""
        self.decisions += verdict.decisions
        self.histories += verdict.histories
        self.replays += verdict.replays
        self.findings += verdict.findings


async def fuzz(plan: FuzzPlan, folder: Path) -> Fuzzed:
    """Run a plan in an empty folder, which keeps ledger, logs and the histories of cases found broken."""
    prepare()
    fuzzed, noted = Fuzzed(plan=plan), Ledger()
    async with serving(free_settings(folder)) as system:
        runs = await _pressed(system, plan, folder, fuzzed, noted)
    fuzzed.outcomes, fuzzed.acknowledged = dict(noted.outcomes), len(noted.acknowledged)
    keep(folder, runs)
    await pass_judgement(fuzzed, ledger_file(system), noted, runs)
    return fuzzed


async def _pressed(
    system: System, plan: FuzzPlan, folder: Path, fuzzed: Fuzzed, noted: Ledger
) -> dict[str, list[WorkflowHistory]]:
    """The histories of a run's cases, once each has taken one more step on a worker that had to replay it."""
    errand = FuzzErrand(
        conductor=plan.conductor, cached=plan.cached, mode_file=str(folder / "mode"), seed=plan.seed
    )
    nemesis = Nemesis(system, errand)
    await nemesis.begin(plan.workers)
    drill = DrillClock(epoch=datetime.now(UTC), origin=MONDAY, scale=DRILL_SCALE)
    callers = [FuzzCaller(system.client, plan, drill, ordinal, noted) for ordinal in range(plan.cases)]
    await asyncio.gather(*(caller.open_case() for caller in callers))
    until = asyncio.get_running_loop().time() + plan.seconds
    rage = nemesis.rage(plan)
    await asyncio.gather(rage, *(caller.press(until) for caller in callers))
    await asyncio.sleep(_SETTLE_SECONDS)
    await nemesis.anew()
    numbers = await asyncio.gather(*(caller.last_step(_STEP_SECONDS) for caller in callers))
    last = {caller.incident_id: number for caller, number in zip(callers, numbers, strict=True)}
    stuck = [incident_id for incident_id, number in last.items() if number is None]
    fuzzed.findings += [FaultFinding(incident_id=each, wrong=WrongFinding.STUCK) for each in stuck]
    reached = {each: number for each, number in last.items() if number is not None}
    with suppress(TimeoutError):  # what is missing then, the judge tells
        async with asyncio.timeout(_RECORD_SECONDS):
            await settled(system, reached)
    nemesis.lose()
    fuzzed.kills, fuzzed.lost_at_hand = nemesis.kills, nemesis.lost_at_hand
    return {caller.incident_id: await histories(system.client, caller.incident_id) for caller in callers}


async def settled(system: System, numbers: dict[str, int]) -> None:
    """Wait until the log holds what was acknowledged, and no case has anything under way,
    at two looks in turn.
    """
    quiet = 0
    while quiet < _QUIET_LOOKS:
        recorded_numbers = last_numbers(ledger_file(system))
        is_behind = any(
            recorded_numbers.get(incident_id, 0) < number for incident_id, number in numbers.items()
        )
        is_busy = is_behind or any([await _is_busy(system.client, each) for each in numbers])
        quiet = 0 if is_busy else quiet + 1
        await asyncio.sleep(0.5)


async def _is_busy(client: Client, incident_id: str) -> bool:
    description = (await client.get_workflow_handle(incident_id).describe()).raw_description
    return bool(description.pending_activities) or description.HasField("pending_workflow_task")


def ledger_file(system: System) -> Path:
    """The file of event log and ledger."""
    return Path(make_url(system.settings.database_url).database or "")


async def histories(client: Client, incident_id: str) -> list[WorkflowHistory]:
    """All runs of a case, the oldest first."""
    runs: list[WorkflowHistory] = []
    run_id: str | None = None
    while run_id != "":
        history = await client.get_workflow_handle(incident_id, run_id=run_id).fetch_history()
        runs.insert(0, opened_history(history, keys_of(client)))
        run_id = continued_from(history)
    return runs


async def pass_judgement(
    fuzzed: Fuzzed, file: Path, noted: Ledger, runs: dict[str, list[WorkflowHistory]]
) -> None:
    """Judge each case by its histories, the log, and what its caller noted."""
    plan = fuzzed.plan
    async with replaying(conductor(plan.conductor)) as replays:
        for incident_id, histories in runs.items():
            stored = stored_case(file, incident_id)
            lengthening = plan.history_limit is None
            fuzzed.take(
                await judge(
                    replays, incident_id, histories, stored, cut_every=plan.cut_every, lengthening=lengthening
                )
            )
            acknowledged = [each for each in noted.acknowledged if each.incident_id == incident_id]
            fuzzed.findings += kept(acknowledged, stored)


def keep(folder: Path, runs: dict[str, list[WorkflowHistory]]) -> None:
    """Write down the histories, of which those that are found broken become goldens."""
    for incident_id, histories in runs.items():
        for ordinal, run in enumerate(histories):
            (folder / f"{incident_id}.{ordinal}.json").write_text(run.to_json(), encoding="utf-8")


def in_short(findings: Sequence[FaultFinding], most: int = 20) -> list[str]:
    """The findings as lines, the first of each case and kind."""
    first: dict[tuple[str, WrongFinding], FaultFinding] = {}
    for finding in findings:
        first.setdefault((finding.incident_id, finding.wrong), finding)
    return [str(finding) for finding in [*first.values()][:most]]
