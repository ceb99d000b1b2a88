"""What a publication fulfils, and what it makes the units owe next (DD-06, DD-07, DD-14, R342, R348)."""

from collections.abc import Iterator
from datetime import datetime

from domain.case.as_of import said_under
from domain.case.events import Event
from domain.case.obligations import (
    RESPONSE_KINDS,
    FulfilmentKept,
    Obligation,
    ObligationFulfilled,
    ObligationOpened,
    Status,
    fulfil,
)
from domain.case.records import Draft, Publication
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.obligation_kinds import kinds_that
from domain.rules import obligation_factory
from domain.rules.correction import PublicationSuperseded, owed_for
from domain.rules.performance import perform
from domain.rules.replacement import met_by, satisfies, still_met_by, still_met_by_press
from domain.terms.roles import Deed
from domain.terms.vocabulary import ObligationKind

_TARGETS = frozenset(kinds_that(lambda rule: rule.with_response))
_OWN = RESPONSE_KINDS | _TARGETS | {ObligationKind.FOLLOW_UP}


def published_obligations(
    incident: Incident, publication: Publication, draft: Draft, deed: Deed, promising: tuple[str, ...] = ()
) -> Iterator[Event]:
    """The obligations that a publication fulfils and opens, for its unit and each co-issuer in the text.

    A promise is owed by `promising`, where it was not its unit's alone.

    1. RESP48 and PUB24 of each named unit; an interim response counts for RESP48 alone (DD-07).
    2. FOLLOW_UP of each named unit, by a publication after the one that promised.
    3. The 5-hour limit and the internal target, by their holder's publication.
    4. Continuous publication is re-armed by any responder's publication in the 24-hour class
       that answers somebody.
    5. A responder's first response opens its REPORT_UP; a promised next publication opens a FOLLOW_UP.
    6. It replaces what was withdrawn, and corrects what its text names (DD-13, DD-15).
    """
    for unit in publication.answers_for:
        for obligation in incident.owed(*RESPONSE_KINDS, *_TARGETS, ObligationKind.FOLLOW_UP, unit=unit):
            if _meets(incident, publication, obligation):
                yield from perform(
                    incident, obligation, deed, happened_at=publication.published_at, evidence=publication.id
                )
        if _owes_report(incident, publication, unit):
            report = obligation_factory.report_up(
                incident, unit, cause=publication.id, published_at=publication.published_at, at=deed.at
            )
            yield ObligationOpened(at=deed.at, obligation=report)
    if draft.interim is not None and draft.interim.next_update_at > publication.published_at:
        for unit in promising or (publication.unit,):
            promise = obligation_factory.follow_up(
                incident,
                unit,
                cause=publication.id,
                promised_at=min(
                    draft.interim.next_update_at, publication.published_at + incident.law.limits.follow_up_max
                ),
                published_at=publication.published_at,
                at=deed.at,
            )
            yield ObligationOpened(at=deed.at, obligation=promise)
            yield from _kept_already(incident, promise)
    yield from _replacing(incident, publication, deed)
    yield from _correcting(incident, publication, draft, deed)
    yield from _proved_earlier(incident, publication, deed)
    if publication.counts:
        yield from spoken(incident, publication.id, publication.published_at, deed)


def _kept_already(incident: Incident, promise: Obligation) -> Iterator[Event]:
    """A promise registered after the text that keeps it is kept by that, from its own instant (DD-29)."""
    if not incident.law.has(Switch.AS_RECORDED):
        return
    words = (item for item in incident.standing_publications if satisfies(incident, item, promise))
    if (word := min(words, key=lambda item: item.published_at, default=None)) is not None:
        yield from fulfil(
            promise,
            happened_at=word.published_at,
            received_at=word.received_at,
            evidence=word.id,
            late_evidence=incident.law.limits.late_evidence,
        )


def _replacing(incident: Incident, publication: Publication, deed: Deed) -> Iterator[Event]:
    """A replacement keeps each obligation that it meets itself;
    it is complete when nothing waits any more (DD-13).
    """
    for pending in incident.owed(ObligationKind.REPLACE):
        obligations = still_met_by(incident, publication, pending)
        if obligations or pending.unit in publication.issuers:
            yield from _kept(incident, pending, obligations, (publication.id, publication.published_at), deed)


