"""更正: an error of one's own on record, what its issuers owe for it,
and the text that takes its place (DD-15).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.events import Event
from domain.case.faults import PublishedError
from domain.case.obligations import (
    Obligation,
    ObligationOpened,
    ObligationSuperseded,
    Status,
)
from domain.case.records import Publication
from domain.case.state import Incident, replaced
from domain.rules import obligation_factory
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed
from domain.terms.vocabulary import ObligationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecorded(Event):
    """An error in a publication is on record; `at` is when it became known."""

    kind: Literal["error_recorded"] = "error_recorded"
    error: PublishedError


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationSuperseded(Event):
    """A correction took the place of a publication, whose text is kept and linked both ways (DD-15)."""

    kind: Literal["publication_superseded"] = "publication_superseded"
    publication: str
    superseded_by: str


CorrectionEvent = ErrorRecorded | PublicationSuperseded


def known_since(incident: Incident, publication_id: str) -> datetime | None:
    """Since when an error of the publication is on record; None without one."""
    instants = (error.known_at for error in incident.errors if error.publication == publication_id)
    return min(instants, default=None)


def recorded(
    incident: Incident, publication: Publication, known_at: datetime, finding: str, deed: Deed
) -> Iterator[Event]:
    """An error on record: each issuing unit owes a correction within two hours of when it became
    known (DD-15).

    An earlier knowledge than the one on record moves the correction that is still open.
    """
    error = PublishedError(
        id=numbered(Thing.ERROR, len(incident.errors) + 1),
        publication=publication.id,
        known_at=known_at,
        finding=finding,
    )
    yield ErrorRecorded(at=known_at, by=deed.actor, error=error)
    if known_since(incident, publication.id) is None:
        units = publication.issuers
    else:
        moved = [
            obligation
            for obligation in owed_for(incident, publication.id)
            if obligation.status is Status.OPEN
        ]
        for obligation in moved:
            yield ObligationSuperseded(at=deed.at, obligation=obligation.id, cause=error.id)
        units = tuple(obligation.unit for obligation in moved if obligation.unit is not None)
    for unit in units:
        yield ObligationOpened(at=deed.at, obligation=_correction(incident, unit, error, deed.at))


def _correction(incident: Incident, unit: str, error: PublishedError, at: datetime) -> Obligation:
    clock = obligation_factory.Clock(error.known_at, incident.law.limits.correction)
    return obligation_factory.opened(incident, ObligationKind.CORRECT, unit, clock, cause=error.id, at=at)


def owed_for(incident: Incident, publication_id: str) -> tuple[Obligation, ...]:
    """The corrections of a publication that units still owe."""
    errors = {error.id for error in incident.errors if error.publication == publication_id}
    return tuple(
        obligation for obligation in incident.owed(ObligationKind.CORRECT) if obligation.cause in errors
    )


def check_correctable(incident: Incident, publication_id: str) -> None:
    """Refuses the correction of what has no error on record, since a development is none,
    or was corrected (DD-15).
    """
    publication = incident.publication(publication_id)
    if known_since(incident, publication.id) is None:
        raise Refused(Reason.ERROR_NOT_RECORDED, publication.id)
    if not owed_for(incident, publication.id):
        raise Refused(Reason.ALREADY_DONE, publication.id)


def evolve(incident: Incident, event: CorrectionEvent) -> Incident:
    """The case after an error came on record, or a correction took a text's place."""
    match event:
        case ErrorRecorded():
            return changed(incident, errors=(*incident.errors, event.error))
        case PublicationSuperseded():
            publications = replaced(
                incident.publications,
                lambda item: item.id == event.publication,
                lambda item: changed(item, superseded_by=(*item.superseded_by, event.superseded_by)),
            )
            return changed(incident, publications=publications)
