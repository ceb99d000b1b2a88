"""Search attributes of a case: typed keys in one place, codes and instants only, no names and no content."""

from collections.abc import Sequence
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.case.state import Incident

STAGE = SearchAttributeKey.for_keyword("HuiyingStage")
LEVEL = SearchAttributeKey.for_keyword("HuiyingLevel")
GRADE = SearchAttributeKey.for_keyword("HuiyingGrade")
RESPONSE_CLASS = SearchAttributeKey.for_keyword("HuiyingClass")
FIRST_RESPONSIBLE = SearchAttributeKey.for_keyword_list("HuiyingFirstResponsible")
NEXT_DUE = SearchAttributeKey.for_datetime("HuiyingNextDue")
OVERDUE = SearchAttributeKey.for_bool("HuiyingOverdue")
DRILL = SearchAttributeKey.for_bool("HuiyingDrill")
EVENT_NUMBER = SearchAttributeKey.for_int("HuiyingEventNumber")
LINEAGE = SearchAttributeKey.for_keyword("HuiyingLineage")

_TYPES: dict[SearchAttributeKey[Any], IndexedValueType.ValueType] = {
    STAGE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    LEVEL: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    GRADE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    RESPONSE_CLASS: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    FIRST_RESPONSIBLE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    NEXT_DUE: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    OVERDUE: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    DRILL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    EVENT_NUMBER: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    LINEAGE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
}
_KEYS: tuple[SearchAttributeKey[Any], ...] = tuple(_TYPES)


def search_attributes(incident: Incident, lineage: str) -> TypedSearchAttributes:
    """The attributes of a case as it stands after the decision named `lineage`;
    what is not known yet is left out.
    """
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(STAGE, incident.stage.value),
        SearchAttributePair(GRADE, incident.grade.value),
        SearchAttributePair(RESPONSE_CLASS, incident.response_class.value),
        SearchAttributePair(OVERDUE, incident.is_supervised),
        SearchAttributePair(DRILL, incident.drill is not None),
        SearchAttributePair(EVENT_NUMBER, incident.event_number),
        SearchAttributePair(LINEAGE, lineage),
    ]
    if incident.level is not None:
        pairs.append(SearchAttributePair(LEVEL, incident.level.value))
    if incident.first_responsible:
        pairs.append(SearchAttributePair(FIRST_RESPONSIBLE, list(incident.first_responsible)))
    if incident.display_deadline is not None:
        pairs.append(SearchAttributePair(NEXT_DUE, incident.display_deadline))
    return TypedSearchAttributes(pairs)


def changes(before: TypedSearchAttributes, wanted: TypedSearchAttributes) -> list[SearchAttributeUpdate[Any]]:
    """What must be written so that the attributes shown become those wanted; empty when they are."""
    return [
        key.value_unset() if wanted.get(key) is None else key.value_set(wanted.get(key))
        for key in _KEYS
        if wanted.get(key) != before.get(key)
    ]


def only_names(updates: Sequence[SearchAttributeUpdate[Any]]) -> bool:
    """Whether they tell no more than that there was another decision."""
    return all(update.key in {EVENT_NUMBER, LINEAGE} for update in updates)


async def register_search_attributes(client: Client) -> None:
    """Add to the client's namespace what it lacks; an unregistered attribute would wedge every case."""
    known = await _known(client)
    missing = {key.name: kind for key, kind in _TYPES.items() if key.name not in known}
    if missing:
        request = AddSearchAttributesRequest(search_attributes=missing, namespace=client.namespace)
        await client.operator_service.add_search_attributes(request)


async def _known(client: Client) -> frozenset[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        return frozenset((await client.operator_service.list_search_attributes(request)).custom_attributes)
    except RPCError as error:
        # The time-skipping test server can add attributes and not list them.
        if error.status is RPCStatusCode.UNIMPLEMENTED:
            return frozenset()
        raise
