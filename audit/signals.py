"""What runs of a case were given by signal, and what of it the event log does not hold."""

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Final

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from audit.evidence import began_with
from audit.histories import unpacked
from domain.catalogue import Submission, Unreadable
from storage import event_log
from storage.database import Database
from storage.histories import histories
from storage.sealing_keys import first_key_at
from workflows.converter import read
from workflows.incident import KEPT_BYTES
from workflows.opening import keys_of, opened_history
from workflows.sealing import is_unopened

SIGNAL: Final = "submit_later"
_PATIENCE: Final = timedelta(seconds=10)


async def undecided(
    database: Database, client: Client, incident_id: str, run_ids: Collection[str]
) -> list[Payload]:
    """What these runs were given by signal and the log does not hold,
    as it came and in its order, each once.
    """
    if not run_ids:
        return []
    async with database.session() as session:
        log = await event_log.decisions(session, incident_id, unproven=True)
        archived_texts = [unpacked(archived)[0] for archived in await histories(session, incident_id)]
        sealed_since = await first_key_at(session)
    runs = {run.run_id: run for run in archived_texts if run is not None and run.run_id in run_ids}
    for run_id in set(run_ids) - set(runs):
        handle = client.get_workflow_handle(incident_id, run_id=run_id)
        runs[run_id] = await handle.fetch_history(rpc_timeout=_PATIENCE)
    decided = {name for stored in log if (name := _name_of_cause(stored.decision.cause))}
    missing: dict[str, Payload] = {}
    whole = (opened_history(run, keys_of(client), sealed_since) for run in runs.values())
    for payload in (payload for run in whole for payload in _signalled(run)):
        name = _name(payload)
        if name not in decided:
            missing.setdefault(name, payload)
    return list(missing.values())


def _signalled(run: WorkflowHistory) -> Iterator[Payload]:
    for event in run.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            attributes = event.workflow_execution_signaled_event_attributes
            if attributes.signal_name == SIGNAL and attributes.input.payloads:
                payload = attributes.input.payloads[0]
                if not is_unopened(payload):  # a stranger's is not handed over
                    yield payload


def _name_of_cause(cause: object) -> str:
    if isinstance(cause, Submission):
        return cause.command_id
    return f"unreadable {cause.payload}" if isinstance(cause, Unreadable) else ""


def _name(payload: Payload) -> str:
    """What tells one signal from another: the id of its command, or its bytes where it cannot be read."""
    try:
        submission: Submission = read(payload, Submission)
    except Exception:  # noqa: BLE001  the case keeps such a one as it came
        return f"unreadable {b64encode(payload.data[:KEPT_BYTES]).decode()}"
    return submission.command_id


def registration_of(runs: Sequence[WorkflowHistory]) -> Submission | None:
    """The registration that the last run was started with; None where it began from a case."""
    return began_with(runs[-1]).submission if runs else None
