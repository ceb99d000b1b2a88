"""每单位一行: how far each unit has come with what it was given, what it loses in the appraisal,
and what it owes now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.case.state import Incident
from domain.rules.scores import score_deltas
from domain.terms.vocabulary import ObligationKind
from words.cards import unit_name
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp
from words.language import say
from words.wording import Countdown, MomentText, countdown, moment

_GONE = frozenset({Status.SUPERSEDED, Status.VOID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing that a unit had to do: when it was done, or until when it is owed;
    neither where nobody asked.
    """

    done: MomentText | None = None
    due: MomentText | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StripOwed:
    """An obligation that the unit owes now, with its lamp."""

    deed: str
    due: MomentText
    countdown: Countdown
    lamp: Lamp
    lamp_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit: what it is to the case, its deeds, its points, and what it owes now, the earliest first."""

    unit: str
    part: str
    signed: Cell
    verified: Cell
    answered: Cell
    reported: Cell
    rectified: Cell
    score: str
    owed: tuple[StripOwed, ...]


def unit_rows(incident: Incident, at: datetime) -> tuple[UnitRow, ...]:
    """The units that answer, then the others that had an obligation, at an instant of the case's clock."""
    holding = (
        obligation.unit
        for obligation in incident.obligations
        if obligation.unit is not None and not obligation.advisory
    )
    points = score_deltas(incident, at)
    return tuple(
        _row(incident, unit, points.get(unit, 0.0), at)
        for unit in dict.fromkeys((*incident.responders, *holding))
    )


def _row(incident: Incident, unit: str, points: float, at: datetime) -> UnitRow:
    obligations = [obligation for obligation in incident.obligations if obligation.unit == unit]
    return UnitRow(
        unit=unit_name(incident.law, unit),
        part=_part(incident, unit),
        signed=_cell(obligations, ObligationKind.SIGN),
        verified=_cell(obligations, ObligationKind.VERIFY),
        answered=_cell(obligations, *RESPONSE_KINDS),
        reported=_cell(obligations, ObligationKind.REPORT_UP),
        rectified=_cell(obligations, ObligationKind.RECTIFY),
        score=f"{points:+g}" if points else "0",
        owed=tuple(_owed(incident, obligations, at)),
    )


def _part(incident: Incident, unit: str) -> str:
    if unit in incident.first_responsible:
        return say("第一责任主体")
    if unit in incident.responders:
        return say("共同回应")
    return say("组织协调") if unit in incident.powers.deciding or unit in incident.coordinators else ""


def _cell(obligations: Iterable[Obligation], *kinds: ObligationKind) -> Cell:
    """The latest obligation of a kind that stands; one that fell away undone was not asked in the end."""
    own = [obligation for obligation in obligations if obligation.kind in kinds]
    standing = [
        obligation
        for obligation in own
        if obligation.fulfilled_at is not None or obligation.status not in _GONE
    ]
    if not standing:
        return Cell()
    obligation = max(standing, key=lambda item: (item.created_at, item.due_at))
    late = obligation.status is Status.BREACHED
    if obligation.fulfilled_at is not None:
        return Cell(done=moment(obligation.fulfilled_at), is_late=late)
    return Cell(due=moment(obligation.due_at), is_late=late)


def _owed(incident: Incident, obligations: Iterable[Obligation], at: datetime) -> Iterable[StripOwed]:
    for obligation in sorted(obligations, key=lambda item: (item.due_at, item.id)):
        if obligation.is_owed and not obligation.advisory and obligation.kind is not ObligationKind.INT24:
            lit = lamp(obligation, at)
            yield StripOwed(
                deed=word(obligation.kind),
                due=moment(obligation.due_at),
                countdown=countdown(obligation.due_at, at, incident.drill),
                lamp=lit,
                lamp_word=say(LAMP_WORDS[lit]),
            )
