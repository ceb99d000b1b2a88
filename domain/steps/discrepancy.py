"""核对出入: a reviewer clears, with a word of reason,
what was read and differs from what others say (DD-41).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.rules.discrepancies import standing
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing

CLAUSE: str = Article.SEVERAL_DEPARTMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearDiscrepancies(Command):
    """Clear what was read in one's unit's draft and differs, with the reason;
    without `discrepancies` all that stand.
    """

    kind: Literal["clear_discrepancies"] = "clear_discrepancies"
    allowed_for_corrections: ClassVar[bool] = True
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.INVOLVED})
    clause: ClassVar[str] = CLAUSE

    draft: str
    reason: FreeText
    discrepancies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepanciesCleared(Event):
    """A reviewer cleared them."""

    kind: Literal["discrepancies_cleared"] = "discrepancies_cleared"
    draft: str
    discrepancies: tuple[str, ...]
    reason: FreeText


DiscrepancyCommand = ClearDiscrepancies
DiscrepancyEvent = DiscrepanciesCleared


def decide(incident: Incident, command: DiscrepancyCommand, deed: Deed) -> Iterator[Event]:
    """Whoever drafted the text clears nothing in it."""
    draft = incident.draft(command.draft)
    if draft.unit != deed.actor.unit:
        raise Refused(Reason.UNIT_NOT_CONCERNED, draft.unit)
    if deed.actor.person == draft.drafted_by.person:
        raise Refused(Reason.REVIEWER_REPEATED, "clear_discrepancies")
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    open_ids = [item.id for item in standing(incident, draft)]
    for name in command.discrepancies:
        if name not in open_ids:
            raise Refused(Reason.UNKNOWN_REFERENCE, name)
    names = tuple(dict.fromkeys(command.discrepancies)) or tuple(open_ids)
    if not names:
        raise Refused(Reason.ALREADY_DONE, "clear_discrepancies")
    yield DiscrepanciesCleared(
        at=deed.at, by=deed.actor, draft=draft.id, discrepancies=names, reason=command.reason
    )


def evolve(incident: Incident, event: DiscrepancyEvent) -> Incident:
    """The case in which they no longer hold the text back."""
    items = replaced(
        incident.discrepancies,
        lambda item: item.id in event.discrepancies,
        lambda item: changed(item, cleared=True),
    )
    return changed(incident, discrepancies=items)
