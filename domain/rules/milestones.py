"""六个环节: when each stage was reached, detected to disposed (一(一)#3, R105)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.state import Incident


class Milestone(StrEnum):
    """The stages after registration, in their order; each is reached or not."""

    VERIFIED = "verified"
    JUDGED = "judged"
    RESPONDED = "responded"
    DISPOSED = "disposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """The instants at which each stage was first reached; None for what has not been done."""

    detected: datetime
    collected: datetime
    verified: datetime | None
    judged: datetime | None
    responded: datetime | None
    disposed: datetime | None


def milestones(incident: Incident) -> Milestones:
    """When the six stages were reached: 发现、收集、核实、研判、回应、处置.

    A response is the first publication that stands; disposal the first word on what was done on the ground.
    """
    published = min((item.published_at for item in incident.standing_publications), default=None)
    return Milestones(
        detected=incident.discovered_at,
        collected=incident.registered_at,
        verified=incident.conclusion.at if incident.conclusion else None,
        judged=incident.judgement.at if incident.judgement else None,
        responded=published,
        disposed=min((item.at for item in incident.handling), default=None),
    )
