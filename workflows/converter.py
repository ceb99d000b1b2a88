"""How values travel through Temporal: as pydantic's JSON, read by one set of readers for all cases."""

import zlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, Final, Self

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    SerializationContext,
)

from activities.effects.deliver.effect import NotifyInput
from activities.payloads import CallInput, LastDecision, Reached, ReachInput, RecordInput, Unopened
from domain.bounds import RECORD_SQUEEZED_FROM, SQUEEZED_FROM
from domain.catalogue import Submission
from workflows.keys import Keyring
from workflows.payloads import CaseInput, Live, Question, Receipt
from workflows.sealing import UNOPENED, Sealing, Why, why


class KindlyJson(PydanticJSONPlainPayloadConverter):
    """The SDK's JSON by pydantic; what opens and is of another kind than is asked for is read as a marker,
    and never raises.

    Whoever sends a payload of the case again, which the house sealed for another purpose,
    would else fail its task for ever.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """The value, or what says that it is of another kind."""
        try:
            return super().from_payload(payload, type_hint)
        except Exception:  # noqa: BLE001  whatever a reader raises, the clock must go on
            return Unopened(Why.KIND)


# The SDK makes a converter per workflow, and pydantic's own then builds its readers anew in each:
# 0.3 s of CPU and over 1 MB per case. They are the same for all.
_JSON = KindlyJson()


SQUEEZED: Final = "json/zlib"


class Squeezed(EncodingPayloadConverter):
    """A grown case is carried on compressed: the engine counts bytes,
    and Temporal keeps them while the case is open.

    So is a long record, such as that of a registration with its law:
    the SDK's core keeps what is handed to a local activity for as long as the case is held in memory.
    """

    @property
    def encoding(self) -> str:
        """The name of the form."""
        return SQUEEZED

    def to_payload(self, value: Any) -> Payload | None:
        """The payload of a case's input or of a record, and of no other value."""
        if not isinstance(value, CaseInput | RecordInput):
            return None
        payload = _JSON.to_payload(value)
        least = SQUEEZED_FROM if isinstance(value, CaseInput) else RECORD_SQUEEZED_FROM
        if payload is None or len(payload.data) < least:
            return payload
        return Payload(metadata={"encoding": SQUEEZED.encode()}, data=zlib.compress(payload.data))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """The case's input, or the record."""
        try:
            content = zlib.decompress(payload.data)
        except zlib.error:
            return Unopened(Why.KIND)
        return _JSON.from_payload(Payload(data=content), type_hint)


def with_json(payload: Payload, change: Callable[[bytes], bytes]) -> Payload:
    """An opened payload with its JSON changed, compressed again where it was; others as they came."""
    encoding = payload.metadata.get("encoding", b"").decode(errors="replace")
    if encoding == _JSON.encoding:
        return Payload(metadata=payload.metadata, data=change(payload.data))
    if encoding == SQUEEZED:
        content = zlib.decompress(payload.data)
        changed = change(content)
        return (
            payload if changed == content else Payload(metadata=payload.metadata, data=zlib.compress(changed))
        )
    return payload


class StrangePayload(EncodingPayloadConverter):
    """The marker of what did not open is read as such, whatever type is asked for."""

    @property
    def encoding(self) -> str:
        """The name of the form."""
        return UNOPENED.decode()

    def to_payload(self, value: Any) -> Payload | None:  # noqa: ARG002  the SDK's name
        """No value becomes one."""
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ARG002  the SDK's name
        """What says why it did not open."""
        return Unopened(why(payload))


_USUAL: Final = DefaultPayloadConverter.default_encoding_payload_converters
_FORMS: Final = (
    Squeezed(),
    StrangePayload(),
    *(_JSON if one.encoding == _JSON.encoding else one for one in _USUAL),
)
_BY_NAME: Final = {one.encoding.encode(): one for one in _FORMS}


class SharedPayloadConverter(CompositePayloadConverter):
    """The SDK's converters, with JSON by pydantic and its readers shared, and grown cases compressed.

    The SDK makes one some ten times a step; all have the same table.
    """

    def __init__(self) -> None:
        self.converters = _BY_NAME


@dataclass(frozen=True)
class CaseConverter(DataConverter):
    """The SDK's, of which another that seals for one case differs by that alone:
    the SDK asks for it some twenty times a step.
    """

    def with_context(self, context: SerializationContext) -> Self:
        """The converter of one case."""
        codec = self.payload_codec
        if not isinstance(codec, Sealing):
            return self
        of_case = copy(self)
        object.__setattr__(of_case, "payload_codec", codec.with_context(context))  # frozen, as the SDK's
        return of_case


def converter(keys: Keyring | None = None) -> DataConverter:
    """The converter of every client, worker and replayer: sealing by `keys`;
    without them, for histories that are opened.
    """
    return CaseConverter(
        payload_converter_class=SharedPayloadConverter,
        payload_codec=None if keys is None else Sealing(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def read(payload: Payload, kind: type) -> Any:
    """The value of an opened payload.

    Raises ValueError for a marker, and whatever a payload of another kind may raise.
    """
    value: object = _PLAIN.from_payload(payload, kind)
    if isinstance(value, Unopened):
        raise ValueError(f"not opened: {value.why}")  # noqa: TRY004  it is the payload that is wrong
    return value


_PLAIN: Final = SharedPayloadConverter()


def prepare() -> None:
    """Build the readers at once (half a second): inside a workflow's task the SDK takes so long
    for a deadlock.
    """
    kinds = (CaseInput, Submission, Receipt, Question, Live, RecordInput, LastDecision, NotifyInput)
    for kind in (*kinds, CallInput, ReachInput, Reached):
        _JSON.from_payload(Payload(data=b"null"), kind)
