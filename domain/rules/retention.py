"""When the words of the public that a case holds are reduced, and what keeps them for longer."""

from datetime import datetime
from typing import Final

from domain.case.state import Incident
from domain.law.retention import Retention
from domain.terms.instants import months_after
from domain.terms.vocabulary import ObligationKind, PaperKind, ResponseClass, WarningLevel

_TALKS: Final = frozenset({PaperKind.ADMONITORY_TALK, PaperKind.TALK_MINUTES})


def is_permanent(incident: Incident) -> bool:
    """Whether the file of a case is kept for good: a major situation, the 24-hour class, a talk,
    a file on accountability.
    """
    return (
        incident.level is WarningLevel.MAJOR_SITUATION
        or incident.response_class is ResponseClass.H24
        or any(paper.kind in _TALKS for paper in incident.papers)
        or bool(incident.oversight.files)
    )


def reduced_from(incident: Incident, retention: Retention) -> datetime | None:
    """The instant (on the case's clock) from which on its posts are reduced; None while something keeps them.

    1. A case that is not archived keeps them.
    2. So does one in which an answer or a rectification is still owed (督办).
    3. Else so many months after its close, more where its file is kept for good.
    """
    if incident.archived_at is None or _is_supervised(incident):
        return None
    months = retention.permanent_posts_months if is_permanent(incident) else retention.posts_months
    return months_after(incident.closed_at or incident.archived_at, months)


def _is_supervised(incident: Incident) -> bool:
    return incident.is_supervised or any(incident.owed(ObligationKind.RECTIFY))
