"""What log and Temporal say of one case, side by side:
where each ends, where they part, and how its workflow stands.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from activities.payloads import RecordInput
from audit.histories import continued_from, find
from audit.replay import Conductors, ReplayResult, is_until_0_3
from domain.catalogue import Decision
from domain.steps.close import Archived
from domain.terms.free_texts import CaseText
from storage import event_log
from storage.database import Database
from storage.event_log import StoredDecision
from storage.proof import proven
from storage.sealing_keys import first_key_at
from workflows.converter import read
from workflows.describing import described
from workflows.opening import keys_of, opened_history
from workflows.payloads import CaseInput
from workflows.sealing import is_unopened

_PATIENCE: Final = timedelta(seconds=10)
_TRIES: Final = 3
TOO_SLOW: Final = "[TMPRL1101]"  # the SDK's mark of a step that took longer than two seconds
_RECORD: Final = "record"


class Unreachable(Exception):  # noqa: N818  named for what was found
    """Temporal cannot be asked for the histories of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceState:
    """The last run of a case on the server: its id, how it stands, and the queue that it asks."""

    run_id: str
    status: WorkflowExecutionStatus | None
    task_queue: str

    @property
    def is_running(self) -> bool:
        """Whether the case has a clock."""
        return self.status is WorkflowExecutionStatus.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvidence:
    """The two records of one case.

    `log` is all that the event log holds, `proven` the number up to which Temporal was known to hold it.
    `history` are the decisions that replayed runs testify, those after event `base`, which the first of them
    began from.
    """

    incident_id: str
    log: tuple[StoredDecision, ...]
    proven: int
    runs: tuple[WorkflowHistory, ...]
    results: tuple[ReplayResult, ...]
    history: tuple[Decision, ...]
    base: int
    standing: EvidenceState | None
    plain: frozenset[str] = frozenset()

    @property
    def texts(self) -> tuple[CaseText, ...]:
        """What the decisions of the histories refer to."""
        return tuple(text for result in self.results for text in result.texts)

    @property
    def log_number(self) -> int:
        """The number of the last event in the log."""
        return self.log[-1].decision.last_number if self.log else 0

    @property
    def history_number(self) -> int:
        """The number of the last event that Temporal's histories hold, or that a run of theirs began from."""
        return self.history[-1].last_number if self.history else self.base

    @property
    def lineage(self) -> str:
        """The name of the last decision in the log; empty without any."""
        return self.log[-1].lineage if self.log else ""

    @property
    def in_common(self) -> int:
        """The number of the last event up to which both records hold the same,
        as far as the histories reach.
        """
        stored = {row.decision.first_number: row.decision for row in self.log}
        agreed = tuple(takewhile(lambda decided: stored.get(decided.first_number) == decided, self.history))
        return agreed[-1].last_number if agreed else min(self.base, self.log_number)

    @property
    def only_in_log(self) -> tuple[StoredDecision, ...]:
        """The decisions of the log after what both have in common."""
        common = self.in_common
        return tuple(row for row in self.log if row.decision.first_number > common)

    @property
    def only_in_history(self) -> tuple[Decision, ...]:
        """The decisions of the histories after what both have in common."""
        common = self.in_common
        return tuple(decided for decided in self.history if decided.first_number > common)

    @property
    def is_archived(self) -> bool:
        """Whether either record says that the case was archived, so that it needs no clock."""
        return self.is_archived_in_history or _archives(row.decision for row in self.log)

    @property
    def is_archived_in_history(self) -> bool:
        """Whether the histories say so."""
        return _archives(self.history)

    @property
    def is_of_older_release(self) -> bool:
        """Whether the last run was recorded by a release that did not seal,
        or whose order of commands is another.
        """
        return bool(self.runs) and (is_until_0_3(self.runs[-1]) or self.runs[-1].run_id in self.plain)

    @property
    def is_of_a_stranger(self) -> bool:
        """Whether the last run was begun by somebody who is not of the house."""
        return bool(self.runs) and began_with(self.runs[-1]) == CaseInput()

    @property
    def does_not_replay(self) -> bool:
        """Whether the last run breaks off when it is replayed, as it would for a worker."""
        return bool(self.results) and self.results[-1].failure is not None


def _archives(decisions: Iterable[Decision]) -> bool:
    return any(isinstance(event, Archived) for decided in decisions for event in decided.events)


class FewAtOnce:
    """Replayers for many who ask at once: each takes one history after the other."""

    def __init__(self, conductors: Collection[Conductors]) -> None:
        self._free: asyncio.Queue[Conductors] = asyncio.Queue()
        for one in conductors:
            self._free.put_nowait(one)

    async def replays(self, runs: Sequence[WorkflowHistory]) -> list[ReplayResult]:
        """What each run says when it is replayed; raises Unreachable where this machine is too
        slow for that now.
        """
        one = await self._free.get()
        try:
            return [await _result(one, run) for run in runs]
        finally:
            self._free.put_nowait(one)


async def _result(conductors: Conductors, run: WorkflowHistory) -> ReplayResult:
    for _ in range(_TRIES):
        result = await conductors.replay(run)
        if result.failure is None or TOO_SLOW not in result.failure:
            return _with_what_was_handed_over(run, result)
    raise Unreachable("a history took too long to replay")


