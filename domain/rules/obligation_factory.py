"""How each obligation comes about: who owes it, its clause, where its clock starts,
and how its due instant is computed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.case.as_of import risen
from domain.case.obligations import (
    RESPONSE_KINDS,
    Computation,
    Obligation,
    ObligationEvent,
    ObligationFulfilled,
    ObligationOpened,
    Status,
    fulfil,
)
from domain.case.records import Publication
from domain.case.state import Incident
from domain.case.superiors import SuperiorNotice
from domain.law.editions import Switch
from domain.law.obligation_kinds import KIND_RULES, Holder
from domain.law.regulation import Law, OverlayLimit
from domain.terms.copies import changed
from domain.terms.ids import obligation_id
from domain.terms.instants import limit_text, whole
from domain.terms.refusals import Reason
from domain.terms.vocabulary import ClockStart, ObligationKind, PublicationForm, ResponseClass


class Done(NamedTuple):
    """A deed from before the obligation that asks for it: when it was done, when it was recorded,
    and what proves it.
    """

    at: datetime
    received_at: datetime
    evidence: str = ""


class Clock(NamedTuple):
    """Where an obligation's clock starts, and how long it runs."""

    start: datetime
    limit: timedelta


def opened(
    incident: Incident, kind: ObligationKind, unit: str | None, clock: Clock, *, cause: str, at: datetime
) -> Obligation:
    """An obligation as its kind has it (`KIND_RULES`), due when its clock has run down."""
    rule = KIND_RULES[kind]
    return Obligation(
        id=obligation_id(kind, unit, cause),
        kind=kind,
        unit=unit,
        cause=cause,
        clause=incident.law.clause(rule.article),
        clock_start=clock.start,
        due_at=clock.start + clock.limit,
        created_at=at,
        computed=Computation(
            base=rule.base or incident.law.clock_start, limit=limit_text(clock.limit), rule=rule.rule
        ),
        advisory=rule.advisory,
        scored=rule.scored,
    )


def holder(incident: Incident, kind: ObligationKind) -> str | None:
    """Who owes what is owed once per incident; None before assignment (R348, DD-05, DD-24).

    Continuous publication is the lead's, else the first-responsible unit's; the 5-hour limit and the internal
    target are the first-responsible unit's, the other limits of the upper rules 市政府办公室's.
    """
    match KIND_RULES[kind].holder:
        case Holder.RECEIVING:
            return incident.receiving_office
        case Holder.PRINCIPAL:
            return incident.principal_unit
        case _:
            return next(iter(incident.first_responsible), None)


def first_clock(incident: Incident, *, cause: str) -> Obligation:
    """RESP48 without unit, from the start of the clock: held by 市政府办公室 until assignment."""
    clock = Clock(incident.clock_start, incident.law.limits.h48)
    obligation = opened(incident, ObligationKind.RESP48, None, clock, cause=cause, at=incident.registered_at)
    return changed(obligation, due_at=incident.response_due_at)


def statutory(incident: Incident, unit: str | None, *, cause: str, at: datetime) -> Obligation:
    """RESP48 (R347) or PUB24 (R346) by the class, due at the incident's due instant;
    named after it, breached and unscored.
    """
    late = incident.response_due_at < at
    limit = incident.law.limits.statutory(incident.response_class)
    obligation = opened(
        incident,
        incident.response_kind,
        unit,
        Clock(incident.clock_start, limit),
        cause=cause,
        at=at,
    )
    if incident.response_due_at != obligation.due_at:
        obligation = changed(
            obligation,
            due_at=incident.response_due_at,
            computed=changed(obligation.computed, rule="reclassified_limit"),
        )
    if not late:
        return obligation
    return changed(obligation, status=Status.BREACHED, breached_at=incident.response_due_at, scored=False)


def internal_target(incident: Incident, *, cause: str, at: datetime) -> Obligation:
    """INT24: L4 without an emergency, an internal target at the start of the clock + 24 h,
    never scored (DD-05).
    """
    kind = ObligationKind.INT24
    clock = Clock(incident.clock_start, incident.law.limits.internal_target)
    obligation = opened(incident, kind, holder(incident, kind), clock, cause=cause, at=at)
    return changed(obligation, status=Status.PASSED) if obligation.due_at < at else obligation


def overlay(incident: Incident, limit: OverlayLimit, *, cause: str, at: datetime) -> Obligation:
    """A limit of the upper rules from occurrence; created after it, it is shown as passed (DD-24)."""
    clock = Clock(incident.occurred_at or incident.discovered_at, limit.limit)
    base = ClockStart.OCCURRED_AT if incident.occurred_at else ClockStart.DISCOVERED_AT
    obligation = opened(incident, limit.kind, holder(incident, limit.kind), clock, cause=cause, at=at)
    return changed(
        obligation,
        clause=limit.clause or obligation.clause,
        computed=changed(obligation.computed, base=base),
        status=Status.PASSED if obligation.due_at < at else Status.OPEN,
        advisory=not incident.law.overlay.mandatory,
        scored=_overlay_is_scored(incident.law),
    )


