"""交接: what units joining and leaving an incident take over and hand on,
due instants staying as they are (二, DD-22).
"""

from collections.abc import Iterator

from domain.case.events import Event
from domain.case.obligations import RESPONSE_KINDS, Obligation, ObligationOpened, ObligationSuperseded
from domain.case.state import Incident
from domain.law.obligation_kinds import kinds_that
from domain.rules import obligation_factory
from domain.rules.papers import PaperDrafted, issued
from domain.terms.ids import passed_on
from domain.terms.roles import Deed
from domain.terms.vocabulary import ObligationKind, PaperKind, ResponseClass

_OWN = (*sorted(RESPONSE_KINDS), ObligationKind.SIGN, ObligationKind.REPORT_UP)
_ONCE_PER_INCIDENT = kinds_that(lambda rule: rule.once)


def handed_over(before: Incident, after: Incident, cause: str, deed: Deed) -> Iterator[Event]:
    """Move what is owed to the units named `after`; each place of several owes its own response (R206).

    1. What the office held until assignment, and what leaving units owe as responders, is superseded;
       breaches stand.
    2. A unit that joins owes a response due when all are, an order and its signing (R201).
    3. A promise made to the public passes to the principal unit,
       and what is owed once per incident to its holder.
    """
    leaving = set(before.responders) - set(after.responders)
    for obligation in before.owed(*_OWN):
        if obligation.unit is None or obligation.unit in leaving:
            yield ObligationSuperseded(at=deed.at, obligation=obligation.id, cause=cause)
    joining = [unit for unit in after.responders if unit not in before.responders]
    for offset, unit in enumerate(joining):
        if not _has_answered(before, unit):
            yield from obligation_factory.opened_response(after, unit, cause=cause, at=deed.at)
        yield ObligationOpened(
            at=deed.at, obligation=obligation_factory.sign(after, unit, cause=cause, at=deed.at)
        )
        order = issued(after, PaperKind.ASSIGNMENT_ORDER, unit, cause=cause, deed=deed, offset=offset)
        yield PaperDrafted(at=deed.at, paper=order)
    yield from _passing_on(before, after, cause, deed)


def _passing_on(before: Incident, after: Incident, cause: str, deed: Deed) -> Iterator[Event]:
    for obligation in before.owed(ObligationKind.FOLLOW_UP):
        if obligation.unit not in after.responders:
            yield from _passed_on(
                obligation, after.principal_unit, passed_on(obligation.cause, cause), cause, deed
            )
    for obligation in before.owed(*_ONCE_PER_INCIDENT):
        holder = obligation_factory.holder(after, obligation.kind)
        if obligation.unit != holder:
            yield from _passed_on(obligation, holder, cause, cause, deed)


def _has_answered(incident: Incident, unit: str) -> bool:
    """Whether a unit that comes back has given the response that the class asks for."""
    kinds = {obligation.kind for obligation in obligation_factory.given_responses(incident, unit)}
    return bool(kinds) if incident.response_class is ResponseClass.H48 else incident.response_kind in kinds


def _passed_on(
    obligation: Obligation, unit: str | None, new_cause: str, cause: str, deed: Deed
) -> Iterator[Event]:
    yield ObligationSuperseded(at=deed.at, obligation=obligation.id, cause=cause)
    yield ObligationOpened(
        at=deed.at, obligation=obligation_factory.handed_on(obligation, unit, cause=new_cause, at=deed.at)
    )
