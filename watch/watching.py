"""The look that the watch takes every few seconds: what is written against the time,
what runs against what is open.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from storage.alarms import AlarmKind, Matter, open_alarms, settle
from storage.database import Database
from storage.heartbeats import beat, heartbeats
from storage.limits import limits_passed, unarchived
from storage.suspects import forget, suspects
from watch.asking import nobody_asked
from watch.calls import CALLS, Calls
from watch.cases import CaseStanding, HealingAttempt, ailing, is_same_trouble, running, standing
from watch.clocks import Clocks
from watch.numbers import Numbers
from watch.parts import WatchedParts
from watch.patience import Patience, Unmoved
from watch.processes import processes_down
from workflows.describing import backlog
from workflows.engine_clock import EngineClock

log = structlog.get_logger("watch")

EVERY: Final = 5.0
TOLERATED: Final = timedelta(seconds=60)  # between a limit and the record of its breach
_ENDED_LATELY: Final = timedelta(minutes=10)
_COMPARED_EVERY: Final = 20.0  # all that runs against all that is open
ROUND: Final = 600.0  # seconds within which every case is described once
_AT_ONCE: Final = 10
_DESCRIBED: Final = 100  # suspects in one look; the others in the next
_IN_TURN: Final = 500  # at most in one look, so that it comes to an end
_HEALED: Final = 10
_WAITED: Final = 30.0  # seconds that the oldest task of the queue may wait
_WORKFLOWS: Final = frozenset(
    {
        AlarmKind.CASE_MISSING,
        AlarmKind.CASE_FAILING,
        AlarmKind.CASE_APART,
        AlarmKind.CASE_LARGE,
        AlarmKind.BACKLOG,
    }
)
_PARTS: Final = frozenset({AlarmKind.DATABASE, AlarmKind.TEMPORAL, AlarmKind.WORKER})
_DATABASE: Final = (OSError, TimeoutError, SQLAlchemyError)
# A case that ended as it should may stand open in the ledger for a moment;
# a task that failed may be mended by itself.
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
    """Looks at everything, time after time; `healer` brings a case together.

    `processes` tells what the supervisor says of the processes, `ask` asks it for new ones;
    `round_seconds` is the time in which every case has its turn.
    """

    def __init__(
        self,
        database: Database,
        client: Client,
        task_queue: str,
        healer: Heals,
        *,
        processes: Callable[[], dict[str, str]] = processes_down,
        ask: Callable[[Mapping[str, str]], None] = nobody_asked,
        round_seconds: float = ROUND,
    ) -> None:
        self._database = database
        self._client = client
        self._task_queue = task_queue
        self._parts = WatchedParts(database, client, task_queue)
        self._healer = healer
        self._processes = processes
        self._ask = ask
        self._share = EVERY / round_seconds
        self.clock = EngineClock()  # whoever runs the watch keeps it
        self._clocks = Clocks(self.clock)
        self._calls = Calls()
        self._patience = Patience()
        self._failing = Unmoved(is_same_trouble)
        self._passed = Unmoved()
        self._numbers = Numbers(database)
        self._compared_at = -_COMPARED_EVERY
        self._suspects: set[str] | None = None  # found wrong in the last look; None before the first
        self._standings: dict[str, CaseStanding] = {}
        self._turn = 0.0

    async def look(self, *, heals: bool = True) -> Findings:
        """Look once, write down what is wrong, and heal what may be healed."""
        now = self.clock()
        down = await self._parts.down(now)
        await asyncio.to_thread(self._ask, self._parts.asks)
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
        if heals and not down:
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
            named = await suspects(session)
            unheard = await self._calls.wrong(session, now, monotonic())
            clocks = self._clocks.wrong(await heartbeats(session))
            if self._suspects is None:
                self._suspects = {alarm.subject for alarm in await open_alarms(session)}
        self._passed.note(passed, monotonic())
        wrong |= unheard
        checked |= CALLS
        wrong |= {(AlarmKind.LIMIT_PASSED, case): fell_at.isoformat() for case, fell_at in passed.items()}
        checked.add(AlarmKind.LIMIT_PASSED)
        if clocks is not None:
            wrong |= {(AlarmKind.CLOCK, name): by for name, by in clocks.items()}
            checked.add(AlarmKind.CLOCK)
        if AlarmKind.TEMPORAL in down:
            return
        try:
            has_worker = await self._is_worked_on(down, wrong)
            await self._look_at_workflows(now, cases, set(passed) | named, wrong, has_worker=has_worker)
        except RPCError as error:
            log.warning("the engine does not list its cases", error=error.status.name)
            wrong[AlarmKind.TEMPORAL, ""] = error.status.name
        else:
            checked |= _WORKFLOWS
            await self._forget(named, cases, wrong, has_worker=has_worker)

    async def _is_worked_on(self, down: Collection[AlarmKind], wrong: dict[Matter, str]) -> bool:
        """Whether a case whose task nobody takes is to blame for it;
        else whatever waits, waits for its turn.
        """
        waiting = await backlog(self._client, self._task_queue)
        if waiting.seconds > _WAITED:
            wrong[AlarmKind.BACKLOG, ""] = f"{waiting.tasks} tasks, the oldest for {waiting.seconds:.0f} s"
        return not down and not waiting.tasks

    async def _forget(
        self, named: set[str], cases: tuple[str, ...], wrong: Mapping[Matter, str], *, has_worker: bool
    ) -> None:
        """Forget the cases named by others which were described and are well,
        and those that need no clock any more.
        """
        if not named or not has_worker:
            return
        ill = {subject for _, subject in wrong}
        well = {case for case, one in self._standings.items() if not one.is_busy} - ill
        if done := named & (well | (named - set(cases))):
            await forget(self._database, done)

    async def _look_at_workflows(
        self,
        now: datetime,
        cases: tuple[str, ...],
        passed: set[str],
        wrong: dict[Matter, str],
        *,
        has_worker: bool,
    ) -> None:
        suspects = passed | (self._suspects or set()) | await ailing(self._client, now - _ENDED_LATELY)
        if monotonic() - self._compared_at >= _COMPARED_EVERY:
            suspects |= set(cases) - await running(self._client)
            self._compared_at = monotonic()
        in_turn = self._next_of_the_round(cases)
        names = list(dict.fromkeys((*sorted(suspects & set(cases))[:_DESCRIBED], *in_turn)))
        proven = await self._numbers.proven(names)
        self._standings = await self._described(names)
        doubted, certain = await self._numbers.compared(
            self._standings, proven, monotonic(), has_worker=has_worker
        )
        ill = {case for case, one in self._standings.items() if one.faults}
        self._patience.note(ill | passed | doubted, monotonic())
        self._failing.note({case: self._standings[case].attempt for case in ill}, monotonic())
        for case in ill:
            one = self._standings[case]
            if one.is_certain or self._failing.age(case, monotonic()) >= _DOUBTED_FOR:
                wrong |= {(kind, case): detail for kind, detail in one.faults.items()}
        wrong |= certain
        self._suspects = ill | doubted

    async def _described(self, names: Collection[str]) -> dict[str, CaseStanding]:
        """How these cases stand; one of which the engine does not say stands as it did.

        Raises RPCError where it says nothing.
        """
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(case: str) -> CaseStanding:
            async with places:
                return await standing(self._client, case)

        answers = dict(
            zip(names, await asyncio.gather(*map(one, names), return_exceptions=True), strict=True)
        )
        silent = {case: answer for case, answer in answers.items() if isinstance(answer, BaseException)}
        for error in silent.values():
            if not isinstance(error, RPCError) or len(silent) == len(answers):
                raise error
        return {
            case: answer if isinstance(answer, CaseStanding) else self._as_before(case)
            for case, answer in answers.items()
        }

    def _as_before(self, case: str) -> CaseStanding:
        """The faults that a case had; where it stands is not known,
        so it is neither compared nor taken for idle.
        """
        before = self._standings.get(case)
        return CaseStanding(
            faults=before.faults if before else {},
            is_busy=True,
            is_certain=before is not None and before.is_certain,
            attempt=before.attempt if before else HealingAttempt(),
        )

    def _next_of_the_round(self, cases: tuple[str, ...]) -> tuple[str, ...]:
        """The share of all cases that is due to be described in this look."""
        begin = self._turn
        self._turn = begin + self._share
        first, last = int(begin * len(cases)), int(self._turn * len(cases))
        if self._turn >= 1:
            self._turn, last = 0.0, len(cases)
        return cases[first : min(last, first + _IN_TURN)]

    async def _heal_cases(self, findings: Findings) -> None:
        stuck = self._stuck(findings)
        parted = findings.cases(AlarmKind.CASE_MISSING) | findings.cases(AlarmKind.CASE_APART)
        for case in sorted(parted | stuck)[:_HEALED]:
            if not self._patience.may_heal(case, monotonic()):
                continue
            cause = ", ".join(sorted({kind for kind, subject in findings.wrong if subject == case}))
            failure = await self._healer.heal(case, anew=case in stuck)
            self._patience.healed(case, monotonic())
            log.warning(
                "healed" if not failure else "not healed", incident=case, cause=cause, failure=failure
            )

    def _stuck(self, findings: Findings) -> set[str]:
        """Cases that fail for longer than a passing trouble does,
        and those that let a limit go by and do nothing.
        """
        now = monotonic()
        failing = {
            case
            for case in findings.cases(AlarmKind.CASE_FAILING)
            if self._is_untaken(case) or self._failing.age(case, now) >= _LEFT_ALONE_FOR
        }
        idle = {
            case
            for case in findings.cases(AlarmKind.LIMIT_PASSED)
            if case in self._standings
            and not self._standings[case].is_busy
            and self._passed.age(case, now) >= _LEFT_ALONE_FOR
        }
        return failing | idle

    def _is_untaken(self, case: str) -> bool:
        """Whether a case fails because nobody takes its task, which is said after a while alone."""
        return AlarmKind.CASE_FAILING not in self._standings[case].faults
