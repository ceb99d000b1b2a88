"""When the rules suggest to name a lead unit; no clock ever waits for it (二#5, R210, DD-22)."""

from datetime import datetime
from enum import StrEnum

from domain.case.state import Incident
from domain.terms.ids import Thing, names
from domain.terms.vocabulary import ObligationKind

_SEVERAL = 2
_SEVERAL_ACCOUNTABLE = 3


class LeadReason(StrEnum):
    """Why a lead is suggested."""

    SEVERAL_UNITS = "several_units"
    CONFLICT = "conflict"
    NO_REPLY = "no_reply"


def lead_reasons(incident: Incident, at: datetime) -> tuple[LeadReason, ...]:
    """Why a lead should be named as of `at`; none where one is named, or where the case is closed.

    1. Three or more accountable units.
    2. What two units say contradicts, and no talking points have settled it.
    3. Of several responders one has not even signed for its order two hours after it was assigned.
    """
    if incident.lead is not None or incident.closed_at is not None:
        return ()
    reasons = []
    if incident.accountable_units >= _SEVERAL_ACCOUNTABLE:
        reasons.append(LeadReason.SEVERAL_UNITS)
    if incident.open_conflicts:
        reasons.append(LeadReason.CONFLICT)
    if len(incident.responders) >= _SEVERAL and _unanswered(incident, at):
        reasons.append(LeadReason.NO_REPLY)
    return tuple(reasons)


def _unanswered(incident: Incident, at: datetime) -> bool:
    limit = incident.law.limits.no_reply
    return any(
        names(obligation.cause, Thing.ASSIGNMENT) and at >= obligation.created_at + limit
        for obligation in incident.owed(ObligationKind.SIGN)
        if obligation.unit in incident.responders
    )