def replaced_by_press(incident: Incident, cause: str, held_at: datetime, deed: Deed) -> Iterator[Event]:
    """A press conference stands in for a withdrawn word of continuous publication (DD-13, R348)."""
    for pending in incident.owed(ObligationKind.REPLACE):
        if obligations := still_met_by_press(incident, held_at, pending):
            yield from _kept(incident, pending, obligations, (cause, held_at), deed)


def _kept(
    incident: Incident,
    pending: Obligation,
    obligations: tuple[Obligation, ...],
    word: tuple[str, datetime],
    deed: Deed,
) -> Iterator[Event]:
    evidence, said_at = word
    for obligation in obligations:
        yield FulfilmentKept(at=said_at, obligation=obligation.id, evidence=evidence)
    if len(obligations) == len(met_by(incident, pending.cause, pending.unit)):
        yield from perform(incident, pending, deed, happened_at=said_at, evidence=evidence)


def _correcting(incident: Incident, publication: Publication, draft: Draft, deed: Deed) -> Iterator[Event]:
    """A correction serves each unit that its text names, and takes the place of what was wrong (DD-15)."""
    for mended in draft.corrects:
        yield PublicationSuperseded(
            at=publication.published_at, publication=mended, superseded_by=publication.id
        )
        for obligation in owed_for(incident, mended):
            if obligation.unit in publication.issuers:
                yield from perform(
                    incident, obligation, deed, happened_at=publication.published_at, evidence=publication.id
                )


def _proved_earlier(incident: Incident, publication: Publication, deed: Deed) -> Iterator[Event]:
    """A timely publication registered after a later one had met the obligation late is evidence all
    the same (DD-12).

    From the third edition on so is one that is registered after the missed one gave way to another (DD-29).
    """
    if not incident.law.has(Switch.EVIDENCE_AFTER_THE_ANSWER):
        return
    said_at = publication.published_at
    if deed.at - said_at > incident.law.limits.late_evidence:
        return
    for obligation in incident.obligations:
        if obligation.status is not Status.BREACHED:
            continue
        gave_way = incident.law.has(Switch.AS_RECORDED) and obligation.superseded_at is not None
        done_late = (obligation.fulfilled_at or said_at) > obligation.due_at
        if (
            (done_late or (gave_way and obligation.fulfilled_at is None))
            and said_at <= obligation.due_at
            and _proves(incident, publication, obligation)
        ):
            yield ObligationFulfilled(
                at=said_at, obligation=obligation.id, evidence=publication.id, provisional=True
            )


def _proves(incident: Incident, publication: Publication, obligation: Obligation) -> bool:
    if obligation.kind not in _OWN:
        return satisfies(incident, publication, obligation)
    return obligation.unit in publication.answers_for and _meets(incident, publication, obligation)


def _meets(incident: Incident, publication: Publication, obligation: Obligation) -> bool:
    if not publication.counts:
        return False
    if obligation.kind is ObligationKind.FOLLOW_UP:
        return obligation.clock_start < publication.published_at
    if not said_under(incident, obligation, publication.published_at):
        return False
    return obligation.kind in _TARGETS or obligation_factory.answers(incident, publication, obligation.kind)


def _owes_report(incident: Incident, publication: Publication, unit: str) -> bool:
    """Whether it is a responder's first response; 市政府办公室 owes no report to itself (R342)."""
    if unit not in incident.responders or unit in {incident.law.offices.office, incident.receiving_office}:
        return False
    if not any(obligation_factory.answers(incident, publication, kind) for kind in RESPONSE_KINDS):
        return False
    return not any(
        obligation.kind is ObligationKind.REPORT_UP
        and obligation.unit == unit
        and obligation.superseded_at is None
        for obligation in incident.obligations
    )


def spoken(incident: Incident, cause: str, spoken_at: datetime, deed: Deed) -> Iterator[Event]:
    """What a word to the public in the 24-hour class does:
    it keeps the gap of continuous publication and re-arms it.
    """
    running = incident.owed(ObligationKind.CONT_UPD)
    answered = [obligation for obligation in running if obligation.clock_start < spoken_at]
    for obligation in answered:
        yield from perform(incident, obligation, deed, happened_at=spoken_at, evidence=cause)
    if answered or not running:
        yield from obligation_factory.rearmed(incident, cause=cause, spoken_at=spoken_at, at=deed.at)
