"""标识: how a case and its papers are to be handled, 内部 or 工作秘密; state secrets are not entered at all (R322, decision 0034)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.records import PaperMarking
from domain.case.state import Incident
from domain.law.articles import Article
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import Marking, Stage

CLAUSE: str = Article.JUDGEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMarking(Command):
    """Mark the case, or one of its papers, for handling, with the reason; a leader alone lowers a mark."""

    kind: Literal["set_marking"] = "set_marking"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE, Standing.REGISTRANT})
    stages: ClassVar[frozenset[Stage]] = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    marking: Marking
    reason: FreeText
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingSet(Event):
    """The case, or one of its papers, bears another mark."""

    kind: Literal["marking_set"] = "marking_set"
    marking: Marking
    reason: FreeText
    paper: str = ""


def decide(incident: Incident, command: SetMarking, deed: Deed) -> Iterator[Event]:
    """Whoever may handle the case may raise a mark."""
    if command.paper and all(paper.id != command.paper for paper in incident.papers):
        raise Refused(Reason.UNKNOWN_REFERENCE, command.paper)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    before = incident.marking_of(command.paper)
    if command.marking is before:
        raise Refused(Reason.ALREADY_DONE, command.marking)
    if command.marking.rank < before.rank and deed.actor.role not in LEADERS:
        raise Refused(Reason.ROLE_NOT_ALLOWED, deed.actor.role)
    yield MarkingSet(
        at=deed.at, by=deed.actor, marking=command.marking, paper=command.paper, reason=command.reason
    )


def evolve(incident: Incident, event: MarkingSet) -> Incident:
    """The case under its mark, or with that of a paper."""
    if not event.paper:
        return changed(incident, marking=event.marking)
    others = tuple(one for one in incident.paper_markings if one.paper != event.paper)
    return changed(incident, paper_markings=(*others, PaperMarking(paper=event.paper, marking=event.marking)))
