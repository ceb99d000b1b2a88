"""P1 and P2: rounds in which the floors and the HTTP API are loaded beside each other on one server."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sqlalchemy import make_url

from bench import verify
from bench.floors import A, U, callers_of
from bench.http_callers import AcknowledgedStep, Tokens, make_tokens, open_cases
from bench.load import Act, Load, drive
from bench.plan import Plan
from bench.system import System

Say = Callable[[str], None]
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A load, and the processor milliseconds that each process took per act that succeeded."""

    load: Load
    cpu_milliseconds: dict[str, float]

    @property
    def cpu_total(self) -> float:
        """Processor milliseconds per act that succeeded, of all processes:
        what is left of a ratio on a busy machine.
        """
        return sum(self.cpu_milliseconds.values())

    def __str__(self) -> str:
        load = self.load
        cpu = " · ".join(
            f"{name} {taken:.1f}" for name, taken in self.cpu_milliseconds.items() if round(taken)
        )
        return (
            f"{load.rate:6.1f}/s  p50 {load.p50_milliseconds:6.1f} ms  p95 {load.p95_milliseconds:6.1f} ms"
            f"  {dict(load.outcomes)}  CPU ms: {cpu}"
        )


@dataclass(slots=True, kw_only=True)
class Round:
    """One round: the bare update and activity with one caller and with many, and the API likewise."""

    bare_update_alone: Measured
    bare_activity_alone: Measured
    api_alone: Measured
    bare_update: Measured
    bare_activity: Measured
    api: Measured

    @property
    def p1(self) -> float:
        """Commands per second over floor A."""
        return self.api.load.rate / self.bare_activity.load.rate

    @property
    def p2(self) -> float:
        """The median latency of a command over floor U."""
        return self.api_alone.load.p50_milliseconds / self.bare_update_alone.load.p50_milliseconds


@dataclass(slots=True, kw_only=True)
class Rounds:
    """All rounds of a run, and what the verifier found wrong afterwards."""

    rounds: list[Round] = field(default_factory=list)
    acknowledged: int = 0
    incident_ids: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def p1(self) -> float:
        """The median over the rounds."""
        return median(each.p1 for each in self.rounds)

    @property
    def p2(self) -> float:
        """The median over the rounds."""
        return median(each.p2 for each in self.rounds)


async def measure(system: System, plan: Plan, say: Say) -> Rounds:
    """Take all rounds, then compare what was acknowledged with the database."""
    acknowledged: list[AcknowledgedStep] = []
    tokens = await make_tokens(system.settings)
    taken = Rounds()
    for number in range(1, plan.rounds + 1):
        say(f"round {number} of {plan.rounds}")
        taken.rounds.append(await _round(system, plan, tokens, acknowledged, say))
    taken.acknowledged = len(acknowledged)
    taken.incident_ids = list(dict.fromkeys(step.incident_id for step in acknowledged))
    taken.faults = await verify.faults(ledger_file(system), acknowledged)
    return taken


async def _round(
    system: System, plan: Plan, tokens: Tokens, acknowledged: list[AcknowledgedStep], say: Say
) -> Round:
    async def bare(workflow: str, callers: int, seconds: float) -> Measured:
        return await measured(system, await callers_of(system.client, workflow, callers), seconds)

    async def api(callers: int, seconds: float) -> Measured:
        return await api_load(system, tokens, callers, seconds, acknowledged)

    loads: dict[str, Awaitable[Measured]] = {
        "bare_update_alone": bare(U, 1, plan.alone),
        "api_alone": api(1, plan.alone),
        "bare_activity_alone": bare(A, 1, plan.alone),
        "bare_activity": bare(A, plan.callers, plan.together),
        "api": api(plan.callers, plan.together),
        "bare_update": bare(U, plan.callers, plan.together),
    }
    taken: dict[str, Measured] = {}
    for name, load in loads.items():
        taken[name] = await load
        say(f"  {name:20}{taken[name]}")
    return Round(**taken)


async def api_load(
    system: System,
    tokens: Tokens,
    callers: int,
    seconds: float,
    acknowledged: list[AcknowledgedStep],
    *,
    begin: Callable[[], None] | None = None,
) -> Measured:
    """Commands over HTTP on fresh incidents, one per caller; `begin` is called once they are warm."""
    opened = await open_cases(system.settings, tokens, callers, acknowledged)
    try:
        return await measured(system, [caller.act for caller in opened], seconds, begin)
    finally:
        for caller in opened:
            caller.close()


async def measured(
    system: System, acts: Sequence[Act], seconds: float, begin: Callable[[], None] | None = None
) -> Measured:
    """The load of these acts, after one that is not measured."""
    await drive(acts, WARM_UP_SECONDS)
    if begin is not None:
        begin()
    before = system.cpu_seconds()
    load = await drive(acts, seconds)
    after = system.cpu_seconds()
    each = max(load.done, 1)
    return Measured(
        load=load,
        cpu_milliseconds={name: (after[name] - before.get(name, 0.0)) * 1e3 / each for name in after},
    )


def ledger_file(system: System) -> Path:
    """The file of event log and ledger."""
    return Path(make_url(system.settings.database_url).database or "")
