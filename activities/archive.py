"""Archiving: the histories of runs that have closed are kept for good,
before the server's retention removes them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from temporalio.api.history.v1 import History as HistoryProto
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError

from activities.payloads import Unopened, is_strange
from storage import histories
from storage.database import Database
from storage.sealing_keys import first_key_at

log = structlog.get_logger("archive")

WORKFLOW_TYPE: Final = "Incident"
_PATIENCE: Final = timedelta(seconds=10)
_OVERLAP: Final = timedelta(minutes=10)  # the server's lists lag behind its histories
_MARGIN: Final = timedelta(hours=12)
_AT_A_TIME: Final = 500
_HOUR: Final = timedelta(hours=1)


@dataclass(slots=True)
class ArchiveSweep:
    """What one sweep came to: runs archived, and runs that could not be, each with the reason."""

    archived: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def _now() -> datetime:
    return datetime.now(UTC)


async def sweep(
    client: Client, database: Database, every: timedelta, clock: Callable[[], datetime] = _now
) -> None:
    """Archive what has closed, at once and then time after time, until cancelled;
    `clock` tells the engine's time.

    A sweep that fails is logged in one line and tried again;
    after one that left nothing behind, the next looks only at what has closed since.
    """
    since: datetime | None = None
    while True:
        begun = clock()
        try:
            swept = await archive_closed(client, database, since=since)
            since = since if swept.failed else begun - _OVERLAP
        except Exception as error:  # noqa: BLE001  whatever fails, the next sweep must come
            log.warning("sweep failed", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())


async def archive_closed(
    client: Client, database: Database, *, since: datetime | None = None
) -> ArchiveSweep:
    """Archive every closed run of a case that is not archived yet, those closed after `since` or all.

    Every run of a chain counts, since retention counts per run. Raises RPCError when the server cannot list,
    and the database's errors; a single run that fails is logged, told in the answer, and does not hold up the
    others.
    """
    query = f'WorkflowType = "{WORKFLOW_TYPE}" AND ExecutionStatus != "Running"'
    if since is not None:
        query += f' AND CloseTime > "{since.isoformat()}"'
    swept = ArchiveSweep()
    batch: list[WorkflowExecution] = []
    async for execution in client.list_workflows(query, rpc_timeout=_PATIENCE):
        batch.append(execution)
        if len(batch) >= _AT_A_TIME:
            await _archive(client, database, batch, swept)
            batch.clear()
    await _archive(client, database, batch, swept)
    return swept


async def _archive(
    client: Client, database: Database, batch: list[WorkflowExecution], swept: ArchiveSweep
) -> None:
    async with database.session() as session:
        archived = await histories.archived_runs(session, [execution.run_id for execution in batch])
        sealed_since = await first_key_at(session)
    for execution in batch:
        if execution.run_id not in archived:
            await _archive_run(client, database, execution, swept, sealed_since)


async def _archive_run(
    client: Client,
    database: Database,
    execution: WorkflowExecution,
    swept: ArchiveSweep,
    sealed_since: datetime | None,
) -> None:
    try:
        history = await _fetched(client, execution.id, execution.run_id)
        if await _is_strange(client, history, sealed_since):
            return
        await histories.keep(database, as_kept(history, execution.run_id))
    except Exception as error:  # noqa: BLE001  one run that cannot be kept must not hold up the others
        swept.failed[execution.run_id] = type(error).__name__
        await _alert(client, execution, type(error).__name__)
    else:
        swept.archived.append(execution.run_id)


async def lacks(client: Client, database: Database, incident_id: str) -> bool:
    """Whether the server has a run of a case, begun by the house, that the archive lacks.

    Raises RPCError and the database's errors.
    """
    query = f'WorkflowType = "{WORKFLOW_TYPE}" AND WorkflowId = "{incident_id}"'
    executions = [one async for one in client.list_workflows(query, rpc_timeout=_PATIENCE)]
    async with database.session() as session:
        archived = await histories.archived_runs(session, [one.run_id for one in executions])
        sealed_since = await first_key_at(session)
    for execution in executions:
        if execution.run_id not in archived:
            history = await _fetched(client, execution.id, execution.run_id)
            if not await _is_strange(client, history, sealed_since):
                return True
    return False


async def export(client: Client, workflow_id: str, run_id: str) -> histories.History:
    """The history of a run as it is kept: deterministic protobuf, and JSON for people."""
    return as_kept(await _fetched(client, workflow_id, run_id), run_id)


async def _fetched(client: Client, workflow_id: str, run_id: str) -> WorkflowHistory:
    return await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history(rpc_timeout=_PATIENCE)


async def _is_strange(client: Client, history: WorkflowHistory, sealed_since: datetime | None) -> bool:
    """Whether a stranger began the run, so that the house has nothing to keep:
    not sealed, though all of the house's is.
    """
    if sealed_since is None or history.events[0].event_time.ToDatetime(UTC) < sealed_since:
        return False
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=history.workflow_id)
    payloads = history.events[0].workflow_execution_started_event_attributes.input.payloads
    values = (
        await client.data_converter.with_context(context).decode(payloads) if payloads else [Unopened("")]
    )
    return any(map(is_strange, values))


def as_kept(history: WorkflowHistory, run_id: str) -> histories.History:
    """A history with the versions of the worker that wrote its last step."""
    tasks = [event.workflow_task_completed_event_attributes for event in history.events]
    builds = [task.deployment_version.build_id or task.worker_version.build_id for task in tasks]
    versions = [task.sdk_metadata.sdk_version for task in tasks]
    return histories.History(
        workflow_id=history.workflow_id,
        run_id=run_id,
        history=HistoryProto(events=history.events).SerializeToString(deterministic=True),
        history_json=history.to_json(),
        sdk_version=next(filter(None, reversed(versions)), ""),
        build_id=next(filter(None, reversed(builds)), ""),
    )


async def _alert(client: Client, execution: WorkflowExecution, error: str) -> None:
    """One line for a run that could not be archived; an error when the server will soon remove it."""
    alert = {"incident": execution.id, "run": execution.run_id, "error": error}
    left = await _time_left(client, execution)
    if left is None or left[0] < left[1]:
        log.error("history close to its retention", **alert, hours_left=left and left[0] / _HOUR)
    else:
        log.warning("history not archived", **alert, hours_left=left[0] / _HOUR)


async def _time_left(client: Client, execution: WorkflowExecution) -> tuple[timedelta, timedelta] | None:
    """How long the server will keep a closed run, and below which time that is close;
    None when it cannot be told.
    """
    try:
        request = DescribeNamespaceRequest(namespace=client.namespace)
        description = await client.workflow_service.describe_namespace(request, timeout=_PATIENCE)
    except RPCError:
        return None
    retention = description.config.workflow_execution_retention_ttl.ToTimedelta()
    closed_at = execution.close_time or datetime.now(UTC)
    return closed_at + retention - datetime.now(UTC), min(_MARGIN, retention / 2)
