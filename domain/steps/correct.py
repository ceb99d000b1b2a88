"""更正: recording that something published was wrong, and since when that is known (DD-15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.state import Incident
from domain.law.articles import Article
from domain.rules.correction import known_since, recorded
from domain.terms.free_texts import FreeText
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing

CLAUSE: str = Article.STATUTORY_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordError(Command):
    """Record that a publication is wrong, and since when this is known;
    a development since then is no error (DD-15).
    """

    kind: Literal["record_error"] = "record_error"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.RESPONDER})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    publication: str
    known_at: datetime
    finding: FreeText


def decide(incident: Incident, command: RecordError, deed: Deed) -> Iterator[Event]:
    """One error per publication; what is wrong in its correction is an error of the correction."""
    publication = incident.publication(command.publication)
    if not command.finding.strip():
        raise Refused(Reason.MISSING_PART, "finding")
    known_at = past(command.known_at, deed.at, "known_at")
    if known_at < publication.published_at:
        raise Refused(Reason.BEFORE_OCCURRENCE, "known_at")
    known = known_since(incident, publication.id)
    if known is not None and known <= known_at:
        raise Refused(Reason.ALREADY_DONE, publication.id)
    return recorded(incident, publication, known_at, command.finding, deed)
