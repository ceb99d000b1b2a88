"""P5: histories that the audit replays in a second, over those of the bare Replayer."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from audit.replay import replays
from bench.system import System
from workflows.converter import converter
from workflows.incident import IncidentWorkflow
from workflows.opening import keys_of, opened_history


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Processor milliseconds that a history takes."""

    histories: int
    events: int
    bare_milliseconds: float
    audit_milliseconds: float
    failed: int


async def measure(system: System, incident_ids: Sequence[str]) -> Replaying:
    """Replay the histories of these cases both ways, once each after one that is not measured."""
    keys = keys_of(system.client)
    sealed = [await system.client.get_workflow_handle(name).fetch_history() for name in incident_ids]
    taken = [opened_history(history, keys) for history in sealed]
    bare = Replayer(
        workflows=[IncidentWorkflow],
        data_converter=converter(),
        workflow_runner=UnsandboxedWorkflowRunner(),  # as the audit and the worker
        build_id="bench",
    )
    await bare.replay_workflow(taken[0])
    began = process_time()
    for history in taken:
        await bare.replay_workflow(history)
    bare_took = process_time() - began
    async with replays() as audit:
        await audit.testimony(taken[0])
        began = process_time()
        testimonies = [await audit.testimony(history) for history in taken]
        audit_took = process_time() - began
    return Replaying(
        histories=len(taken),
        events=sum(_events(history) for history in taken),
        bare_milliseconds=bare_took * 1e3 / len(taken),
        audit_milliseconds=audit_took * 1e3 / len(taken),
        failed=sum(testimony.failure is not None for testimony in testimonies),
    )


def _events(history: WorkflowHistory) -> int:
    return len(history.events)
