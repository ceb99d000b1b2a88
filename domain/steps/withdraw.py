"""撤回: a publication is taken back; it stays on file and counts no more,
and what it had met needs another (DD-13).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.records import Publication
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.correction import known_since, recorded
from domain.rules.replacement import withdrawn
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing

CLAUSE: str = Article.STATUTORY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPublication(Command):
    """Withdraw a publication of one's unit: a replacement within two hours keeps what it had met (DD-13).

    `because_of_error` makes the error known from `withdrawn_at`,
    unless it is on record since earlier (DD-15).
    """

    kind: Literal["withdraw_publication"] = "withdraw_publication"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RESPONDER, Standing.ADDRESSEE}
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    publication: str
    withdrawn_at: datetime
    reason: FreeText
    because_of_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationWithdrawn(Event):
    """A publication was taken back at `at`; its text stays on file."""

    kind: Literal["publication_withdrawn"] = "publication_withdrawn"
    publication: str
    reason: FreeText
    because_of_error: bool


def decide(incident: Incident, command: WithdrawPublication, deed: Deed) -> Iterator[Event]:
    """By leaders of the publishing unit or of who decides, once, with the reason."""
    publication = incident.publication(command.publication)
    if not withdraws(incident, publication, deed.actor.unit):
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)
    if publication.withdrawn_at is not None:
        raise Refused(Reason.ALREADY_DONE, publication.id)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    withdrawn_at = past(command.withdrawn_at, deed.at, "withdrawn_at")
    if withdrawn_at < publication.published_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "withdrawn_at")
    taken_back = PublicationWithdrawn(
        at=withdrawn_at,
        by=deed.actor,
        publication=publication.id,
        reason=command.reason,
        because_of_error=command.because_of_error,
    )
    yield taken_back
    known = known_since(incident, publication.id)
    if command.because_of_error and (known is None or withdrawn_at < known):
        yield from recorded(incident, publication, withdrawn_at, command.reason, deed)
    yield from withdrawn(evolve(incident, taken_back), publication, withdrawn_at, deed.at)


def withdraws(incident: Incident, publication: Publication, unit: str) -> bool:
    """Whether a unit may take a text back: its own, and any where it is 市政府办公室 or decides in its
    place (DD-21).
    """
    moves = incident.law.has(Switch.POWERS_APART)
    deciding = incident.powers.deciding if moves else (incident.law.offices.office,)
    return unit in {publication.unit, *deciding}


def evolve(incident: Incident, event: PublicationWithdrawn) -> Incident:
    """The case with the publication marked as withdrawn."""
    publications = replaced(
        incident.publications,
        lambda item: item.id == event.publication,
        lambda item: changed(item, withdrawn_at=event.at),
    )
    return changed(incident, publications=publications)
