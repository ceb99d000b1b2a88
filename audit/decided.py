"""The rules run again over the stored causes: every decision must come out as it stands in the event log."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from audit.differences import Difference, DifferenceKind, decisions_part, first_difference
from domain import incident as rules
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.law.regulation import Law
from domain.steps.amend import Rebased
from domain.steps.register import Registered
from domain.terms.refusals import Refused


@dataclass(slots=True)
class Laws:
    """The laws met so far, each under its digest and edition with the incident that named it first."""

    known: dict[tuple[str, int], tuple[str, Law]] = field(default_factory=dict)

    def differences(self, incident_id: str, decisions: Sequence[Decision]) -> Iterator[Difference]:
        """Whether each law that a case ran under is that of every other case with the same digest."""
        for number, law in laws_of(decisions):
            yield from self._parted(incident_id, number, law)

    def _parted(self, incident_id: str, number: int, met: Law) -> Iterator[Difference]:
        first, law = self.known.setdefault((met.digest, met.edition), (incident_id, met))
        if (difference := first_difference(law, met)) is not None:
            yield Difference(
                incident_id=incident_id,
                number=number,
                kind=DifferenceKind.LAW,
                expected=f"as in {first}: law.{difference.place} {difference.expected}",
                actual=difference.actual,
            )


def laws_of(decisions: Sequence[Decision]) -> Iterator[tuple[int, Law]]:
    """The laws that a case was put under, each with the number of the event that says so."""
    for stored in decisions:
        for number, event in enumerate(stored.events, start=stored.first_number):
            if isinstance(event, Registered | Rebased):
                yield number, event.law


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFold:
    """What the events of decisions fold to, and what those up to a number do; None for what does not fold."""

    case: Incident | None
    until: Incident | None


def folded(decisions: Sequence[Decision], number: int) -> CaseFold:
    """The case as its events say, the rules not asked; and as it stood with event `number`."""
    incident = until = None
    for stored in decisions:
        if stored.first_number != (incident.event_number if incident else 0) + 1:
            return CaseFold(case=None, until=until)
        incident = _applied(incident, stored)
        if incident is None:
            return CaseFold(case=None, until=until)
        if stored.last_number <= number:
            until = incident
    return CaseFold(case=incident, until=until)


def decided_again(
    incident_id: str, decisions: Sequence[Decision], repeated: Collection[int] = frozenset()
) -> tuple[list[Difference], Incident | None]:
    """Every decision that the rules, asked again at its `now` and under its edition,
    do not repeat; and the case.

    The rules are not asked again for those whose first events have the numbers `repeated`: a replay did.

    The case is carried on with the events as stored, so that one difference does not hide those after it.
    Where numbers are missing it ends, and there is no case to compare with.
    """
    differences: list[Difference] = []
    incident: Incident | None = None
    for stored in decisions:
        if stored.first_number != (incident.event_number if incident else 0) + 1:
            return differences, None
        again = stored if stored.first_number in repeated else _again(incident, stored)
        if again is stored:
            pass
        elif isinstance(again, Decision):
            difference = decisions_part(incident_id, DifferenceKind.RULES, again, stored)
            differences += [difference] if difference else []
        else:
            differences.append(_unlike(incident_id, stored, again))
        incident = _applied(incident, stored)
        if incident is None:
            differences.append(_unlike(incident_id, stored, "events that fold"))
            break
    return differences, incident


def _unlike(incident_id: str, stored: Decision, expected: str) -> Difference:
    kinds = ", ".join(event.kind for event in stored.events)
    return Difference(
        incident_id=incident_id,
        number=stored.first_number,
        kind=DifferenceKind.RULES,
        expected=expected,
        actual=kinds,
    )


def _again(incident: Incident | None, stored: Decision) -> Decision | str:
    try:
        return rules.decision(incident, stored.cause, stored.now) or "no event"
    except Refused as refused:
        return f"a refusal ({refused})"
    except Exception as error:  # noqa: BLE001  what was tampered with may raise anything
        return f"what the rules can read ({type(error).__name__})"


def _applied(incident: Incident | None, stored: Decision) -> Incident | None:
    try:
        return rules.apply(incident, stored)
    except Exception:  # noqa: BLE001  as above
        return None
