"""Brings event log, ledger and workflow of a case together:
the longer proven record wins, the other follows from it.
"""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import as_kept
from audit.evidence import CaseEvidence, EvidenceState, FewAtOnce, Unreachable, evidence
from audit.gone_texts import follow_keys
from audit.rebuild import start_from_log
from audit.replay import replays
from audit.signals import SIGNAL, registration_of, undecided
from domain.catalogue import Decision, Submission
from storage import case_texts, event_log, histories
from storage.database import Database
from storage.healings import HealingEntry, Phase, Side, continue_with, enter, keep_fork
from storage.numbers import remember
from storage.proof import prove
from storage.record import record
from storage.text_keys import TextKeys
from workflows.client import start
from workflows.opening import keys_of

AT_ONCE: Final = 2
"""Cases whose histories are replayed at one time: while one is read, another is decided;
more would only wait for it.
"""
_PATIENCE: Final = timedelta(seconds=10)
_REASON: Final = "started anew from its event log"
_NOTE: Final = 200  # characters of a reason


class CaseFault(StrEnum):
    """What was found between the records of a case, or with its workflow."""

    LOG_BEHIND = "log_behind"
    WORKFLOW_BEHIND = "workflow_behind"
    FORK = "fork"
    NO_WORKFLOW = "no_workflow"
    WORKFLOW_ENDED = "workflow_ended"
    DOES_NOT_REPLAY = "does_not_replay"
    OLDER_RELEASE = "older_release"
    ASKED_FOR = "asked_for"
    UNFINISHED = "unfinished"


_CALLS_FOR_A_START: Final = frozenset(CaseFault) - {
    CaseFault.LOG_BEHIND,
    CaseFault.FORK,
    CaseFault.UNFINISHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """What came of a case: what was found, empty where all was well; where both records stand now;
    what was done for it.

    `failure` says why it could not be healed, empty where it was.
    """

    incident_id: str
    cause: str
    faults: tuple[CaseFault, ...] = ()
    number: int = 0
    appended: int = 0
    forked: int = 0
    handed_over: int = 0
    is_started: bool = False
    failure: str = ""

    @property
    def was_well(self) -> bool:
        """Whether nothing had to be done."""
        return not self.faults and not self.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class HealingContext:
    """Where cases are healed: the ledger database, Temporal, the queue that the worker asks,
    a replayer of histories.
    """

    database: Database
    client: Client
    task_queue: str
    replayer: FewAtOnce


@asynccontextmanager
async def place_of(
    database: Database, client: Client, task_queue: str, *, at_once: int = AT_ONCE
) -> AsyncIterator[HealingContext]:
    """A place, with replayers for so many cases at once, which are ended on the way out."""
    async with AsyncExitStack() as stack:
        replayers = [await stack.enter_async_context(replays()) for _ in range(at_once)]
        yield HealingContext(
            database=database, client=client, task_queue=task_queue, replayer=FewAtOnce(replayers)
        )


async def heal(
    database: Database, client: Client, task_queue: str, incident_id: str, cause: str, *, anew: bool = False
) -> Healing:
    """As `heal_in`, for a single case."""
    async with place_of(database, client, task_queue, at_once=1) as place:
        return await heal_in(place, incident_id, cause, anew=anew)


async def heal_in(
    place: HealingContext,
    incident_id: str,
    cause: str,
    *,
    anew: bool = False,
    ended_runs: Collection[str] = (),
) -> Healing:
    """Bring the records of one case together; `anew` starts its workflow from the log even where nothing
    else calls for it.

    1. Where the log lacks decisions of the history, they are appended. Where both go on differently, what
       nobody proved is withdrawn; of two proven ones the longer wins, the log where they are equally long,
       and the other's decisions are kept as those of a fork.
    2. A workflow that is missing, behind, ended, of an older order of commands, or that does not replay, is
       ended and started anew from the log, its due instants where they were. What was handed to it by signal
       and is not in the log (`ended_runs` names runs that an earlier healing ended) is handed over again.
    3. What was done is entered in the book of healings; nothing is, where all was well.

    Never raises for a case that cannot be healed: `failure` says why.
    """
    healer = _Healer(place, incident_id, cause, anew, set(ended_runs))
    try:
        return await healer.heal()
    except (Unreachable, RPCError) as error:
        return Healing(incident_id=incident_id, cause=cause, failure=_in_short(error))
    except Exception as error:  # noqa: BLE001  one case that cannot be healed must not keep the others from it
        failure = _in_short(error)
        await healer.enter_failure(failure)
        return Healing(incident_id=incident_id, cause=cause, faults=healer.faults, failure=failure)


def _log_wins(evidence: CaseEvidence) -> bool:
    """Whether both records were proven and go on differently, and the log is not the shorter one."""
    ours, theirs = evidence.only_in_log, evidence.only_in_history
    both = bool(ours and theirs) and evidence.proven >= ours[0].decision.last_number
    return both and evidence.proven >= theirs[-1].last_number


def _faults(evidence: CaseEvidence, task_queue: str, *, anew: bool) -> Iterator[CaseFault]:
    """What keeps the records of a case from being one, or its workflow from going on."""
    ours, theirs, standing = evidence.only_in_log, evidence.only_in_history, evidence.standing
    is_proven = bool(ours) and evidence.proven >= ours[0].decision.last_number
    if theirs:
        yield CaseFault.FORK if is_proven else CaseFault.LOG_BEHIND
    elif is_proven and standing is not None and not evidence.is_archived_in_history:
        yield CaseFault.WORKFLOW_BEHIND
    if standing is None:
        if evidence.log and not evidence.is_archived:
            yield CaseFault.NO_WORKFLOW
        return
    if standing.is_running:
        yield from _of_a_running_one(evidence, standing, task_queue)
    elif (evidence.log or evidence.history) and not evidence.is_archived:
        yield CaseFault.WORKFLOW_ENDED
    if anew and not evidence.is_archived:
        yield CaseFault.ASKED_FOR


def _of_a_running_one(
    evidence: CaseEvidence, standing: EvidenceState, task_queue: str
) -> Iterator[CaseFault]:
    if standing.task_queue != task_queue or evidence.is_of_older_release:
        yield CaseFault.OLDER_RELEASE
    elif evidence.does_not_replay:
        yield CaseFault.DOES_NOT_REPLAY


def _in_short(error: Exception) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:_NOTE]


