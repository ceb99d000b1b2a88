"""What an auditor looks at first: which risks a case bears, and numbers that were drawn and name no case."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import Status
from domain.terms.vocabulary import Marking, ResponseClass
from storage.destruction_tables import DestroyedCaseRow
from storage.installation_tables import HealingRow
from storage.numbers import incident_id as id_of
from storage.numbers import number_of
from storage.scope import closed_to_others
from storage.tables import ArchivedHistoryRow, DrawnNumberRow, IncidentRow, ObligationRow, SnapshotRow

LATE_HOURS: Final = {ResponseClass.H24: 6, ResponseClass.H48: 12}  # a quarter of the limit


class Risk(StrEnum):
    """One kind of risk, in the order in which they weigh."""

    HISTORY_MISSING = "history_missing"  # archived, and its Temporal history is not
    HEALED = "healed"  # its records were apart, and were brought together
    BREACH = "breach"
    REVERSAL = "reversal"  # a breach that was turned on time by evidence that came late
    IRREGULAR = "irregular"  # a publication that could not have gone out
    OWN_WORD = "own_word"  # a conclusion that rests on the word of accountable units alone
    LATE_REGISTRATION = "late_registration"  # later after its discovery than a quarter of the limit


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLine:
    """A case with how often each risk is found in it; those that are not found are left out."""

    incident_id: str
    number: str
    title: str
    marking: Marking
    drill: bool
    stage: str
    registered_at: datetime
    risks: dict[Risk, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """One page of cases by risk, how many cases there are in all, and how many bear each risk."""

    lines: tuple[RiskLine, ...]
    cases: int
    counts: dict[Risk, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Numbers that were drawn and name no case, and numbers that were never drawn,
    each with the first of them.
    """

    drawn: tuple[str, ...]
    drawn_count: int
    never: tuple[str, ...]
    never_count: int


async def risks(
    session: AsyncSession, person: str, *, only: Risk | None, drill: bool, offset: int, limit: int
) -> Risks:
    """The cases that are open to a person, those with most kinds of risk first,
    then those with most breaches, then the latest.

    `only` leaves those without that risk out; cases without any are left out always.
    """
    figures = {risk: expression.label(risk.value) for risk, expression in _figures(session).items()}
    each = (
        select(
            col(IncidentRow.incident_id),
            col(IncidentRow.position),
            col(IncidentRow.number),
            col(IncidentRow.title),
            col(IncidentRow.marking),
            col(IncidentRow.drill),
            col(IncidentRow.stage),
            col(IncidentRow.registered_at),
            *figures.values(),
        )
        .join(SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position))
        .where(col(IncidentRow.drill).is_(drill), col(IncidentRow.position).not_in(closed_to_others(person)))
    ).subquery()
    kinds = sum(
        (case((each.c[risk.value] > 0, 1), else_=0) for risk in Risk),
        start=case((each.c.position < 0, 1), else_=0),
    )
    rows = (await session.execute(_page(each, kinds, only, offset, limit))).mappings()
    totals = [func.count(), *(func.sum(case((each.c[risk.value] > 0, 1), else_=0)) for risk in Risk)]
    cases, *counts = (await session.execute(select(*totals).select_from(each))).one()
    return Risks(
        lines=tuple(_line(row) for row in rows),
        cases=int(cases),
        counts={risk: int(count or 0) for risk, count in zip(Risk, counts, strict=True)},
    )


def _page(each: Any, kinds: Any, only: Risk | None, offset: int, limit: int) -> Select[Any]:
    statement = select(each).where(kinds > 0 if only is None else each.c[only.value] > 0)
    order = (kinds.desc(), each.c[Risk.BREACH.value].desc(), each.c.position.desc())
    return statement.order_by(*order).offset(offset).limit(limit)


def _line(row: Any) -> RiskLine:
    return RiskLine(
        incident_id=row["incident_id"],
        number=row["number"],
        title=row["title"],
        marking=Marking(row["marking"]),
        drill=row["drill"],
        stage=row["stage"],
        registered_at=row["registered_at"],
        risks={risk: int(row[risk.value]) for risk in Risk if row[risk.value]},
    )


