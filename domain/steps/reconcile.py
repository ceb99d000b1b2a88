"""统一口径: talking points that all units keep to;
they resolve what conflicts between drafts (二#5, R208).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.records import Claim
from domain.case.state import Incident, replaced
from domain.case.talking_points import QuestionAnswer, TalkingPoints
from domain.law.articles import Article
from domain.rules.papers import PaperDrafted, issued
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import PaperKind

CLAUSE: str = Article.SEVERAL_DEPARTMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveTalkingPoints(Command):
    """Approve what all units say: questions with answers, agreed values, expressions to be kept out.

    It resolves the conflicts named, or all that are open when none is. Points may be set before any conflict;
    each version adds to those before, and its agreed value replaces an earlier one on the same subject.
    """

    kind: Literal["approve_talking_points"] = "approve_talking_points"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.LEAD, Standing.PUBLICITY_DEPARTMENT}
    )
    clause: ClassVar[str] = CLAUSE

    conflicts: tuple[str, ...] = ()
    questions: tuple[QuestionAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingPointsApproved(Event):
    """A version of the talking points is in force."""

    kind: Literal["talking_points_approved"] = "talking_points_approved"
    points: TalkingPoints


ReconcileCommand = ApproveTalkingPoints
ReconcileEvent = TalkingPointsApproved


def decide(incident: Incident, command: ReconcileCommand, deed: Deed) -> Iterator[Event]:
    """Agreeing on what is said; no clock waits for it."""
    _check_whole(command)
    points = TalkingPoints(
        id=numbered(Thing.TALKING_POINTS, len(incident.talking_points) + 1),
        at=deed.at,
        unit=deed.actor.unit,
        conflicts=_resolved(incident, command),
        questions=command.questions,
        claims=command.claims,
        forbidden=command.forbidden,
    )
    yield TalkingPointsApproved(at=deed.at, by=deed.actor, points=points)
    paper = issued(incident, PaperKind.TALKING_POINTS, deed.actor.unit, cause=points.id, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)


def _check_whole(command: ApproveTalkingPoints) -> None:
    """Points say something, and nothing by halves."""
    parts = {
        "questions": [text for item in command.questions for text in (item.question, item.answer)],
        "claims": [text for claim in command.claims for text in (claim.subject, claim.type, claim.value)],
        "forbidden": list(command.forbidden),
    }
    if not any(parts.values()):
        raise Refused(Reason.MISSING_PART, "questions")
    for name, value in parts.items():
        if not all(text.strip() for text in value):
            raise Refused(Reason.MISSING_PART, name)


def _resolved(incident: Incident, command: ApproveTalkingPoints) -> tuple[str, ...]:
    """The conflicts that the points resolve."""
    known = {conflict.id: conflict for conflict in incident.conflicts}
    for name in command.conflicts:
        if name not in known:
            raise Refused(Reason.UNKNOWN_REFERENCE, name)
        if known[name].resolved_by:
            raise Refused(Reason.ALREADY_DONE, name)
    return tuple(dict.fromkeys(command.conflicts)) or tuple(item.id for item in incident.open_conflicts)


def evolve(incident: Incident, event: ReconcileEvent) -> Incident:
    """The case under its talking points."""
    points = event.points
    conflicts = replaced(
        incident.conflicts,
        lambda conflict: conflict.id in points.conflicts,
        lambda conflict: changed(conflict, resolved_by=points.id),
    )
    return changed(incident, conflicts=conflicts, talking_points=(*incident.talking_points, points))
