"""What travels between the workflow and its activities."""

from dataclasses import dataclass

from domain.catalogue import Decision
from domain.notices import Notice
from domain.terms.free_texts import CaseText


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInput:
    """Decisions of one incident, in order, to be written into the event log, and the texts that they refer to.

    `after` is the lineage of the decision before the first of them, empty where there is none. None, in histories of
    0.3 and before, says nothing of it.
    """

    incident_id: str
    decisions: tuple[Decision, ...]
    after: str | None = None
    texts: tuple[CaseText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyInput:
    """Notices of one decision, to be put into the inboxes of units.

    `lineage` names the decision whose last event is `event_number`: that this activity runs proves that Temporal holds
    it. Empty in histories of 0.3 and before.
    """

    incident_id: str
    notices: tuple[Notice, ...]
    drill: bool
    event_number: int = 0
    lineage: str = ""

    @property
    def number(self) -> int:
        """The number of the last event that the notices tell of, which no other delivery of the case has."""
        return max(notice.event_number for notice in self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDecision:
    """The last decision that a record wrote: the number of its last event, and its name."""

    number: int
    lineage: str


@dataclass(frozen=True, slots=True)
class Unopened:
    """What stands in the place of a value whose payload did not open, whatever type it should have; `why` in a word."""

    why: str


def is_strange(value: object) -> bool:
    """Whether a value did not open, so that no part of the house sent it."""
    return isinstance(value, Unopened)
