"""What stood when: short timelines of what rules ask of an instant, each an instant and a value (DD-29)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from domain.bounds import MOST_STOOD
from domain.terms.copies import changed
from domain.terms.vocabulary import EmergencyGrade, FactConclusion, ResponseClass


class Dated(Protocol):
    """A value that stands from an instant on."""

    @property
    def at(self) -> datetime: ...  # noqa: D102  the instant


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassInForce:
    """The class from an instant on, and the grade or the designation that brought it (DD-01)."""

    at: datetime
    grade: EmergencyGrade
    designated_major: bool
    response_class: ResponseClass


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFinding:
    """What the facts are concluded to be from an instant on (R343)."""

    at: datetime
    value: FactConclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Who answers from an instant on, the first-responsible units before the others."""

    at: datetime
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timelines:
    """The class, the conclusion and the responders of a case, each from its first to its latest;
    the oldest go first.
    """

    classes: tuple[ClassInForce, ...] = ()
    findings: tuple[FactFinding, ...] = ()
    answering: tuple[Answering, ...] = ()

    def with_class(self, entry: ClassInForce) -> "Timelines":
        """The timelines with a class that came into force; one that changes nothing is no entry."""
        latest = self.classes[-1] if self.classes else None
        if latest is not None and changed(latest, at=entry.at) == entry:
            return self
        return changed(self, classes=_prolonged(self.classes, entry))

    def with_finding(self, entry: FactFinding) -> "Timelines":
        """The timelines with a conclusion; the one in force is no entry."""
        if self.findings and self.findings[-1] == entry:
            return self
        return changed(self, findings=_prolonged(self.findings, entry))

    def with_answering(self, entry: Answering) -> "Timelines":
        """The timelines with other responders; the same ones are no entry."""
        if self.answering and self.answering[-1].units == entry.units:
            return self
        return changed(self, answering=_prolonged(self.answering, entry))

    @property
    def responders(self) -> frozenset[str]:
        """Every unit that answers or has answered."""
        return frozenset(unit for entry in self.answering for unit in entry.units)


NO_TIMELINES = Timelines()


def _prolonged(entries: tuple[D, ...], entry: D) -> tuple[D, ...]:
    return (*entries, entry)[-MOST_STOOD:]


def standing(entries: Sequence[D], instant: datetime) -> D | None:
    """The entry that stood at an instant: of those begun by then the latest decided;
    None before the first.
    """
    return next((entry for entry in reversed(entries) if entry.at <= instant), None)


def begun(
    entries: Sequence[D], holds: Callable[[D], bool], instant: datetime | None = None
) -> datetime | None:
    """Since when something has held without a break, as of an instant or today;
    None where it does not hold then.
    """
    since: datetime | None = None
    for entry in entries:
        if instant is not None and entry.at > instant:
            continue
        if not holds(entry):
            since = None
        elif since is None:
            since = entry.at
    return since
