"""What travels between the workflow and its activities."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from domain.catalogue import Decision
from domain.hearing import Call
from domain.law.hearing_table import BEFORE_THE_TABLE, HearingTable
from domain.purposes import Purpose
from domain.terms.free_texts import CaseText
from domain.terms.ids import kind_of
from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel

REACH: Final = timedelta(seconds=90)  # for all persons of a rung, each by all channels
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInput:
    """Decisions of one incident, in order, to be written into the event log,
    and the texts that they refer to.

    `after` is the lineage of the decision before the first of them, empty where there is none.
    None, in histories of 0.3 and before, says nothing of it.
    """

    incident_id: str
    decisions: tuple[Decision, ...]
    after: str | None = None
    texts: tuple[CaseText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDecision:
    """The last decision that a record wrote: the number of its last event, and its name."""

    number: int
    lineage: str


@dataclass(frozen=True, slots=True)
class Unopened:
    """What stands in the place of a value whose payload did not open, whatever type it should have;
    `why` in a word.
    """

    why: str


def is_strange(value: object) -> bool:
    """Whether a value did not open, so that no part of the house sent it."""
    return isinstance(value, Unopened)


def calls_queue(task_queue: str) -> str:
    """The queue of what sends messages: it has workers' places of its own,
    so that no provider takes those of the ledger.
    """
    return f"{task_queue}-calls"


def call_id(incident_id: str, event_number: int, purpose: str, unit: str) -> str:
    """The id of the workflow that calls for a notice:
    always the same, and of nothing that anybody could read.
    """
    key = f"{incident_id}\0{event_number}\0{purpose}\0{unit}"
    return f"call-{sha256(key.encode()).hexdigest()[:_ID_DIGITS]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInput:
    """A notice that a person is called for, by its key in the inboxes;
    ids and codes, nothing that people wrote.

    `sent_at` is when it came into the inbox of its unit; `subject` as in the notice;
    `hearing` as in its delivery.
    """

    incident_id: str
    event_number: int
    purpose: Purpose
    unit: str
    subject: str
    level: WarningLevel | None
    response_class: ResponseClass
    sent_at: datetime
    hearing: HearingTable | None = None

    @property
    def id(self) -> str:
        """The id of the workflow that calls for it."""
        return call_id(self.incident_id, self.event_number, self.purpose, self.unit)

    @property
    def call(self) -> Call:
        """The notice as what the rules of hearing ask."""
        kind = kind_of(self.subject)
        return Call(
            purpose=self.purpose,
            level=self.level,
            response_class=self.response_class,
            sent_at=self.sent_at,
            kind=ObligationKind(kind) if kind in set(ObligationKind) else None,
            table=self.hearing or BEFORE_THE_TABLE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachInput:
    """A rung of a call, the `ordinal`-th: who is to be reached, by codes of hearers and recipients;
    `unread_only` as in `domain.hearing.CallRung`.
    """

    notice: CallInput
    ordinal: int
    hearers: tuple[str, ...]
    unread_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of a rung: how many persons a channel took the message for,
    how many no channel took it for yet.

    `is_heard` once somebody of the unit has acknowledged the notice,
    `is_over` once nobody need hear of it any more. `ordinal` is the rung's, so that no other answer counts.
    """

    ordinal: int
    delivered: int
    failed: int
    is_heard: bool
    is_over: bool = False