def _overlay_is_scored(law: Law) -> bool:
    """Binding limits of the upper rules keep statistics of their own;
    only a law that gives them points scores them.
    """
    points = not law.has(Switch.OVERLAY_NOT_SCORED) or law.scores.overlay_missed != 0
    return law.overlay.mandatory and points


def handed_on(obligation: Obligation, unit: str | None, *, cause: str, at: datetime) -> Obligation:
    """The same obligation owed by another unit, due when it was;
    what was missed before is not scored against the new one.
    """
    return changed(
        obligation,
        id=obligation_id(obligation.kind, unit, cause),
        unit=unit,
        cause=cause,
        created_at=at,
        scored=obligation.scored and at <= obligation.due_at,
        reminded=(),
        rungs=0,
    )


def sign(incident: Incident, unit: str, *, cause: str, at: datetime) -> Obligation:
    """SIGN: an order is signed for by the class at the instant of asking (R201)."""
    clock = Clock(at, incident.law.limits.sign(incident.response_class))
    return opened(incident, ObligationKind.SIGN, unit, clock, cause=cause, at=at)


def verification(incident: Incident, peer: str, *, cause: str, at: datetime) -> Obligation:
    """VERIFY: a peer answers by the class at the instant of asking;
    silence is recorded, never waited for (R304).
    """
    clock = Clock(at, incident.law.limits.verify(incident.response_class))
    return opened(incident, ObligationKind.VERIFY, peer, clock, cause=cause, at=at)


def countersign(incident: Incident, office: str, limit: timedelta, *, cause: str, at: datetime) -> Obligation:
    """COUNTERSIGN: an office countersigns within the limit of the class at the instant of asking;
    never scored (DD-40).
    """
    clock = Clock(at, limit)
    return opened(incident, ObligationKind.COUNTERSIGN, office, clock, cause=cause, at=at)


def forward(incident: Incident, notice: SuperiorNotice, *, at: datetime) -> Obligation:
    """FORWARD: a superior's notice is passed on as an opinion hint within 30 minutes of its
    receipt (R309).
    """
    clock = Clock(notice.received_at, incident.law.limits.forward)
    office = incident.receiving_office
    return opened(incident, ObligationKind.FORWARD, office, clock, cause=notice.id, at=at)


def superior_feedback(incident: Incident, notice: SuperiorNotice, *, at: datetime) -> Obligation:
    """SUP_FB: feedback by the superior's own limit; a notice that names none is due as RESP48 (R308)."""
    limit = incident.law.limits.h48
    named = notice.feedback_due_at
    clock = Clock(notice.received_at, named - notice.received_at if named else limit)
    office = incident.receiving_office
    return opened(incident, ObligationKind.SUP_FB, office, clock, cause=notice.id, at=at)


def report_up(
    incident: Incident, unit: str, *, cause: str, published_at: datetime, at: datetime
) -> Obligation:
    """REPORT_UP: each responder reports 24 h after its own first response (R342);
    registered later, after that (DD-29).
    """
    start = published_at if not incident.law.has(Switch.AS_RECORDED) else max(published_at, at)
    clock = Clock(start, incident.law.limits.report_up)
    return opened(incident, ObligationKind.REPORT_UP, unit, clock, cause=cause, at=at)


def follow_up(
    incident: Incident, unit: str, *, cause: str, promised_at: datetime, published_at: datetime, at: datetime
) -> Obligation:
    """FOLLOW_UP: what an interim response promised is due at the promised instant (DD-07)."""
    clock = Clock(published_at, promised_at - published_at)
    obligation = opened(incident, ObligationKind.FOLLOW_UP, unit, clock, cause=cause, at=at)
    return changed(obligation, computed=changed(obligation.computed, limit=promised_at.isoformat()))


def continuous(incident: Incident, unit: str, *, cause: str, start: datetime, at: datetime) -> Obligation:
    """CONT_UPD: in the 24-hour class the next publication follows within 24 h (R348)."""
    clock = Clock(start, incident.law.limits.continuous_gap)
    return opened(incident, ObligationKind.CONT_UPD, unit, clock, cause=cause, at=at)


def rectification(
    incident: Incident, unit: str, *, cause: str, signed_at: datetime, days: int | None = None
) -> Obligation:
    """RECTIFY: ends 23:59:59 of the third working day after the day the order was signed (DD-28);
    `days` are those of an order that has its own.
    """
    days = days or incident.law.limits.rectify_workdays
    due_at, missing = incident.law.calendar.end_of_workday_after(signed_at, days)
    clock = Clock(signed_at, whole(due_at) - signed_at)
    obligation = opened(incident, ObligationKind.RECTIFY, unit, clock, cause=cause, at=signed_at)
    computation = changed(obligation.computed, limit=f"{days} workdays", years_without_calendar=missing)
    return changed(obligation, computed=computation)