def _figures(session: AsyncSession) -> dict[Risk, Any]:
    state, incident = col(SnapshotRow.state), col(IncidentRow.incident_id)
    archived = exists().where(col(ArchivedHistoryRow.workflow_id) == incident)
    return {
        Risk.HISTORY_MISSING: _flag(col(IncidentRow.archived_at).is_not(None) & ~archived),
        Risk.HEALED: select(func.count()).where(col(HealingRow.incident_id) == incident).scalar_subquery(),
        Risk.BREACH: _obligations(col(ObligationRow.status) == Status.BREACHED),
        Risk.REVERSAL: _obligations(col(ObligationRow.status) == Status.ON_TIME_LATE_EVIDENCE),
        Risk.IRREGULAR: _flag(state.contains('"irregular":["', autoescape=True)),
        Risk.OWN_WORD: _flag(state.contains('"own_word":true', autoescape=True)),
        Risk.LATE_REGISTRATION: _flag(_is_late(session)),
    }


def _flag(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)


def _obligations(condition: ColumnElement[bool]) -> Any:
    own = col(ObligationRow.position) == col(IncidentRow.position)
    counted = own & condition & col(ObligationRow.advisory).is_(False)
    return select(func.count()).select_from(ObligationRow).where(counted).scalar_subquery()


def _is_late(session: AsyncSession) -> ColumnElement[bool]:
    """Whether the registration came later after the discovery than a quarter of the limit."""
    first, then = col(IncidentRow.discovered_at), col(IncidentRow.registered_at)
    if session.get_bind().dialect.name == "sqlite":
        hours = (func.julianday(then) - func.julianday(first)) * 24
    else:
        hours = func.extract("epoch", then - first) / 3600
    of_class = col(IncidentRow.response_class)
    return or_(*((of_class == name) & (hours > most) for name, most in LATE_HOURS.items()))


async def population(
    session: AsyncSession, person: str, since: datetime, until: datetime
) -> Sequence[tuple[str, tuple[str, str, Marking]]]:
    """Id, and number, title and mark, of the cases registered within a span that are open to a person,
    drills left out.
    """
    statement = (
        select(
            col(IncidentRow.incident_id),
            col(IncidentRow.number),
            col(IncidentRow.title),
            col(IncidentRow.marking),
        )
        .where(
            col(IncidentRow.drill).is_(False),
            col(IncidentRow.registered_at) >= since,
            col(IncidentRow.registered_at) < until,
            col(IncidentRow.position).not_in(closed_to_others(person)),
        )
        .order_by(col(IncidentRow.position))
    )
    return [(row[0], (row[1], row[2], Marking(row[3]))) for row in (await session.execute(statement)).all()]


async def gaps(session: AsyncSession, most: int) -> Gaps:
    """The gaps among numbers of cases in earnest; at most `most` of each kind are named."""
    drawn = select(
        col(DrawnNumberRow.command_id), col(DrawnNumberRow.year), col(DrawnNumberRow.ordinal)
    ).where(col(DrawnNumberRow.drill).is_(False))
    numbers = [(row[0], row[1], row[2]) for row in (await session.execute(drawn)).all()]
    known = set((await session.execute(select(col(IncidentRow.incident_id)))).scalars())
    known |= set((await session.execute(select(col(DestroyedCaseRow.incident_id)))).scalars())
    return await asyncio.to_thread(_gaps, numbers, known, most)


def _gaps(numbers: Sequence[tuple[str, int, int]], known: set[str], most: int) -> Gaps:
    by_year: dict[int, set[int]] = {}
    for _, year, ordinal in numbers:
        by_year.setdefault(year, set()).add(ordinal)
    nameless = sorted((year, ordinal) for command, year, ordinal in numbers if id_of(command) not in known)
    never = [
        (year, ordinal)
        for year, ordinals in sorted(by_year.items())
        for ordinal in range(1, max(ordinals))
        if ordinal not in ordinals
    ]
    return Gaps(
        drawn=tuple(number_of(*one) for one in nameless[:most]),
        drawn_count=len(nameless),
        never=tuple(number_of(*one) for one in never[:most]),
        never_count=len(never),
    )
