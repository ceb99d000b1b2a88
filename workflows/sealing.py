"""Seals what Temporal keeps: AES-256-GCM, bound to namespace, case and key;
what does not open becomes a marker.

Opening never raises: an error in a worker would fail the task of the case for ever,
and stop its clock (decision 0030).
"""

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from workflows.keys import Keyring

SEALED: Final = b"binary/huiying-sealed"
UNOPENED: Final = b"binary/huiying-unopened"
OVERHEAD: Final = 512  # bytes at most that a seal adds
_ENCODING: Final = "encoding"
_KEY: Final = "key"
_NAMESPACE: Final = "namespace"
_CASE: Final = "case"
_WHY: Final = "why"
_NONCE: Final = 12
_MOST_BYTES: Final = 200_000  # bytes of what does not open


class Why(StrEnum):
    """Why a payload does not open."""

    PLAIN = "plain"  # nobody sealed it
    FOREIGN = "foreign"  # it was sealed for another case, or in another namespace
    KEY = "key"  # by a key that is not here
    CHANGED = "changed"  # its bytes are not those that were sealed
    MANY = "many"  # it is one of several, and the house sends one
    KIND = "kind"  # it opens, and the house sealed it for another purpose


class Sealing(PayloadCodec, WithSerializationContext):
    """The codec of every client and worker; the SDK gives each case its own, by its context."""

    def __init__(self, keys: Keyring, namespace: str = "", case: str = "") -> None:
        self.keys = keys
        self._namespace = namespace
        self._case = case

    def with_context(self, context: SerializationContext) -> "Sealing":
        """The codec of one case: what it seals opens for no other."""
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return Sealing(self.keys, context.namespace, context.workflow_id or "")
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each payload."""
        return [sealed(payload, self.keys, self._case, self._namespace) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open a payload; several become one marker, since handlers take one argument and would
        stumble over more.
        """
        if len(payloads) > 1:
            return [marker(payloads[0], Why.MANY)]
        return [opened(payload, self.keys, self._case, self._namespace) for payload in payloads]


def sealed(payload: Payload, keys: Keyring, case: str, namespace: str) -> Payload:
    """A payload sealed for one case by the current key."""
    name, cipher = keys.current()
    nonce = os.urandom(_NONCE)
    return Payload(
        metadata={
            _ENCODING: SEALED,
            _KEY: name.encode(),
            _NAMESPACE: namespace.encode(),
            _CASE: case.encode(),
        },
        data=nonce + cipher.encrypt(nonce, payload.SerializeToString(), _bound(namespace, case, name)),
    )


def sealed_anew(payload: Payload, keys: Keyring, case: str, change: Callable[[Payload], Payload]) -> Payload:
    """A sealed payload with what it holds changed, for the case that it was sealed for;
    as it came where nothing changes.

    What does not open for the case, and what nobody sealed, stays as it is.
    """
    inner = opened(payload, keys, case)
    if is_unopened(inner) or (content := change(inner)) == inner:
        return payload
    return sealed(content, keys, case, payload.metadata[_NAMESPACE].decode())


def is_sealed(payload: Payload) -> bool:
    """Whether a payload says that it was sealed."""
    return payload.metadata.get(_ENCODING) == SEALED


def is_unopened(payload: Payload) -> bool:
    """Whether an opened payload is the marker of one that did not open;
    no stranger can make one that opens.
    """
    return payload.metadata.get(_ENCODING) == UNOPENED


def why(payload: Payload) -> str:
    """Why the payload of a marker did not open."""
    return payload.metadata.get(_WHY, b"").decode(errors="replace")


def opened(payload: Payload, keys: Keyring, case: str, namespace: str | None = None) -> Payload:
    """What was sealed for a case, in the namespace or in whichever stands beside it; else a marker.

    Never raises.
    """
    if not is_sealed(payload):
        return marker(payload, Why.PLAIN)
    metadata = payload.metadata
    place = metadata.get(_NAMESPACE, b"")
    if metadata.get(_CASE) != case.encode() or (namespace is not None and place != namespace.encode()):
        return marker(payload, Why.FOREIGN)
    name = metadata.get(_KEY, b"").decode("ascii", errors="replace")
    cipher = keys.cipher(name)
    if cipher is None:
        return marker(payload, Why.KEY)
    view = memoryview(payload.data)
    bound = _bound(place.decode(errors="replace"), case, name)
    try:
        return Payload.FromString(cipher.decrypt(bytes(view[:_NONCE]), view[_NONCE:], bound))
    except (InvalidTag, ValueError, DecodeError):
        return marker(payload, Why.CHANGED)


def marker(payload: Payload, reason: Why) -> Payload:
    """What a handler is given instead of a payload that does not open: why, and its first bytes."""
    return Payload(
        metadata={_ENCODING: UNOPENED, _WHY: reason.encode()},
        data=payload.data[:_MOST_BYTES],
    )


def _bound(namespace: str, case: str, key: str) -> bytes:
    """The associated data: each part with its length, so that none can pass for a piece of another."""
    parts = [part.encode() for part in ("huiying 1", namespace, case, key)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
