"""Reaching Temporal, and starting a case there: new by registration, or again from its event log."""

from datetime import timedelta
from pathlib import Path

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RetryConfig

from domain.case.state import Incident
from domain.catalogue import Submission
from domain.notices import Notice
from domain.terms.roles import Actor
from workflows.access import access_to
from workflows.converter import converter, read
from workflows.incident import ANSWER, IncidentWorkflow
from workflows.keys import keyring
from workflows.payloads import CaseInput, Live, Question, Receipt
from workflows.search_attributes import search_attributes

_PATIENCE = timedelta(seconds=3)
_MAKING_WAY = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY


async def connect(
    address: str,
    namespace: str,
    keys_dir: Path,
    *,
    lazy: bool = False,
    retry_config: RetryConfig | None = None,
    metrics: str = "",
) -> Client:
    """A client of one namespace, which seals by the keys of a folder;
    `lazy` does not reach out before the first call.

    `retry_config` bounds how long a call is tried again while the server is gone, which `rpc_timeout` does
    not. With `metrics`, an address, how client and worker fare is read there: counts and durations by kind,
    and nothing of a case. Raises Unprotected for a server elsewhere that would be reached in clear.
    """
    access = access_to(address)
    return await Client.connect(
        address,
        namespace=namespace,
        tls=access.tls,
        api_key=access.api_key,
        data_converter=converter(keyring(keys_dir)),
        lazy=lazy,
        retry_config=retry_config,
        runtime=_measured(metrics) if metrics else None,
    )


def _measured(address: str) -> Runtime:
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address)))


async def start(
    client: Client,
    task_queue: str,
    submission: Submission,
    *,
    history_limit: int | None = None,
    again: bool = False,
) -> WorkflowHandle[IncidentWorkflow, None]:
    """Start the workflow of a registration; its id is the incident's.

    `again` lets one that failed or was terminated make way.

    Raises WorkflowAlreadyStartedError when the incident has one, running or within retention,
    and RPCError when Temporal does not answer in time.
    """
    if submission.opening is None:
        raise ValueError("a registration carries its opening")
    case = CaseInput(submission=submission, history_limit=history_limit)
    reuse = _MAKING_WAY if again else WorkflowIDReusePolicy.REJECT_DUPLICATE
    opening = submission.opening
    return await _start(client, task_queue, opening.incident_id, opening.number, case, reuse=reuse)


async def resume(
    client: Client,
    task_queue: str,
    incident: Incident,
    applied: dict[str, Receipt],
    undelivered: tuple[Notice, ...] = (),
    *,
    lineage: str = "",
) -> WorkflowHandle[IncidentWorkflow, None]:
    """Start the workflow of a case again from its state, with the commands applied of late;
    its clock goes on.

    `lineage` names the last decision that led to the state, as the event log has it. `undelivered` are
    notices to hand over once more. A workflow of the case that failed or was terminated makes way; one that
    runs or was completed does not (WorkflowAlreadyStartedError).
    """
    case = CaseInput(
        incident=incident,
        lineage=lineage,
        applied=applied,
        undelivered=undelivered,
    )
    return await _start(
        client,
        task_queue,
        incident.incident_id,
        incident.number,
        case,
        reuse=_MAKING_WAY,
        attributes=search_attributes(incident, lineage),
    )


async def live(handle: WorkflowHandle[IncidentWorkflow, None], patience: timedelta = _PATIENCE) -> Live:
    """The case as its workflow holds it, recorded or not.

    Asked by an update whose refusal is the answer: a query would be run in a task of its own, at a stale time
    (decision 0015). Raises RPCError and the SDK's errors of updates when nobody answers in time.
    """
    content = await _ask(handle, Question(), patience)
    incident: Live = read(_json(str(content)), Live)
    return incident


async def sees(
    handle: WorkflowHandle[IncidentWorkflow, None], actor: Actor, patience: timedelta = _PATIENCE
) -> bool:
    """Whether the actor may see the case as its workflow holds it. Raises as `live`."""
    return bool(await _ask(handle, Question(actor=actor), patience))


async def _ask(
    handle: WorkflowHandle[IncidentWorkflow, None], question: Question, patience: timedelta
) -> object:
    try:
        await handle.execute_update(IncidentWorkflow.answer, question, rpc_timeout=patience)
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError) and failed.cause.type == ANSWER:
            return failed.cause.details[0]
        raise
    raise RuntimeError("a question was accepted")


def _json(content: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=content.encode())


async def _start(
    client: Client,
    task_queue: str,
    incident_id: str,
    number: str,
    case: CaseInput,
    *,
    reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.REJECT_DUPLICATE,
    attributes: TypedSearchAttributes = TypedSearchAttributes.empty,
) -> WorkflowHandle[IncidentWorkflow, None]:
    return await client.start_workflow(
        IncidentWorkflow.run,
        case,
        id=incident_id,
        task_queue=task_queue,
        id_reuse_policy=reuse,
        search_attributes=attributes,
        static_summary=number,
        rpc_timeout=_PATIENCE,
    )
