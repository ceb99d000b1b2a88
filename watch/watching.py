"""The look that the watch takes every few seconds: what is written against the time, what runs against what is open."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from storage.alarms import AlarmKind, Matter, open_alarms, settle
from storage.database import Database
from storage.heartbeats import beat
from storage.limits import limits_passed, states_over, unarchived
from watch.cases import LARGE_STATE, Standing, ailing, running, standing
from watch.parts import parts_down
from watch.patience import Patience
from watch.processes import processes_down

log = structlog.get_logger("watch")

EVERY: Final = 5.0
TOLERATED: Final = timedelta(seconds=60)  # between a limit and the record of its breach
_ENDED_LATELY: Final = timedelta(minutes=10)
_COMPARED_EVERY: Final = 20.0  # all that runs against all that is open
_ROUND: Final = 600.0  # within which every case is described once
_AT_ONCE: Final = 10
_DESCRIBED: Final = 100  # suspects in one look; the others in the next
_HEALED: Final = 10
_CASES: Final = frozenset({AlarmKind.CASE_MISSING, AlarmKind.CASE_FAILING, AlarmKind.CASE_LARGE})
_PARTS: Final = frozenset({AlarmKind.DATABASE, AlarmKind.TEMPORAL, AlarmKind.WORKER})
_DATABASE: Final = (OSError, TimeoutError, SQLAlchemyError)
# A case that ended as it should may stand open in the ledger for a moment; a task that failed may be mended by itself.
_DOUBTED_FOR: Final = 8.0
_LEFT_ALONE_FOR: Final = 15.0


class Heals(Protocol):
    """Whoever brings a case together."""

    async def heal(self, incident_id: str, *, anew: bool) -> str:
        """Do it, `anew` though its workflow runs; empty, or why it could not be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one look found wrong, and which kinds of things it was able to look at."""

    wrong: dict[Matter, str]
    checked: frozenset[AlarmKind]

    def cases(self, kind: AlarmKind) -> set[str]:
        """The cases of which something is wrong."""
        return {subject for of, subject in self.wrong if of is kind}


class Watch:
    """Looks at everything, time after time; `healer` brings a case together."""

    def __init__(
        self,
        database: Database,
        client: Client,
        task_queue: str,
        healer: Heals,
        processes: Callable[[], dict[str, str]] = processes_down,
    ) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._healer = healer
        self._processes = processes
        self._patience = Patience()
        self._compared_at = -_COMPARED_EVERY
        self._suspects: set[str] | None = None  # found wrong in the last look; None before the first
        self._standings: dict[str, Standing] = {}
        self._turn = 0.0

    async def look(self) -> Findings:
        """Look once, write down what is wrong, and heal what may be healed."""
        now = datetime.now(UTC)
        down = await parts_down(self._database, self._client, self._task_queue, now)
        wrong: dict[Matter, str] = {(kind, ""): fault for kind, fault in down.items()}
        wrong |= {(AlarmKind.PROCESS, name): fault for name, fault in self._processes().items()}
        checked = {*_PARTS, AlarmKind.PROCESS} - ({AlarmKind.WORKER} if AlarmKind.TEMPORAL in down else set())
        try:
            await self._look_at_cases(now, down, wrong, checked)
            await settle(self._database, wrong, checked, now)
            await beat(self._database, "watch", now)
        except _DATABASE as error:
            log.warning("the watch cannot write", error=type(error).__name__)
        findings = Findings(wrong=wrong, checked=frozenset(checked))
        if not down:
            await self._heal_cases(findings)
        return findings

    async def _look_at_cases(
        self,
        now: datetime,
        down: Collection[AlarmKind],
        wrong: dict[Matter, str],
        checked: set[AlarmKind],
    ) -> None:
        async with self._database.session() as session:
            passed = await limits_passed(session, now - TOLERATED)
            cases = await unarchived(session)
            if self._suspects is None:
                self._suspects = {alarm.subject for alarm in await open_alarms(session)}
        wrong |= {(AlarmKind.LIMIT_PASSED, case): fell_at.isoformat() for case, fell_at in passed.items()}
        checked.add(AlarmKind.LIMIT_PASSED)
        if AlarmKind.TEMPORAL in down:
            return
        try:
            await self._look_at_workflows(now, cases, set(passed), wrong)
        except RPCError as error:
            log.warning("the engine does not list its cases", error=error.status.name)
        else:
            checked |= _CASES

    async def _look_at_workflows(
        self, now: datetime, cases: tuple[str, ...], passed: set[str], wrong: dict[Matter, str]
    ) -> None:
        suspects = passed | (self._suspects or set()) | await ailing(self._client, now - _ENDED_LATELY)
        if monotonic() - self._compared_at >= _COMPARED_EVERY:
            suspects |= set(cases) - await running(self._client)
            self._compared_at = monotonic()
        suspects |= self._next_of_the_round(cases)
        names = sorted(suspects & set(cases))[:_DESCRIBED]
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(case: str) -> Standing:
            async with places:
                return await standing(self._client, case)

        self._standings = dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))
        async with self._database.session() as session:
            large = await states_over(session, names, LARGE_STATE)
        wrong |= {(AlarmKind.CASE_LARGE, case): f"{size} characters of state" for case, size in large.items()}
        ill = {case for case, found in self._standings.items() if found.faults}
        self._patience.note(ill | passed, monotonic())
        for case in ill:
            found = self._standings[case]
            if found.is_certain or self._patience.age(case, monotonic()) >= _DOUBTED_FOR:
                wrong |= {(kind, case): detail for kind, detail in found.faults.items()}
        self._suspects = ill | set(large)

    def _next_of_the_round(self, cases: tuple[str, ...]) -> set[str]:
        """The share of all cases that is due to be described in this look."""
        begin = self._turn
        self._turn = begin + EVERY / _ROUND
        first, last = int(begin * len(cases)), int(self._turn * len(cases))
        if self._turn >= 1:
            self._turn, last = 0.0, len(cases)
        return set(cases[first:last])

    async def _heal_cases(self, findings: Findings) -> None:
        stuck = self._stuck(findings)
        for case in sorted(findings.cases(AlarmKind.CASE_MISSING) | stuck)[:_HEALED]:
            if not self._patience.may_heal(case, monotonic()):
                continue
            cause = ", ".join(sorted({kind for kind, subject in findings.wrong if subject == case}))
            failure = await self._healer.heal(case, anew=case in stuck)
            self._patience.healed(case, monotonic())
            log.warning(
                "healed" if not failure else "not healed", incident=case, cause=cause, failure=failure
            )

    def _stuck(self, findings: Findings) -> set[str]:
        """Cases that fail for longer than a passing trouble does, and those that let a limit go by and do nothing."""
        now = monotonic()
        failing = {
            case
            for case in findings.cases(AlarmKind.CASE_FAILING)
            if self._patience.age(case, now) >= _LEFT_ALONE_FOR
        }
        idle = {
            case
            for case in findings.cases(AlarmKind.LIMIT_PASSED)
            if case in self._standings
            and not self._standings[case].is_busy
            and self._patience.age(case, now) >= _LEFT_ALONE_FOR
        }
        return failing | idle
