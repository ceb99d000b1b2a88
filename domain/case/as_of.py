"""The case as of an instant: what carries its own instant is judged by what stood then,
not as of its registration (DD-29).
"""

from datetime import datetime

from domain.case.obligations import Obligation
from domain.case.records import Assignment, Conclusion, Draft
from domain.case.state import Incident
from domain.case.timelines import NO_TIMELINES, Answering, ClassInForce, FactFinding, begun, standing
from domain.law.editions import Switch
from domain.terms.copies import changed
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, ResponseClass


def as_of(incident: Incident, instant: datetime) -> Incident:
    """The case with class, grade, conclusion, responders, reviews,
    conflicts and talking points as they stood at an instant.

    What was decided since then stays as it is: obligations, due instants, publications.
    Cases of earlier editions are judged as of the registration, as they always were.
    """
    if not incident.law.has(Switch.TIMELINES):
        return incident
    points = tuple(points for points in incident.talking_points if points.at <= instant)
    known = {version.id for version in points}
    conflicts = tuple(
        conflict if conflict.resolved_by in known else changed(conflict, resolved_by="")
        for conflict in incident.conflicts
        if conflict.at <= instant
    )
    classed = standing(incident.timelines.classes, instant)
    return changed(
        incident,
        grade=classed.grade if classed else EmergencyGrade.NONE,
        designated_major=classed is not None and classed.designated_major,
        response_class=classed.response_class if classed else ResponseClass.H48,
        conclusion=_conclusion(incident, instant),
        assignment=_assignment(incident, instant),
        drafts=tuple(_reviewed_by(draft, instant) for draft in incident.drafts),
        conflicts=conflicts,
        talking_points=points,
    )


def _reviewed_by(draft: Draft, instant: datetime) -> Draft:
    """A draft with the reviews that it had."""
    if all(review.at <= instant for review in draft.reviews):
        return draft
    return changed(draft, reviews=tuple(review for review in draft.reviews if review.at <= instant))


def risen(incident: Incident, instant: datetime | None = None) -> datetime | None:
    """Since when the 24-hour class has been in force, as of an instant or today;
    None in the 48-hour class.
    """
    return begun(incident.timelines.classes, lambda entry: entry.response_class is ResponseClass.H24, instant)


def said_under(incident: Incident, obligation: Obligation, said_at: datetime) -> bool:
    """Whether a word was out when that was in force which an obligation answers to (DD-08, DD-29).

    PUB24 answers to the latest rise of the class before it was opened, the 5-hour limit to the grade that
    brings it; an earlier word counts only where whoever reclassified stated that it covers the facts. The
    others ask no such thing.
    """
    match obligation.kind:
        case ObligationKind.PUB24:
            since = risen(incident, obligation.created_at) or risen(incident)
        case ObligationKind.OVL_5H:
            since = _graded(incident, obligation)
        case _:
            since = None
    return since is None or since <= said_at


def _graded(incident: Incident, obligation: Obligation) -> datetime | None:
    limits = (limit for limit in incident.law.overlay.limits if limit.kind is obligation.kind)
    if (limit := next(limits, None)) is None:
        return None
    return begun(
        incident.timelines.classes,
        lambda entry: entry.grade.rank >= limit.from_grade.rank,
        obligation.created_at,
    )


def noted(incident: Incident, instant: datetime) -> Incident:
    """The case with its class, conclusion and responders in its timelines, from an instant on;
    what is the same adds nothing.
    """
    if not incident.law.has(Switch.TIMELINES):
        return incident
    classed = ClassInForce(
        at=instant,
        grade=incident.grade,
        designated_major=incident.designated_major,
        response_class=incident.response_class,
    )
    timelines = incident.timelines.with_class(classed)
    if incident.conclusion is not None:
        timelines = timelines.with_finding(
            FactFinding(at=incident.conclusion.at, value=incident.conclusion.value)
        )
    if incident.assignment is not None:
        timelines = timelines.with_answering(Answering(at=instant, units=incident.responders))
    return changed(incident, timelines=timelines)


def seeded(incident: Incident, upgraded_at: datetime | None) -> Incident:
    """A case that comes under the third edition with no timelines:
    what stands is taken to have stood since its registration.

    So what could go out may still go out. The 24-hour class stands from the upgrade that brought it:
    no earlier word meets its limit (DD-08).
    """
    if not incident.law.has(Switch.TIMELINES) or incident.timelines != NO_TIMELINES:
        return incident
    risen_later = upgraded_at is not None and incident.response_class is ResponseClass.H24
    before = changed(incident, response_class=ResponseClass.H48) if risen_later else incident
    seed = noted(before, incident.registered_at)
    if upgraded_at is None or not risen_later:
        return seed
    return noted(changed(seed, response_class=ResponseClass.H24), upgraded_at)


def _conclusion(incident: Incident, instant: datetime) -> Conclusion | None:
    finding = standing(incident.timelines.findings, instant)
    if finding is None or incident.conclusion is None:
        return None
    return changed(incident.conclusion, at=finding.at, value=finding.value)


def _assignment(incident: Incident, instant: datetime) -> Assignment | None:
    answering = standing(incident.timelines.answering, instant)
    if answering is None or incident.assignment is None:
        return None
    return changed(incident.assignment, at=answering.at, first=answering.units, also=())
