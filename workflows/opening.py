"""Opens histories: each payload that was sealed for the case as what it holds,
all others as markers of a stranger's.
"""

import json
import zlib
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Header, Payload, Payloads, SearchAttributes
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from workflows.converter import SQUEEZED
from workflows.keys import Keyring
from workflows.sealing import Sealing, Why, is_sealed, is_unopened, marker, opened, why

_CLEAR: Final = (SearchAttributes.DESCRIPTOR, Header.DESCRIPTOR)  # which the SDK does not seal
_OF_MARKERS: Final = "details"  # of the SDK's core's own: only what the activity answered was sealed
_ANSWER: Final = "result"
_JSON: Final = {"encoding": b"json/plain"}


def keys_of(client: Client) -> Keyring | None:
    """The keys by which a client seals; None for one that does not."""
    codec = client.data_converter.payload_codec
    return codec.keys if isinstance(codec, Sealing) else None


def is_plain(history: WorkflowHistory, sealed_since: datetime | None) -> bool:
    """Whether a release that did not seal wrote the history:
    it was begun plainly, before the first key was made.

    The date is the engine's, which no stranger can set. Without a date nothing was ever sealed.
    """
    if not history.events:
        return True
    begun = history.events[0]
    arguments = begun.workflow_execution_started_event_attributes.input.payloads
    if arguments and is_sealed(arguments[0]):
        return False
    return sealed_since is None or begun.event_time.ToDatetime(UTC) < sealed_since


def opened_history(
    history: WorkflowHistory, keys: Keyring | None, sealed_since: datetime | None = None
) -> WorkflowHistory:
    """The history as a converter without keys reads it;
    one that a release wrote which did not seal stays as it is.
    """
    if keys is None or is_plain(history, sealed_since):
        return history
    events = [_opened_event(event, keys, history.workflow_id) for event in history.events]
    return WorkflowHistory(workflow_id=history.workflow_id, events=events)


def _opened_event(event: HistoryEvent, keys: Keyring, case: str) -> HistoryEvent:
    """A copy with its payloads opened; an event of a kind that has none is itself."""
    if not any(_may_hold_payloads(field.message_type) for field, _ in event.ListFields()):
        return event
    copy = HistoryEvent()
    copy.CopyFrom(event)
    _open(copy, keys, case)
    return copy


def readable(payload: Payload, keys: Keyring) -> Payload:
    """A sealed payload as somebody reads it, for the case that it names; why, where it does not open there.

    Others stay as they are.
    """
    if not is_sealed(payload):
        return payload
    inner = opened(payload, keys, payload.metadata.get("case", b"").decode(errors="replace"))
    if is_unopened(inner):
        return Payload(metadata=_JSON, data=json.dumps(f"not opened: {why(inner)}").encode())
    if inner.metadata.get("encoding") == SQUEEZED.encode():
        return Payload(metadata=_JSON, data=zlib.decompress(inner.data))
    return inner


def needs(history: WorkflowHistory) -> str:
    """The name of the key that the beginning of a history was sealed by; empty for none."""
    arguments = history.events[0].workflow_execution_started_event_attributes.input.payloads
    return (
        arguments[0].metadata.get("key", b"").decode(errors="replace")
        if arguments and is_sealed(arguments[0])
        else ""
    )


def _open(message: Message, keys: Keyring, case: str) -> None:
    if isinstance(message, Payload):
        message.CopyFrom(opened(message, keys, case))
        return
    if isinstance(message, Payloads) and len(message.payloads) > 1:  # as the codec of a worker has it
        first = marker(message.payloads[0], Why.MANY)
        del message.payloads[:]
        message.payloads.append(first)
        return
    for field, value in message.ListFields():
        if not _may_hold_payloads(field.message_type):
            continue
        for inner in _inside(field, value):
            if isinstance(inner, Message):
                _open(inner, keys, case)


@cache
def _may_hold_payloads(kind: Descriptor | None) -> bool:
    """Whether there may be a payload to open in messages of a kind, however deep; half of a history's
    events have none, and looking through them took a tenth of an audit.
    """
    coming, kinds = [kind], set[str]()
    while coming:
        next_kind = coming.pop()
        if next_kind is None or next_kind in _CLEAR or next_kind.full_name in kinds:
            continue
        if next_kind == Payload.DESCRIPTOR:
            return True
        kinds.add(next_kind.full_name)
        coming += [field.message_type for field in next_kind.fields]
    return False


def _inside(field: Any, value: Any) -> list[Any]:
    if not field.is_repeated:
        return [value]
    if field.message_type.GetOptions().map_entry:
        is_of_marker = field.name == _OF_MARKERS
        return [inner for name, inner in value.items() if not is_of_marker or name == _ANSWER]
    return list(value)
