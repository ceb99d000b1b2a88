"""When the words of the public that a case holds are reduced, what keeps them for longer, and how long the
file of a case is kept.
"""

from datetime import datetime
from typing import Final

from domain.case.state import Incident
from domain.law.retention import Retention, RetentionClass
from domain.terms.instants import months_after, whole
from domain.terms.vocabulary import ObligationKind, PaperKind, ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI

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


def retention_class(incident: Incident) -> RetentionClass:
    """For how long the file of a case is kept (practice 2.6): L4, H24, a talk or accountability for good; L3,
    supervision or a superior's notice for the long term; any other, and a drill, for the short one.
    """
    if incident.drill is not None:
        return RetentionClass.SHORT
    if is_permanent(incident):
        return RetentionClass.PERMANENT
    is_weighty = incident.level is WarningLevel.COMPLEX_SENSITIVE or bool(incident.superior_notices)
    return RetentionClass.LONG if is_weighty or _was_supervised(incident) else RetentionClass.SHORT


def _was_supervised(incident: Incident) -> bool:
    ordered = any(paper.kind is PaperKind.SUPERVISION_ORDER for paper in incident.papers)
    return ordered or any(obligation.kind is ObligationKind.RECTIFY for obligation in incident.obligations)


def destroyed_from(incident: Incident, retention: Retention) -> datetime | None:
    """The instant (on the case's clock) from which on its file may be destroyed; None while nothing lets it.

    1. A case that is not archived, and one whose file is kept for good, have none.
    2. Else so many years from the first of January (Shanghai) after its close.
    """
    if incident.archived_at is None:
        return None
    match retention_class(incident):
        case RetentionClass.PERMANENT:
            return None
        case RetentionClass.LONG:
            years = retention.long_years
        case RetentionClass.SHORT:
            years = retention.short_years
    closed = (incident.closed_at or incident.archived_at).astimezone(SHANGHAI)
    return whole(datetime(closed.year + 1 + years, 1, 1, tzinfo=SHANGHAI))


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
