"""The workflows of the cases as the engine shows them, without asking a case itself:
lists, and a description of what is suspect.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import WORKFLOW_TYPE
from activities.held import decisions_held
from storage.alarms import AlarmKind
from storage.limits import ShownDecision
from workflows.describing import Described, described

_CALL: Final = timedelta(seconds=4)
_PAGE: Final = 1000
_SECOND_ATTEMPT: Final = 2  # the first after a worker was killed, too
# What the engine ends a case at, or refuses of it, and the share of it that raises an alarm.
_MOST_BYTES: Final = 50 * 1024 * 1024
_MOST_EVENTS: Final = 51_200
_MOST_UNDER_WAY: Final = 2_000  # activities, which are as many as the records and notices that wait
_MOST_OF_ONE: Final = 2 * 1024 * 1024  # bytes of one argument, which a case is as it is carried on
_SHARE: Final = 0.6
LARGE_STATE: Final = int(_SHARE * _MOST_OF_ONE)


@dataclass(frozen=True, slots=True)
class HealingAttempt:
    """An attempt at a task, by the number and the engine's instant in nanoseconds;
    0 where nothing is to be done.
    """

    number: int = 0
    scheduled_at: int = 0


def is_same_trouble(before: object, now: object) -> bool:
    """Whether an attempt is the one of before, or a later one at the same task:
    who succeeds begins with the first again.
    """
    if not isinstance(before, HealingAttempt) or not isinstance(now, HealingAttempt):
        return False
    return now == before or 0 < before.number < now.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStanding:
    """How the workflow of a case stands: what is wrong with it by kind,
    and whether anything of it is under way.

    `figure` is the last decision that it names, `waits_since` when the task was scheduled that nobody has
    taken yet, in nanoseconds by the engine's clock; 0 without one.
    """

    faults: dict[AlarmKind, str]
    is_busy: bool
    is_certain: bool  # not something that may mend itself within seconds
    attempt: HealingAttempt = HealingAttempt()
    is_running: bool = False
    figure: ShownDecision | None = None
    waits_since: int = 0


async def ailing(client: Client, since: datetime) -> set[str]:
    """The cases whose task fails, and those that ended otherwise than they should after `since`; one list."""
    ended = " AND ".join(
        f'ExecutionStatus != "{status}"' for status in ("Running", "Completed", "ContinuedAsNew")
    )
    query = (
        f'WorkflowType = "{WORKFLOW_TYPE}" AND (TemporalReportedProblems IS NOT NULL'
        f' OR ({ended} AND CloseTime > "{since.isoformat()}"))'
    )
    return await _ids(client, query)


async def running(client: Client) -> set[str]:
    """Every case that runs."""
    return await _ids(client, f'WorkflowType = "{WORKFLOW_TYPE}" AND ExecutionStatus = "Running"')


async def _ids(client: Client, query: str) -> set[str]:
    listed = client.list_workflows(query, page_size=_PAGE, rpc_timeout=_CALL)
    return {execution.id async for execution in listed}


async def standing(client: Client, incident_id: str) -> CaseStanding:
    """How the latest run of a case stands; raises RPCError when the engine does not say."""
    try:
        description = await described(client, incident_id, _CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return CaseStanding(faults={AlarmKind.CASE_MISSING: "none"}, is_busy=False, is_certain=False)
    if description.status is not WorkflowExecutionStatus.RUNNING:
        how = description.status.name.lower() if description.status else "unknown"
        certain = description.status is not WorkflowExecutionStatus.COMPLETED
        return CaseStanding(faults={AlarmKind.CASE_MISSING: how}, is_busy=False, is_certain=certain)
    return _of_running(description, await _shown(client, incident_id))


def _of_running(description: Described, figure: ShownDecision | None) -> CaseStanding:
    raw = description.raw
    faults: dict[AlarmKind, str] = {}
    task = raw.pending_workflow_task
    if task.attempt >= _SECOND_ATTEMPT:
        faults[AlarmKind.CASE_FAILING] = f"attempt {task.attempt}"
    if large := _size(raw):
        faults[AlarmKind.CASE_LARGE] = large
    is_untaken = task.HasField("scheduled_time") and not task.HasField("started_time")
    return CaseStanding(
        faults=faults,
        is_busy=bool(task.attempt) or bool(raw.pending_activities),
        is_certain=AlarmKind.CASE_FAILING not in faults or task.attempt > _SECOND_ATTEMPT,
        attempt=HealingAttempt(task.attempt, task.scheduled_time.ToNanoseconds()),
        is_running=True,
        figure=figure,
        waits_since=task.scheduled_time.ToNanoseconds() if is_untaken else 0,
    )


def _size(raw: DescribeWorkflowExecutionResponse) -> str:
    """What of a case is over its share of a limit of the engine; empty when nothing is."""
    info = raw.workflow_execution_info
    sizes = (
        (info.history_length, _MOST_EVENTS, "events"),
        (info.history_size_bytes, _MOST_BYTES, "bytes"),
        (len(raw.pending_activities), _MOST_UNDER_WAY, "activities"),
    )
    return ", ".join(f"{size} {what}" for size, most, what in sizes if size > _SHARE * most)


async def _shown(client: Client, incident_id: str) -> ShownDecision | None:
    """The decision that the history names last: not every step is shown among the search attributes
    (decision 0028).
    """
    for last in await decisions_held(client, incident_id):
        return ShownDecision(incident_id, last.number, last.lineage)
    return None
