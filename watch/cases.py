"""The workflows of the cases as the engine shows them, without asking a case itself: lists, and a description of what is suspect."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import WORKFLOW_TYPE
from storage.alarms import AlarmKind

_CALL: Final = timedelta(seconds=4)
_PAGE: Final = 1000
_SECOND_ATTEMPT: Final = 2  # the first after a worker was killed, too
# What the engine ends a case at, and the share of it that raises an alarm.
_MOST_BYTES: Final = 50 * 1024 * 1024
_MOST_EVENTS: Final = 51_200
_MOST_UNDER_WAY: Final = 2_000  # activities, which are as many as the records and notices that wait
_MOST_OF_ONE: Final = 2 * 1024 * 1024  # bytes of one argument, which a case is as it is carried on
_SHARE: Final = 0.6
LARGE_STATE: Final = int(_SHARE * _MOST_OF_ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the workflow of a case stands: what is wrong with it by kind, and whether anything of it is under way."""

    faults: dict[AlarmKind, str]
    is_busy: bool
    is_certain: bool  # not something that may mend itself within seconds


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


async def standing(client: Client, incident_id: str) -> Standing:
    """How the latest run of a case stands; raises RPCError when the engine does not say."""
    try:
        described = await client.get_workflow_handle(incident_id).describe(rpc_timeout=_CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return Standing(faults={AlarmKind.CASE_MISSING: "none"}, is_busy=False, is_certain=False)
    if described.status is not WorkflowExecutionStatus.RUNNING:
        how = described.status.name.lower() if described.status else "unknown"
        certain = described.status is not WorkflowExecutionStatus.COMPLETED
        return Standing(faults={AlarmKind.CASE_MISSING: how}, is_busy=False, is_certain=certain)
    return _of_running(described.raw_description)


def _of_running(raw: DescribeWorkflowExecutionResponse) -> Standing:
    faults: dict[AlarmKind, str] = {}
    attempt = raw.pending_workflow_task.attempt
    if attempt >= _SECOND_ATTEMPT:
        faults[AlarmKind.CASE_FAILING] = f"attempt {attempt}"
    info = raw.workflow_execution_info
    if info.history_size_bytes > _SHARE * _MOST_BYTES or info.history_length > _SHARE * _MOST_EVENTS:
        faults[AlarmKind.CASE_LARGE] = f"{info.history_length} events, {info.history_size_bytes} bytes"
    elif len(raw.pending_activities) > _SHARE * _MOST_UNDER_WAY:
        faults[AlarmKind.CASE_LARGE] = f"{len(raw.pending_activities)} activities"
    busy = bool(attempt) or bool(raw.pending_activities)
    certain = AlarmKind.CASE_FAILING not in faults or attempt > _SECOND_ATTEMPT
    return Standing(faults=faults, is_busy=busy, is_certain=certain)
