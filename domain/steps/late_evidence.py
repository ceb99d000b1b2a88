"""补录认定: 市政府办公室 decides on evidence of a timely deed that was registered late (DD-12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import LateEvidenceReviewed
from domain.case.state import Incident
from domain.law.articles import Article
from domain.rules.performance import fallen
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing

CLAUSE: str = Article.STATUTORY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLateEvidence(Command):
    """Accept or reject the evidence behind a provisional breach (DD-12).

    Accepted, the obligation counts as met on time and what the breach brought is voided;
    rejected, the breach stands. The breach stays on record either way.
    """

    kind: Literal["review_late_evidence"] = "review_late_evidence"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    obligation: str
    accepted: bool
    reason: FreeText


def decide(incident: Incident, command: ReviewLateEvidence, deed: Deed) -> Iterator[Event]:
    """Once per provisional breach, with the reason."""
    obligation = incident.obligation(command.obligation)
    if not obligation.provisional:
        raise Refused(Reason.NOT_PROVISIONAL, obligation.id)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    yield LateEvidenceReviewed(
        at=deed.at, by=deed.actor, obligation=obligation.id, accepted=command.accepted, reason=command.reason
    )
    if command.accepted:
        yield from fallen(incident, obligation.id, deed.at, even_done=True)
