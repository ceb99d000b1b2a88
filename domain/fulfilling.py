"""What a publication fulfils, and what it makes the units owe next (DD-06, DD-07, DD-14, R342, R348)."""

from collections.abc import Iterator
from datetime import datetime

from domain import duties
from domain.events import Event
from domain.obligations import RESPONSE_KINDS, Obligation, ObligationOpened
from domain.performing import perform
from domain.records import Draft, Publication
from domain.roles import Deed
from domain.state import Incident
from domain.vocabulary import ObligationKind

_TARGETS = frozenset({ObligationKind.OVL_5H, ObligationKind.INT24})


def published_duties(
    incident: Incident, publication: Publication, draft: Draft, deed: Deed
) -> Iterator[Event]:
    """The duties that a publication fulfils and opens, for its unit and each co-issuer named in the text.

    1. RESP48 and PUB24 of each named unit; an interim response counts for RESP48 alone (DD-07).
    2. FOLLOW_UP of each named unit, by a publication after the one that promised.
    3. The 5-hour limit and the internal target, by their holder's publication.
    4. Continuous publication is re-armed by any responder's publication in the 24-hour class.
    5. A responder's first response opens its REPORT_UP; a promised next publication opens a FOLLOW_UP.
    """
    for unit in publication.issuers:
        for duty in incident.owed(*RESPONSE_KINDS, *_TARGETS, ObligationKind.FOLLOW_UP, unit=unit):
            if _meets(incident, publication, duty):
                yield from perform(
                    incident, duty, deed, happened_at=publication.published_at, evidence=publication.id
                )
        if _owes_report(incident, publication, unit):
            report = duties.report_up(
                incident, unit, cause=publication.id, published_at=publication.published_at, at=deed.at
            )
            yield ObligationOpened(at=deed.at, obligation=report)
    if draft.interim is not None:
        promise = duties.follow_up(
            publication.unit,
            cause=publication.id,
            promised_at=draft.interim.next_update_at,
            published_at=publication.published_at,
            at=deed.at,
        )
        yield ObligationOpened(at=deed.at, obligation=promise)
    yield from spoken(incident, publication.id, publication.published_at, deed)


def _meets(incident: Incident, publication: Publication, duty: Obligation) -> bool:
    if duty.kind is ObligationKind.FOLLOW_UP:
        return duty.clock_start < publication.published_at
    return duty.kind in _TARGETS or duties.answers(incident, publication, duty.kind)


def _owes_report(incident: Incident, publication: Publication, unit: str) -> bool:
    """Whether it is a responder's first response; 市政府办公室 owes no report to itself (R342)."""
    if unit not in incident.responders or unit == incident.law.offices.office:
        return False
    if not any(duties.answers(incident, publication, kind) for kind in RESPONSE_KINDS):
        return False
    return not any(
        duty.kind is ObligationKind.REPORT_UP and duty.unit == unit and duty.superseded_at is None
        for duty in incident.obligations
    )


def spoken(incident: Incident, cause: str, spoken_at: datetime, deed: Deed) -> Iterator[Event]:
    """What a word to the public in the 24-hour class does: it keeps the gap of continuous publication and re-arms it."""
    running = incident.owed(ObligationKind.CONT_UPD)
    answered = [duty for duty in running if duty.clock_start < spoken_at]
    for duty in answered:
        yield from perform(incident, duty, deed, happened_at=spoken_at, evidence=cause)
    if answered or not running:
        yield from duties.rearmed(incident, cause=cause, spoken_at=spoken_at, at=deed.at)