def class_is_h24(incident: Incident) -> bool:
    """Whether the 24-hour class is in force."""
    return incident.response_class is ResponseClass.H24


def given_responses(incident: Incident, unit: str | None) -> tuple[Obligation, ...]:
    """The unit's RESP48 and PUB24 that it has fulfilled, in time or late."""
    return tuple(
        obligation
        for obligation in incident.obligations
        if obligation.kind in RESPONSE_KINDS
        and obligation.unit == unit
        and obligation.fulfilled_at is not None
    )


def opened_response(
    incident: Incident, unit: str | None, *, cause: str, at: datetime
) -> Iterator[ObligationEvent]:
    """RESP48 or PUB24 of a unit from `at`; a publication that named the unit before has met
    it (DD-06, DD-14).
    """
    obligation = statutory(incident, unit, cause=cause, at=at)
    words = [
        item for item in incident.standing_publications if unit in item.answers_for and counts(incident, item)
    ]
    if incident.law.has(Switch.AS_RECORDED):
        words.sort(key=lambda item: item.published_at)
    earlier = next(iter(words), None)
    if earlier is None:
        yield ObligationOpened(at=at, obligation=obligation)
    else:
        done = Done(earlier.published_at, earlier.received_at, earlier.id)
        yield from opened_late(incident, obligation, done, at=at)


def counts(incident: Incident, publication: Publication) -> bool:
    """Whether a publication answers in the class in force; after an upgrade, one that answered for somebody.

    From the third edition on so does one that was out since the upgrade, though nobody owed it then (DD-14,
    DD-29), and what answered in an earlier emergency counts no more in the next.
    """
    if class_is_h24(incident):
        since = risen(incident)
        said_since = since is not None and since <= publication.published_at
        if said_since and answers(incident, publication, ObligationKind.PUB24):
            return True
        since = since if incident.law.has(Switch.EACH_EMERGENCY_APART) else None
        return any(
            obligation.kind is ObligationKind.PUB24
            and obligation.evidence == publication.id
            and (since is None or since <= obligation.created_at)
            for obligation in incident.obligations
        )
    return answers(incident, publication, ObligationKind.RESP48)


def answers(incident: Incident, publication: Publication, kind: ObligationKind) -> bool:
    """Whether a publication of this form meets RESP48 or PUB24:
    an interim response the first alone (DD-07, DD-30).

    What went out before the conclusion, and does not answer in that, is no more than an interim response.
    """
    if not publication.counts:
        return False
    too_early = Reason.CONCLUSION_MISSING in publication.irregular
    if publication.form is not PublicationForm.INTERIM_RESPONSE and not too_early:
        return True
    return kind is ObligationKind.RESP48 and incident.law.interim_counts


def opened_late(
    incident: Incident, obligation: Obligation, done: Done | None, *, at: datetime
) -> Iterator[ObligationEvent]:
    """An obligation that begins after its deed may have been done: judged by when it was done, if it was.

    From the third edition on by when it was recorded too: late evidence stays late, to be reviewed (DD-12).
    """
    recorded_at = done and (done.received_at if incident.law.has(Switch.AS_RECORDED) else done.at)
    in_time = recorded_at is not None and recorded_at <= obligation.due_at
    if in_time:
        obligation = changed(obligation, status=Status.OPEN, breached_at=None)
    yield ObligationOpened(at=at, obligation=obligation)
    if done is None or recorded_at is None:
        return
    if in_time or obligation.status is Status.PASSED:
        yield ObligationFulfilled(at=done.at, obligation=obligation.id, evidence=done.evidence)
        return
    yield from fulfil(
        obligation,
        happened_at=done.at,
        received_at=recorded_at,
        evidence=done.evidence,
        late_evidence=incident.law.limits.late_evidence,
    )


def rearmed(
    incident: Incident, *, cause: str, spoken_at: datetime, at: datetime
) -> Iterator[ObligationEvent]:
    """The next publication falls due one gap after the last word, while the emergency response lasts (R348).

    A word from before the upgrade, registered after it, begins no gap of its own: the upgrade did (DD-29).
    """
    spoken_at = max(spoken_at, risen(incident) or spoken_at)
    unit = holder(incident, ObligationKind.CONT_UPD)
    ended = incident.emergency_ended_at is not None or incident.closed_at is not None
    if class_is_h24(incident) and not ended and unit is not None:
        yield ObligationOpened(
            at=at, obligation=continuous(incident, unit, cause=cause, start=spoken_at, at=at)
        )
