"""Notices of a decision, to be delivered to units (R301, R401)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Self

from activities.effects.order import EffectContext, EffectOrder
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.law.hearing_table import HearingTable
from domain.notices import Notice, notices
from domain.terms.vocabulary import ResponseClass, WarningLevel

_WITHIN: Final = timedelta(seconds=60)  # into the inboxes, and a call started for each notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyInput:
    """Notices of one decision, to be put into the inboxes of units.

    `lineage` names the decision whose last event is `event_number`: that this activity runs proves that
    Temporal holds it. Empty in histories of 0.3 and before. `hearing` is of the case's law, None where that
    has none of its own.
    """

    incident_id: str
    notices: tuple[Notice, ...]
    drill: bool
    event_number: int = 0
    lineage: str = ""
    level: WarningLevel | None = None
    response_class: ResponseClass = ResponseClass.H48
    hearing: HearingTable | None = None

    @property
    def number(self) -> int:
        """The number of the last event that the notices tell of, which no other delivery of the case has."""
        return max(notice.event_number for notice in self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Notices of one decision, in its order; never none."""

    kind: Literal["deliver"] = "deliver"
    notices: tuple[Notice, ...]

    @classmethod
    def brought(cls, incident: Incident, decision: Decision) -> tuple[Self, ...]:
        """One delivery of all that the decision calls for."""
        due = notices(incident, decision)
        return (cls(notices=due),) if due else ()

    @classmethod
    def left_by(cls, run_id: str) -> tuple[Self, ...]:  # noqa: ARG003  as every kind of the union
        """Nothing: what a run has not delivered travels by itself."""
        return ()

    def order(self, standing: EffectContext) -> EffectOrder:
        """The activity that puts the notices into the inboxes."""
        incident = standing.incident
        delivery = NotifyInput(
            incident_id=incident.incident_id,
            notices=self.notices,
            drill=incident.drill is not None,
            event_number=incident.event_number,
            lineage=standing.lineage,
            level=incident.level,
            response_class=incident.response_class,
            hearing=incident.law.own_hearing,
        )
        return EffectOrder(
            activity="notify",
            argument=delivery,
            answer=delivery.number,
            summary=f"notices of event {delivery.number}",
            within=_WITHIN,
        )
