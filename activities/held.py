"""What the engine holds of a case, read off the end of its history: no worker is needed, and no case is asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client

SHOWN: Final = "HuiyingLineage"  # the search attribute that names a decision
_RECORDED: Final = (
    "result"  # where the marker of a local record keeps what it answered: the name of its last decision
)
_EVENTS: Final = 60  # the last of a history; a step brings some eight
_PATIENCE: Final = timedelta(seconds=5)


async def names_held(client: Client, incident_id: str) -> tuple[str, ...]:
    """The names of the decisions with which the case's history ends, the last first; () when it does not say.

    What stands in a history is durable: each of them proves all decisions before it. Raises RPCError.
    """
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=incident_id),
        maximum_page_size=_EVENTS,
    )
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        request, retry=True, timeout=_PATIENCE
    )
    payloads = [payload for event in answer.history.events for payload in _named_by(event)]
    names = await client.data_converter.decode(payloads, [str] * len(payloads)) if payloads else []
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _named_by(event: HistoryEvent) -> Iterator[Payload]:
    """What an event says of the decision that was taken last: the record's answer, or the search attributes."""
    if event.HasField("marker_recorded_event_attributes"):
        details = event.marker_recorded_event_attributes.details
        yield from details[_RECORDED].payloads if _RECORDED in details else ()
        return
    for told in (
        event.upsert_workflow_search_attributes_event_attributes,
        event.workflow_execution_started_event_attributes,
    ):
        if SHOWN in told.search_attributes.indexed_fields:
            yield told.search_attributes.indexed_fields[SHOWN]
