"""What a text for the public must say and have passed, by its form and by the conclusion (R005, R344,
DD-07, DD-27).
"""

from datetime import datetime

from domain.case.records import Draft, Publication
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import FactConclusion, ObligationKind, PublicationForm, ReviewStage

NOTICES = frozenset({PublicationForm.FIRST_NOTICE, PublicationForm.UPDATE_NOTICE})
_BEFORE_CONCLUSION = NOTICES | {PublicationForm.INTERIM_RESPONSE}
_TO_CLARIFY = frozenset({FactConclusion.UNTRUE, FactConclusion.PARTLY_TRUE})


def fast_lane_open(incident: Incident, draft: Draft, at: datetime) -> bool:
    """Whether the second review may be made up later (`practice.md` 3.3).

    In an emergency for the first notice; in the 24-hour class for any text when its unit has less than
    `fast_lane_left` until its publication falls due, or is late.
    """
    if incident.in_emergency and draft.form is PublicationForm.FIRST_NOTICE:
        return True
    left = incident.law.limits.fast_lane_left
    return any(
        obligation.due_at - at < left for obligation in incident.owed(ObligationKind.PUB24, unit=draft.unit)
    )


def said_at(incident: Incident, instant: datetime, at: datetime, field: str) -> datetime:
    """When something was said in public or done, in whole seconds:
    not in the future, nor before what it is about.
    """
    said = past(instant, at, field)
    if said < (incident.occurred_at or incident.discovered_at):
        raise Refused(Reason.BEFORE_OCCURRENCE, field)
    return said


def check_unpublished(incident: Incident, draft: Draft) -> None:
    """Refuses a draft that was published before."""
    if any(item.draft == draft.id for item in incident.publications):
        raise Refused(Reason.ALREADY_DONE, draft.id)


def check_reviewed(draft: Draft) -> None:
    """Refuses a draft that was sent back, and one that lacks a review (R004).

    A draft that passed the final review without the second came by the fast lane.
    """
    needed = {ReviewStage.FIRST_REVIEW, ReviewStage.FINAL_REVIEW}
    if draft.returned or not needed <= draft.approved:
        raise Refused(Reason.REVIEW_INCOMPLETE, draft.id)


def check_drafted(incident: Incident, draft: Draft, published_at: datetime) -> None:
    """Refuses a text that is dated before its own draft (DD-30)."""
    if incident.law.has(Switch.WENT_OUT) and published_at < draft.drafted_at:
        raise Refused(Reason.BEFORE_ITS_DRAFT, draft.id)


def check_documented(incident: Incident, draft: Draft) -> None:
    """Refuses the final review and the publication of a draft that rests on no evidence;
    before, none is asked (R101).
    """
    if incident.law.has(Switch.DOCUMENTED_TEXTS) and not draft.evidence:
        raise Refused(Reason.EVIDENCE_MISSING, "draft.evidence")


def may_precede_conclusion(form: PublicationForm) -> bool:
    """Whether a text may go out before the facts are concluded (DD-27)."""
    return form in _BEFORE_CONCLUSION


def check_concluded(incident: Incident, draft: Draft) -> None:
    """Refuses before the conclusion all but an interim response or, in an emergency, a notice (R341,
    DD-26, DD-27).

    The text is after who handles it on the ground (R383).
    """
    if incident.conclusion is not None:
        return
    if not may_precede_conclusion(draft.form):
        raise Refused(Reason.CONCLUSION_MISSING, draft.form)
    if draft.form in NOTICES and not incident.in_emergency:
        raise Refused(Reason.NOT_AN_EMERGENCY, draft.form)


def check_clarified(incident: Incident, draft: Draft) -> None:
    """Refuses a text that leaves unclarified what is untrue, wholly or in part (R344)."""
    if (missing := missing_block(incident, draft)) is not None:
        raise Refused(Reason.BLOCK_MISSING, missing)


def check_promised(incident: Incident, draft: Draft, published_at: datetime) -> None:
    """Refuses a promised next publication that lies not after this one,
    or after it by more than `follow_up_max` (DD-07).
    """
    interim = draft.interim
    if interim is None:
        return
    if interim.next_update_at <= published_at:
        raise Refused(Reason.INTERIM_INCOMPLETE, "next_update_at")
    if interim.next_update_at > published_at + incident.law.limits.follow_up_max:
        raise Refused(Reason.PROMISE_TOO_LATE, "next_update_at")


def missing_block(incident: Incident, draft: Draft) -> str | None:
    """The block that the conclusion demands and the draft lacks; None when it says all (R344)."""
    if incident.conclusion is None or draft.form is PublicationForm.INTERIM_RESPONSE:
        return None
    if draft.form in NOTICES and incident.in_emergency:
        return None
    if incident.conclusion.value in _TO_CLARIFY and not draft.clarification.strip():
        return "clarification"
    return None


def gives_result(incident: Incident, draft: Draft, published_at: datetime) -> bool:
    """Whether it is the result publication of R345: after the conclusion, with a final result block."""
    concluded = incident.conclusion is not None and incident.conclusion.at <= published_at
    return concluded and not may_precede_conclusion(draft.form) and bool(draft.result.strip())


def verdicts(incident: Incident) -> tuple[Publication, ...]:
    """The publications by which a conclusion stands before the public:
    not withdrawn, and corrected by none that stands.
    """
    standing = {item.id for item in incident.standing_publications}
    return tuple(
        item
        for item in incident.standing_publications
        if item.conclusion is not None
        and not may_precede_conclusion(item.form)
        and standing.isdisjoint(item.superseded_by)
    )


def check_unlocked(incident: Incident, value: FactConclusion) -> None:
    """Refuses another conclusion than the one published,
    unless that publication has an error on record (R343, DD-15).
    """
    if not incident.law.has(Switch.LOCKED_VERDICT):
        return
    mistaken = {error.publication for error in incident.errors}
    for item in verdicts(incident):
        if item.conclusion is not value and item.id not in mistaken:
            raise Refused(Reason.VERDICT_LOCKED, item.id)


def uncorrected_verdicts(incident: Incident) -> tuple[str, ...]:
    """The publications whose verdict is not the conclusion in force any more (R343, DD-15)."""
    if not incident.law.has(Switch.LOCKED_VERDICT) or incident.conclusion is None:
        return ()
    value = incident.conclusion.value
    return tuple(item.id for item in verdicts(incident) if item.conclusion is not value)
