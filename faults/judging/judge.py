"""Judges one case: its histories replayed whole and cut, beside the event log and what was acknowledged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import WorkflowHistory

from faults.judging.cutter import Cut, as_far_as_complete, cuts
from faults.judging.findings import Acknowledged, FaultFinding, WrongFinding
from faults.judging.replaying import Decisions, Replaying
from faults.judging.stored import StoredCase

_NONDETERMINISM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR


@dataclass(slots=True, kw_only=True)
class FaultVerdict:
    """What was looked at, and what was wrong."""

    histories: int = 0
    replays: int = 0
    decisions: int = 0
    findings: list[FaultFinding] = field(default_factory=list)


async def judge(
    replaying: Replaying,
    incident_id: str,
    runs: Sequence[WorkflowHistory],
    stored: StoredCase,
    *,
    cut_every: int = 1,
    lengthening: bool = True,
) -> FaultVerdict:
    """Compare the runs of a case with its log.

    1. Each run replays whole, and so does every `cut_every`-th of its legal cuts.
    2. What each replay decides stands in the log, and the log holds nothing else.
    3. No task of it failed for nondeterminism while the system ran.
    """
    verdict = FaultVerdict(histories=len(runs))
    proven: set[int] = set()
    is_under_way = bool(runs) and _is_under_way(runs[-1])
    for ordinal, run in enumerate(runs):
        events = as_far_as_complete(run.events)
        whole = Cut(name="whole", events=events)
        chosen = [*cuts(events, lengthening=lengthening)][ordinal % cut_every :: cut_every]
        for cut in (whole, *chosen):
            replayed = await replaying.replay(incident_id, cut.events)
            where = f"run {ordinal}, {cut.name}"
            if replayed.failure is not None:
                verdict.findings.append(
                    _finding(incident_id, WrongFinding.BROKEN, where, what=replayed.failure)
                )
            if not cut.is_open:
                decided = _held(replayed.decisions, stored) if is_under_way else replayed.decisions
                verdict.findings += compared(incident_id, where, decided, stored)
                proven |= replayed.decisions.keys()
        verdict.replays += 1 + len(chosen)
        verdict.findings += _failed_tasks(incident_id, ordinal, run)
    verdict.decisions = len(stored.decisions)
    until = max(proven, default=0)
    for number in sorted(stored.decisions.keys() - proven):
        if number < until or not is_under_way:
            verdict.findings.append(_finding(incident_id, WrongFinding.UNPROVEN, "", number))
    return verdict


def _held(decided: Decisions, stored: StoredCase) -> Decisions:
    """What was decided up to the end of the log: the record of more may belong to the task under way."""
    return {first: decision for first, decision in decided.items() if first <= stored.last_number}


def _is_under_way(run: WorkflowHistory) -> bool:
    """Whether the history ends with a task that may have recorded what it decided,
    and is not complete yet.
    """
    return len(as_far_as_complete(run.events)) < len(run.events)


def compared(incident_id: str, where: str, decided: Decisions, stored: StoredCase) -> Iterator[FaultFinding]:
    """Where the decisions of a replay and the log part."""
    for number, decision in decided.items():
        row = stored.decisions.get(number)
        if row is None:
            yield _finding(incident_id, WrongFinding.UNRECORDED, where, number)
        elif row != decision:
            what = f"at {row.now.isoformat()}, replayed at {decision.now.isoformat()}"
            yield _finding(incident_id, WrongFinding.OTHERWISE, where, number, what)


def kept(acknowledged: Sequence[Acknowledged], stored: StoredCase) -> Iterator[FaultFinding]:
    """What was acknowledged and is not in the log exactly once, under the number that was told."""
    for receipt in acknowledged:
        numbers = stored.commands.get(receipt.command_id, [])
        if not numbers:
            yield _finding(
                receipt.incident_id, WrongFinding.LOST, "", receipt.event_number, receipt.command_id
            )
        elif len(numbers) > 1:
            yield _finding(receipt.incident_id, WrongFinding.DOUBLED, "", numbers[-1], receipt.command_id)
        elif receipt.event_number not in {None, *numbers}:
            what = f"told {receipt.event_number}"
            yield _finding(receipt.incident_id, WrongFinding.RENUMBERED, "", numbers[0], what)


def _failed_tasks(incident_id: str, ordinal: int, run: WorkflowHistory) -> Iterator[FaultFinding]:
    for event in run.events:
        failed = event.workflow_task_failed_event_attributes
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED and failed.cause == _NONDETERMINISM:
            where = f"run {ordinal}, task at {event.event_id}"
            yield _finding(incident_id, WrongFinding.REFUSED_TASK, where, what=failed.failure.message[:200])


def _finding(
    incident_id: str, wrong: WrongFinding, where: str, number: int | None = None, what: str = ""
) -> FaultFinding:
    return FaultFinding(incident_id=incident_id, wrong=wrong, where=where, number=number, what=what)
