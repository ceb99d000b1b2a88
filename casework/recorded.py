"""What the event log says of a command: its events, and the case as they left it,
however long ago that was.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_texts import texts_in_place
from casework.outcomes import KeyReused
from casework.submissions import command_id
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision, Submission, SubmissionRefused
from domain.terms.free_texts import references
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from storage.case_texts import salt_in
from storage.codec import DECISION, digest_under
from storage.event_log import row_at, row_of_command, rows
from storage.proof import advance, prove
from storage.queries import state_at
from storage.snapshots import snapshot, snapshot_to_change
from storage.tables import EventLogRow
from workflows.payloads import Receipt

_MOST_TEXT: Final = 100_000  # characters in the answer to a step; the rest is there to be asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A command as it was recorded at `recorded_at` (the case's clock),
    and the case as it stood after its events.

    The last event is numbered `event_number`.
    """

    incident_id: str
    command_id: str
    event_number: int
    recorded_at: datetime
    incident: Incident
    events: tuple[CaseEvent, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """The log holds what a receipt speaks of, and readers now see it;
    `recorded` where the case stands right there.
    """

    recorded: Recorded | None


def proven_by(
    connection: Connection, incident_id: str, receipt: Receipt, submission: Submission
) -> Proven | None:
    """Let readers see the decision of a receipt, in a transaction that writes; None while the log lacks it.

    A receipt proves that Temporal holds the decision. Raises as `recorded_at_number`.
    """
    if (reached := advance(connection, incident_id, receipt.event_number, receipt.lineage)) is not None:
        if not _is_of(submission, reached.decision):
            return Proven(None)
        return Proven(_found(connection, incident_id, reached.decision, submission, reached.incident))
    if not prove(connection, incident_id, receipt.event_number, receipt.lineage):
        return None
    row = row_at(connection, incident_id, receipt.event_number)
    now = snapshot_to_change(connection, incident_id)
    if row is None or now is None or now.event_number != receipt.event_number:
        return Proven(None)
    if row.command_id != submission.command_id:
        return Proven(None)
    decision: Decision = DECISION.validate_json(row.decision)
    return Proven(_found(connection, incident_id, decision, submission, now.state))


async def recorded_at_number(
    session: AsyncSession, incident_id: str, number: int, submission: Submission
) -> Recorded | None:
    """The decision that the submission caused and whose last event has that number;
    None while the log lacks it.

    Raises KeyReused when the submission was given under the same id with other content,
    and Refused when it had been handed over and was refused once it was read.
    """
    decisions = await rows(session, incident_id, since=number - 1, limit=1)
    if not decisions or (decisions[0].last_number, decisions[0].command_id) != (
        number,
        submission.command_id,
    ):
        return None
    return await _recorded(session, incident_id, decisions[0], submission)


async def recorded_by(session: AsyncSession, incident_id: str, submission: Submission) -> Recorded | None:
    """The decision that the submission caused; None when the log holds none.

    Raises as `recorded_at_number`.
    """
    row = await row_of_command(session, incident_id, submission.command_id)
    return None if row is None else await _recorded(session, incident_id, row, submission)


async def is_on_record(session: AsyncSession, incident_id: str, actor: Actor, kind: str, key: str) -> bool:
    """Whether a step that was given under a key is on record: sent again, it is answered, not decided."""
    own_id = command_id(actor, f"{incident_id}/{kind}", key)
    return await row_of_command(session, incident_id, own_id) is not None


async def _recorded(
    session: AsyncSession, incident_id: str, row: EventLogRow, submission: Submission
) -> Recorded:
    decision: Decision = DECISION.validate_json(row.decision)
    state = await _state(session, incident_id, decision.last_number)
    return await session.run_sync(
        lambda inner: _found(inner.connection(), incident_id, decision, submission, state)
    )


def _found(
    connection: Connection, incident_id: str, decision: Decision, submission: Submission, state: Incident
) -> Recorded:
    _check(connection, incident_id, decision, submission)
    incident, events = texts_in_place(
        connection, incident_id, (state, decision.events), known=submission.texts, most=_MOST_TEXT
    )
    return Recorded(
        incident_id=incident_id,
        command_id=submission.command_id,
        event_number=decision.last_number,
        recorded_at=decision.now,
        incident=incident,
        events=events,
    )


def _is_of(submission: Submission, decision: Decision) -> bool:
    return isinstance(decision.cause, Submission) and decision.cause.command_id == submission.command_id


def _check(connection: Connection, incident_id: str, decision: Decision, submission: Submission) -> None:
    """Refuses another body than the one recorded, its texts compared under the salt of those;
    and tells a refusal.
    """
    if isinstance(decision.cause, Submission) and decision.cause.digest != submission.digest:
        salt = salt_in(connection, incident_id, list(references(decision.cause.command)))
        if decision.cause.digest != digest_under(submission, salt):
            raise KeyReused(incident_id)
    for event in decision.events:
        if isinstance(event, SubmissionRefused) and event.command_id == submission.command_id:
            raise Refused(Reason(event.reason), event.detail)


async def _state(session: AsyncSession, incident_id: str, number: int) -> Incident:
    now = await snapshot(session, incident_id)
    if now is not None and now.event_number == number:
        return now.state
    stood = await state_at(session, incident_id, number)
    if stood is None:
        raise LookupError(f"{incident_id}: the event log holds no event {number}")
    return stood
