"""What the engine holds of a case, read off the end of its history:
no worker is needed, and no case is asked.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryReverseRequest,
    GetWorkflowExecutionHistoryReverseResponse,
)
from temporalio.client import Client
from temporalio.converter import DataConverter, WorkflowSerializationContext

from activities.payloads import LastDecision

NUMBER: Final = "HuiyingEventNumber"  # search attributes: the last event of a decision
LINEAGE: Final = "HuiyingLineage"  # and its name
_ANSWER: Final = "result"  # where the marker of a local activity keeps what it answered
_EVENTS: Final = 60  # read at one time, from the end on; a step brings some eight
_READS: Final = 50  # at most: a history goes on anew before it is longer
_PATIENCE: Final = timedelta(seconds=5)


async def decisions_held(client: Client, incident_id: str) -> tuple[LastDecision, ...]:
    """The decisions that the end of the latest run's history names, the last first; () when it names none.

    What stands in a history is durable: each of them proves all decisions before it. It is read backwards
    to the first name: waiting signals and records that failed name nothing. Raises RPCError.
    """
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=incident_id),
        maximum_page_size=_EVENTS,
    )
    for _ in range(_READS):
        answer = await client.workflow_service.get_workflow_execution_history_reverse(
            request, retry=True, timeout=_PATIENCE
        )
        decisions = await _decisions(_converter(client, incident_id), answer)
        if decisions or not answer.next_page_token:
            return decisions
        request.next_page_token = answer.next_page_token
    return ()


def _converter(client: Client, incident_id: str) -> DataConverter:
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=incident_id)
    return client.data_converter.with_context(context)


async def _decisions(
    converter: DataConverter, answer: GetWorkflowExecutionHistoryReverseResponse
) -> tuple[LastDecision, ...]:
    payloads = [payload for event in answer.history.events for payload in _answers(event)]
    results = [value for payload in payloads for value in await converter.decode([payload])]
    attributes = [decision for event in answer.history.events for decision in _shown(event)]
    decisions = {*attributes, *(LastDecision(**result) for result in results if _is_a_records(result))}
    return tuple(sorted(decisions, key=lambda one: one.number, reverse=True))


def _answers(event: HistoryEvent) -> Iterator[Payload]:
    """What an activity answered, local or not."""
    details = event.marker_recorded_event_attributes.details
    yield from details[_ANSWER].payloads if _ANSWER in details else ()
    yield from event.activity_task_completed_event_attributes.result.payloads


def _is_a_records(answer: object) -> bool:
    return isinstance(answer, dict) and answer.keys() == {"number", "lineage"}


def _shown(event: HistoryEvent) -> Iterator[LastDecision]:
    """The decision that an event shows among the search attributes."""
    for attributes in (
        event.upsert_workflow_search_attributes_event_attributes,
        event.workflow_execution_started_event_attributes,
    ):
        fields = attributes.search_attributes.indexed_fields
        if NUMBER in fields and LINEAGE in fields:
            yield LastDecision(
                number=json.loads(fields[NUMBER].data), lineage=json.loads(fields[LINEAGE].data)
            )
