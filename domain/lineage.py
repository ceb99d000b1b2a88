"""The lineage of a decision: a name for it that holds all the decisions before it."""

import hashlib
import json

from domain.catalogue import AnyCause, Decision, Intrusion, Submission, Tick, Unreadable

_DIGITS = 32


def lineage(before: str, decision: Decision) -> str:
    """The name of a decision that follows the one named `before` ("" for the first):
    32 hexadecimal digits of SHA-256.

    The rules are a function of what came before, the cause and the instant: where these are the same, the
    decision is. So the name needs neither events nor texts, and stays as it is when a release adds fields to
    them.
    """
    named = json.dumps(
        [before, decision.first_number, decision.now.isoformat(), *_identity(decision.cause)],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(named.encode()).hexdigest()[:_DIGITS]


def _identity(cause: AnyCause) -> tuple[object, ...]:
    """What tells a cause from any other."""
    match cause:
        case Submission():
            received_at = cause.received_at.isoformat()
            by_rota = (True,) if cause.on_duty else ()  # the others keep the names that they have had
            return (
                cause.kind,
                cause.command_id,
                cause.digest,
                received_at,
                cause.deferred,
                cause.reused,
                *by_rota,
            )
        case Unreadable():
            return cause.kind, hashlib.sha256(cause.payload.encode()).hexdigest()
        case Intrusion():
            return cause.kind, cause.count
        case Tick():
            return (cause.kind,)
