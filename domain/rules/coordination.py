"""What the rules do about coordination by themselves:
propose a joint consultation, name who coordinates (R330, R382, DD-21).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.events import Event
from domain.case.meetings import ConsultationCause
from domain.case.obligations import ObligationOpened, ObligationSuperseded
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.obligation_kinds import kinds_that
from domain.rules import obligation_factory
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered, passed_on
from domain.terms.vocabulary import ResponseClass, WarningLevel

COMPREHENSIVE = "comprehensive"
CONFLICT_OF_INTEREST = "conflict_of_interest"
_SEVERAL_UNITS = 3
_OF_THE_OFFICE = kinds_that(lambda rule: rule.moves_with_office)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationProposed(Event):
    """The rules propose a joint consultation; `mandatory` at L4 and in the 24-hour class,
    yet no publication waits for it.
    """

    kind: Literal["consultation_proposed"] = "consultation_proposed"
    causes: tuple[ConsultationCause, ...]
    mandatory: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorsNamed(Event):
    """Who coordinates by the rules from now on: the owners of a comprehensive opinion,
    or those without an interest.
    """

    kind: Literal["coordinators_named"] = "coordinators_named"
    units: tuple[str, ...]
    cause: str


CoordinationEvent = ConsultationProposed | CoordinatorsNamed


def follow_ups(before: Incident | None, after: Incident, at: datetime) -> Iterator[Event]:
    """What the rules add to a person's step, `before` and `after` being the case around it;
    nothing once it is closed.

    1. A comprehensive opinion is owned by 市政府办公室 with 网信办 (R330);
       who is the subject coordinates no more (DD-21).
    2. A joint consultation is proposed, once per cause (R382).
    """
    if not after.law.has(Switch.COORDINATION) or after.closed_at is not None:
        return
    yield from _coordinators(before, after, at)
    fresh = tuple(cause for cause in consultation_causes(after) if cause not in after.consultation_causes)
    if fresh:
        yield ConsultationProposed(at=at, causes=fresh, mandatory=is_mandatory(fresh))


def owners(incident: Incident) -> tuple[str, ...]:
    """Who owns a comprehensive opinion: the coordinating office, with 网信办 (R330); nobody owns another."""
    if incident.judgement is None or not incident.judgement.comprehensive:
        return ()
    return incident.powers.named


def consultation_causes(incident: Incident) -> tuple[ConsultationCause, ...]:
    """Why the case as it stands calls for a joint consultation (R382)."""
    return tuple(cause for cause, calls in _CAUSES.items() if calls(incident))


def is_mandatory(causes: tuple[ConsultationCause, ...]) -> bool:
    """Whether one of the causes makes a joint consultation a must;
    no publication waits for it all the same (R382).
    """
    return bool(_MANDATORY & set(causes))


_MANDATORY = frozenset({ConsultationCause.MAJOR_SITUATION, ConsultationCause.URGENT_CLASS})
_CAUSES: dict[ConsultationCause, Callable[[Incident], bool]] = {
    ConsultationCause.COMPLEX_SENSITIVE: lambda case: case.level is WarningLevel.COMPLEX_SENSITIVE,
    ConsultationCause.MAJOR_SITUATION: lambda case: case.level is WarningLevel.MAJOR_SITUATION,
    ConsultationCause.URGENT_CLASS: lambda case: case.response_class is ResponseClass.H24,
    ConsultationCause.SEVERAL_UNITS: lambda case: case.accountable_units >= _SEVERAL_UNITS,
    ConsultationCause.DRAFT_CONFLICT: lambda case: bool(case.open_conflicts),
}


def _coordinators(before: Incident | None, after: Incident, at: datetime) -> Iterator[Event]:
    """The coordinators that the rules name, and with them what the office owes, due when it was."""
    wanted = after.powers.named
    moved = before is not None and _has_moved(before, after)
    if moved or (owners(after) and not set(wanted) <= set(after.coordinators)):
        cause = CONFLICT_OF_INTEREST if moved else COMPREHENSIVE
        yield CoordinatorsNamed(at=at, units=wanted, cause=cause)
    if before is None or before.receiving_office == after.receiving_office:
        return
    for obligation in after.owed(*_OF_THE_OFFICE, unit=before.receiving_office):
        cause = passed_on(obligation.cause, numbered(Thing.COORDINATOR, after.event_number))
        handed = obligation_factory.handed_on(obligation, after.receiving_office, cause=cause, at=at)
        yield ObligationSuperseded(at=at, obligation=obligation.id, cause="coordinator")
        yield ObligationOpened(at=at, obligation=handed)


def _has_moved(before: Incident, after: Incident) -> bool:
    """Whether another unit holds one of the powers now; up to the second edition they moved together."""
    if not after.law.has(Switch.POWERS_APART):
        return before.coordinating_office != after.coordinating_office
    return before.powers != after.powers


def evolve(incident: Incident, event: CoordinationEvent) -> Incident:
    """The case after what the rules added; who was added by a person coordinates on,
    unless it is the subject.

    Whom the rules had named and name no more coordinates on up to the second edition alone.
    """
    match event:
        case ConsultationProposed():
            return changed(incident, consultation_causes=(*incident.consultation_causes, *event.causes))
        case CoordinatorsNamed():
            by_person = incident.law.has(Switch.POWERS_APART)
            stays = incident.coordinators_added if by_person else incident.coordinators
            others = (unit for unit in stays if unit not in incident.subjects)
            return changed(incident, coordinators=tuple(dict.fromkeys((*event.units, *others))))