def _with_what_was_handed_over(run: WorkflowHistory, result: ReplayResult) -> ReplayResult:
    """The result of a run that does not replay, with the decisions that stand in its history
    as the input of a record.
    """
    if result.failure is None and not result.is_cut_differently:
        return result
    decisions = {decided.first_number: decided for decided in result.decisions}
    for event in run.events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == _RECORD:
            payload = scheduled.input.payloads[0]
            if is_unopened(payload):  # a stranger answered the task that gave it
                continue
            record: RecordInput = read(payload, RecordInput)
            decisions |= {decided.first_number: decided for decided in record.decisions}
    return replace(result, decisions=tuple(decisions.values()))


async def evidence(database: Database, client: Client, replayer: FewAtOnce, incident_id: str) -> CaseEvidence:
    """Read the log, then the histories, so that what was recorded meanwhile shows in the latter.

    Raises Unreachable.
    """
    async with database.session() as session:
        log = tuple(await event_log.decisions(session, incident_id, unproven=True))
        proven_number = await proven(session, incident_id)
    standing = await _standing(client, incident_id)
    async with database.session() as session:
        histories = await find(session, client, incident_id)
    if histories.unreachable:
        raise Unreachable(histories.unreachable)
    runs = _chain(histories.runs, standing)
    results = await replayer.replays(runs)
    if runs and _begin(runs[0], results[0]) > (log[-1].decision.last_number if log else 0):
        async with database.session() as session:
            sealed_since = await first_key_at(session)
        runs = await _all_runs(client, incident_id, histories.runs, sealed_since)
        results = await replayer.replays(runs)
    base, history = _merged(runs, results)
    return CaseEvidence(
        incident_id=incident_id,
        log=log,
        proven=proven_number,
        runs=tuple(runs),
        results=tuple(results),
        history=history,
        base=base,
        standing=standing,
        plain=histories.plain,
    )


async def _standing(client: Client, incident_id: str) -> EvidenceState | None:
    try:
        description = await described(client, incident_id, _PATIENCE)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise Unreachable(f"Temporal: {error.status.name}") from None
    return EvidenceState(
        run_id=description.run_id, status=description.status, task_queue=description.task_queue
    )


def _chain(runs: Sequence[WorkflowHistory], standing: EvidenceState | None) -> list[WorkflowHistory]:
    """The last run with those that it continues, the oldest first:
    what came before them was begun anew from the log.
    """
    by_id = {run.run_id: run for run in runs}
    last = by_id.get(standing.run_id) if standing else None
    last = last or (runs[-1] if runs else None)
    chain: list[WorkflowHistory] = []
    while last is not None:
        chain.insert(0, last)
        last = by_id.get(continued_from(last))
    return chain


async def _all_runs(
    client: Client, incident_id: str, runs: Sequence[WorkflowHistory], sealed_since: datetime | None
) -> list[WorkflowHistory]:
    """Every run of a case, the oldest first, for a log that ends before the last was begun."""
    by_id = {run.run_id: run for run in runs}
    try:
        async for execution in client.list_workflows(f'WorkflowId = "{incident_id}"', rpc_timeout=_PATIENCE):
            if execution.run_id not in by_id:
                handle = client.get_workflow_handle(incident_id, run_id=execution.run_id)
                history = await handle.fetch_history(rpc_timeout=_PATIENCE)
                by_id[execution.run_id] = opened_history(history, keys_of(client), sealed_since)
    except RPCError as error:
        raise Unreachable(f"Temporal: {error.status.name}") from None
    return sorted(by_id.values(), key=lambda run: run.events[0].event_time.ToDatetime())


def began_with(run: WorkflowHistory) -> CaseInput:
    """What a run was started with, whether or not any task of it was carried out;
    by a stranger, with nothing.
    """
    started = run.events[0].workflow_execution_started_event_attributes
    payloads = started.input.payloads
    if not payloads or is_unopened(payloads[0]):
        return CaseInput()
    case: CaseInput = read(payloads[0], CaseInput)
    return case


def _begin(run: WorkflowHistory, result: ReplayResult) -> int:
    """The number of the last event of the case that a run began from, 0 for a registration."""
    case = result.began or began_with(run)
    return case.incident.event_number if case.incident else 0


def _merged(
    runs: Sequence[WorkflowHistory], results: Sequence[ReplayResult]
) -> tuple[int, tuple[Decision, ...]]:
    """From which event on runs testify, and their decisions;
    a run begun anew takes the place of what went past its beginning.
    """
    begins = [_begin(run, result) for run, result in zip(runs, results, strict=True)]
    decisions: dict[int, Decision] = {}
    for begun, result in zip(begins, results, strict=True):
        decisions = {number: decided for number, decided in decisions.items() if decided.last_number <= begun}
        decisions |= {decided.first_number: decided for decided in result.decisions}
    base = last = min(begins, default=0)
    whole = []
    for decided in sorted(decisions.values(), key=lambda one: one.first_number):
        if decided.first_number != last + 1:
            break
        whole.append(decided)
        last = decided.last_number
    return base, tuple(whole)
