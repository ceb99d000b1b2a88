"""What lists can be asked for, and the lines that they give."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.obligations import Obligation, Status
from domain.rules.milestones import Milestone
from domain.terms.vocabulary import (
    EmergencyGrade,
    KeyCategory,
    Marking,
    ObligationKind,
    ResponseClass,
    Stage,
    SubjectKind,
    WarningLevel,
)


class Order(StrEnum):
    """In which order incidents are listed."""

    NEWEST = "newest"  # as registered, the last first
    DUE = "due"  # open ones, the most overdue first, those that owe no answer last


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    """A unit that owes something now; `is_office` owes also what nobody was assigned to yet."""

    unit: str
    is_office: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents; what is None lets all through.

    `unit` has a part in the incident; `text` is in title or number.

    Registered from `registered_from` on and before `registered_until`.

    `closed` tells closed and archived incidents from open ones; `overdue` those that owe an answer past its
    due instant. `owed_from` and `owed_by` bound when the first answer is due, both included; a drill, whose
    clock is its own, is let through for its reader to judge. `held_by` owes something in the incident now.
    `key` tells incidents with any key category from those with none (R117). `reached` names a stage that was
    reached, `lacks` one that was not (R105).
    """

    stage: Stage | None = None
    level: WarningLevel | None = None
    grade: EmergencyGrade | None = None
    response_class: ResponseClass | None = None
    unit: str | None = None
    overdue: bool | None = None
    drill: bool | None = None
    closed: bool | None = None
    registered_from: datetime | None = None
    registered_until: datetime | None = None
    owed_from: datetime | None = None
    owed_by: datetime | None = None
    held_by: HeldBy | None = None
    category: KeyCategory | None = None
    key: bool | None = None
    reached: Milestone | None = None
    lacks: Milestone | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationFilter:
    """Which obligations; what is None lets all through. `settled` ones ask nothing of anybody any more."""

    incident_id: str | None = None
    unit: str | None = None
    kind: ObligationKind | None = None
    status: Status | None = None
    settled: bool | None = None
    drill: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident in a list.

    `next_due_at` is the deadline to show, among what is not overdue yet; `owed_due_at` the earliest due
    instant among all answers owed, and what replaces one. `overdue` says that an answer is owed past its due
    instant. `marking` is the gravest of the case.
    """

    incident_id: str
    number: str
    title: str
    marking: Marking
    drill: bool
    subject_kind: SubjectKind
    stage: Stage
    level: WarningLevel | None
    grade: EmergencyGrade
    response_class: ResponseClass
    first_responsible: tuple[str, ...]
    lead: str | None
    primary_status: Status | None
    overdue: bool
    next_due_at: datetime | None
    owed_due_at: datetime | None
    discovered_at: datetime
    registered_at: datetime
    closed_at: datetime | None
    archived_at: datetime | None
    event_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine:
    """An obligation in a list, with the incident that it belongs to;
    `settled` once nobody has to do the deed.
    """

    incident_id: str
    number: str
    title: str
    drill: bool
    settled: bool
    obligation: Obligation
