"""标识: how a case and its papers are to be handled, 内部 or 工作秘密;
state secrets are not entered at all (R322, decision 0034).
"""

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

_LOWERING = LEADERS | {Role.CITY_LEADER}  # he where he decides himself


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
class NameReaders(Command):
    """Close the case to named persons, by their logins, whoever gives the step among them;
    to nobody named, open it again.
    """

    kind: Literal["name_readers"] = "name_readers"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    stages: ClassVar[frozenset[Stage]] = UNTIL_ARCHIVED
    clause: ClassVar[str] = CLAUSE

    readers: tuple[str, ...]
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingSet(Event):
    """The case, or one of its papers, bears another mark."""

    kind: Literal["marking_set"] = "marking_set"
    marking: Marking
    reason: FreeText
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersNamed(Event):
    """The case is closed to these persons; none: it is open to whoever has a part in it."""

    kind: Literal["readers_named"] = "readers_named"
    readers: tuple[str, ...]
    reason: FreeText


MarkCommand = SetMarking | NameReaders
MarkEvent = MarkingSet | ReadersNamed


def decide(incident: Incident, command: MarkCommand, deed: Deed) -> Iterator[Event]:
    """Whoever may handle the case may raise a mark; a leader closes it."""
    match command:
        case SetMarking():
            return _mark(incident, command, deed)
        case NameReaders():
            return _close(incident, command, deed)


def _close(incident: Incident, command: NameReaders, deed: Deed) -> Iterator[Event]:
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    named = {person.strip() for person in command.readers} - {""}
    readers = tuple(sorted(named | {deed.actor.person})) if named else ()
    if readers == incident.readers:
        raise Refused(Reason.ALREADY_DONE, "readers")
    yield ReadersNamed(at=deed.at, by=deed.actor, readers=readers, reason=command.reason)


def _mark(incident: Incident, command: SetMarking, deed: Deed) -> Iterator[Event]:
    if command.paper and all(paper.id != command.paper for paper in incident.papers):
        raise Refused(Reason.UNKNOWN_REFERENCE, command.paper)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    before = incident.marking_of(command.paper)
    if command.marking is before:
        raise Refused(Reason.ALREADY_DONE, command.marking)
    if command.marking.rank < before.rank and deed.actor.role not in _LOWERING:
        raise Refused(Reason.ROLE_NOT_ALLOWED, deed.actor.role)
    yield MarkingSet(
        at=deed.at, by=deed.actor, marking=command.marking, paper=command.paper, reason=command.reason
    )


def evolve(incident: Incident, event: MarkEvent) -> Incident:
    """The case under its mark, with that of a paper, or closed to other persons."""
    if isinstance(event, ReadersNamed):
        return changed(incident, readers=event.readers)
    if not event.paper:
        return changed(incident, marking=event.marking)
    others = tuple(one for one in incident.paper_markings if one.paper != event.paper)
    return changed(incident, paper_markings=(*others, PaperMarking(paper=event.paper, marking=event.marking)))
