"""三同步: whether event, handling and publication go together;
shown where a text is judged, and blocking nothing (三(六)#2, R383).
"""

from enum import StrEnum

from domain.case.records import Draft
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.terms.vocabulary import ReviewStage


class Track(StrEnum):
    """What should go on side by side."""

    EVENT = "event"
    HANDLING = "handling"
    PUBLICATION = "publication"


def tracks(incident: Incident) -> dict[Track, bool]:
    """How far each has come: the facts concluded, the handling on record,
    a text before the public that answers somebody.
    """
    return {
        Track.EVENT: incident.conclusion is not None,
        Track.HANDLING: bool(incident.handling),
        Track.PUBLICATION: any(item.counts for item in incident.standing_publications),
    }


def lacks_confirmation(incident: Incident, draft: Draft) -> bool:
    """Whether a text passed its final review without a word of who confirmed what is done on the ground;
    earlier editions asked for none.
    """
    return incident.law.has(Switch.CONFIRMED_ON_THE_GROUND) and any(
        review.stage is ReviewStage.FINAL_REVIEW
        and review.approved
        and not review.handling_confirmed_by.strip()
        for review in draft.reviews
    )
