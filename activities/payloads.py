"""What travels between the workflow and its activities."""

from dataclasses import dataclass

from domain.catalogue import Decision
from domain.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInput:
    """Decisions of one incident, in order, to be written into event log and ledger."""

    incident_id: str
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyInput:
    """Notices of one decision, to be put into the inboxes of units."""

    incident_id: str
    notices: tuple[Notice, ...]
    drill: bool
