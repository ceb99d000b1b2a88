"""会签: 市委宣传部 or 市网信办 countersigns a text, in time or afterwards;
silence is 未反馈 and holds nothing back (DD-40).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.records import Countersigning
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.rules.countersigning import awaits, obligation_of, offices
from domain.rules.performance import perform
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing

CLAUSE: str = Article.CONSULTATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersign(Command):
    """Countersign a unit's text, or say with the reason what is against it; it goes its way either way."""

    kind: Literal["countersign"] = "countersign"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.PUBLICITY_DEPARTMENT, Standing.CYBERSPACE_OFFICE}
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    draft: str
    agreed: bool
    comment: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersigned(Event):
    """An office countersigned a text, or spoke against it."""

    kind: Literal["countersigned"] = "countersigned"
    draft: str
    countersign: Countersigning
    comment: FreeText


CountersignCommand = Countersign
CountersignEvent = Countersigned


def decide(incident: Incident, command: CountersignCommand, deed: Deed) -> Iterator[Event]:
    """Once, by an office that is neither accountable nor the author;
    whoever spoke against it may agree later.
    """
    draft = incident.draft(command.draft)
    if deed.actor.unit not in offices(incident, draft):
        raise Refused(Reason.UNIT_NOT_CONCERNED, deed.actor.unit)
    obligation = obligation_of(incident, draft)
    if obligation is None:
        raise Refused(Reason.UNKNOWN_REFERENCE, draft.id)
    if not awaits(incident, draft):
        raise Refused(Reason.ALREADY_DONE, draft.id)
    if not command.agreed and not command.comment.strip():
        raise Refused(Reason.REASON_MISSING, "comment")
    answer = Countersigning(at=deed.at, unit=deed.actor.unit, agreed=command.agreed)
    yield Countersigned(
        at=deed.at, by=deed.actor, draft=draft.id, countersign=answer, comment=command.comment
    )
    yield from perform(incident, obligation, deed)


def evolve(incident: Incident, event: CountersignEvent) -> Incident:
    """The case with the countersign on its text."""
    drafts = replaced(
        incident.drafts,
        lambda draft: draft.id == event.draft,
        lambda draft: changed(draft, countersign=event.countersign),
    )
    return changed(incident, drafts=drafts)