@dataclass(slots=True)
class _Healer:
    """Heals one case; `before` is what was found at first."""

    place: HealingContext
    incident_id: str
    cause: str
    anew: bool
    ended_runs: set[str]
    before: CaseEvidence | None = None
    faults: tuple[CaseFault, ...] = ()

    async def heal(self) -> Healing:
        evidence = self.before = await self._look()
        self.faults = tuple(_faults(evidence, self.place.task_queue, anew=self.anew))
        if self.ended_runs:
            self.faults = (*self.faults, CaseFault.UNFINISHED)
        if not self.faults:
            return Healing(incident_id=self.incident_id, cause=self.cause, number=evidence.log_number)
        starts = bool(_CALLS_FOR_A_START & set(self.faults)) or _log_wins(evidence)
        if starts and evidence.standing is not None:
            self.ended_runs.add(evidence.standing.run_id)
            await self._enter(self._entry(Phase.BEGUN, run_id=evidence.standing.run_id))
            await self._end(evidence.standing, keeps_history=not evidence.is_of_a_stranger)
            evidence = await self._look()
        appended, forked = await self._join(evidence)
        if starts:
            await self._start(evidence)
        handed_over = await self._hand_over()
        done = self._entry(Phase.DONE, appended=appended, forked=forked, handed_over=handed_over)
        done = replace(done, number=await self._log_number())
        await self._enter(done)
        return Healing(
            incident_id=self.incident_id,
            cause=self.cause,
            faults=self.faults,
            number=done.number,
            appended=appended,
            forked=forked,
            handed_over=handed_over,
            is_started=starts,
        )

    async def _look(self) -> CaseEvidence:
        place = self.place
        return await evidence(place.database, place.client, place.replayer, self.incident_id)

    async def _end(self, standing: EvidenceState, *, keeps_history: bool) -> None:
        """End a run where it runs, and keep its history:
        what it held is compared, and handed over, from there.
        """
        handle = self.place.client.get_workflow_handle(self.incident_id, run_id=standing.run_id)
        if standing.is_running:
            try:
                await handle.terminate(reason=_REASON, rpc_timeout=_PATIENCE)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:  # it ended by itself meanwhile
                    raise
        if not keeps_history:
            return
        history = await handle.fetch_history(rpc_timeout=_PATIENCE)
        await histories.keep(self.place.database, as_kept(history, standing.run_id))

    async def _join(self, evidence: CaseEvidence) -> tuple[int, int]:
        """Bring the log to where the longer record stands;
        gives the decisions appended, and those kept as of a fork.
        """
        database, ours, theirs = self.place.database, evidence.only_in_log, evidence.only_in_history
        if not theirs:
            return 0, 0
        keys = keys_of(self.place.client)
        texts = TextKeys(keys).opened(self.incident_id, evidence.texts) if keys else evidence.texts
        await database.write(partial(case_texts.keep, incident_id=self.incident_id, texts=texts))
        if keys:
            await follow_keys(database, TextKeys(keys), self.incident_id)
        if _log_wins(evidence):
            return 0, await keep_fork(database, self.incident_id, Side.HISTORY, theirs)
        if ours and evidence.proven >= ours[0].decision.last_number:
            lost = [row.decision for row in ours]
            return len(theirs), await continue_with(database, self.incident_id, lost, theirs)
        await record(database, self.incident_id, theirs, durable=True)
        await self._remember_number(theirs[0])
        return len(theirs), 0

    async def _remember_number(self, first: Decision) -> None:
        """A case that came back has its number drawn, or another registration would be given it."""
        if isinstance(first.cause, Submission) and first.cause.opening is not None:
            await remember(self.place.database, first.cause.command_id, first.cause.opening.number)

    async def _start(self, evidence: CaseEvidence) -> None:
        """Start the workflow from the log, or once more from its registration where nothing
        was decided yet.
        """
        async with self.place.database.session() as session:
            log = await event_log.decisions(session, self.incident_id, unproven=True)
        with suppress(WorkflowAlreadyStartedError):  # somebody else healed it meanwhile
            if not log:
                if (submission := registration_of(evidence.runs)) is not None:
                    await start(self.place.client, self.place.task_queue, submission, again=True)
                return
            decisions = [row.decision for row in log]
            name = log[-1].lineage
            await start_from_log(self.place.client, self.place.task_queue, decisions, name)
            write = partial(
                prove, incident_id=self.incident_id, number=decisions[-1].last_number, lineage=name
            )
            await self.place.database.write(write)

    async def _hand_over(self) -> int:
        """Hand over what ended runs were given by signal and never decided; gives how much it was."""
        missing = await undecided(self.place.database, self.place.client, self.incident_id, self.ended_runs)
        handle = self.place.client.get_workflow_handle(self.incident_id)
        for payload in missing:
            await handle.signal(SIGNAL, RawValue(payload), rpc_timeout=_PATIENCE)
        return len(missing)

    async def enter_failure(self, failure: str) -> None:
        """Enter that the case could not be healed."""
        await self._enter(self._entry(Phase.FAILED, note=failure))

    async def _log_number(self) -> int:
        return await self.place.database.write(partial(_last_number, incident_id=self.incident_id))

    async def _enter(self, entry: HealingEntry) -> None:
        await enter(self.place.database, entry)

    def _entry(self, phase: Phase, **done: Any) -> HealingEntry:
        evidence = self.before
        return HealingEntry(
            incident_id=self.incident_id,
            cause=self.cause,
            phase=phase,
            faults=tuple(fault.value for fault in self.faults),
            log_number=evidence.log_number if evidence else 0,
            history_number=evidence.history_number if evidence else 0,
            **done,
        )


def _last_number(connection: Connection, incident_id: str) -> int:
    return event_log.tail(connection, incident_id).number
