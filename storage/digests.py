"""The figures of a span: what came in, what was answered, missed and closed, and what is open,
of the incidents that somebody may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import RESPONSE_KINDS, Status
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking, Stage, WarningLevel
from storage.scope import scope, units_of, unless_closed, within
from storage.tables import IncidentRow, ObligationRow

MOST_LISTED: Final = 40  # open incidents, the most pressing first
_CASE: Final = col(IncidentRow.position)
_OBLIGATION: Final = col(ObligationRow.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """An open incident as a digest lists it: `due_at` the first answer that it owes."""

    number: str
    title: str
    level: WarningLevel | None
    units: tuple[str, ...]
    due_at: datetime | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What happened from one instant on and before another, and what is open now;
    `marked` of the open ones bear a mark and are not listed.
    """

    registered: int
    by_level: tuple[tuple[WarningLevel | None, int], ...]
    answered: int
    missed: int
    closed: int
    open: int
    overdue: int
    marked: int
    cases: tuple[OpenCase, ...]


async def figures(session: AsyncSession, actor: Actor, since: datetime, until: datetime) -> Figures:
    """The figures of a span, without drills and without incidents that are closed to named persons,
    whoever asks: a digest is passed on.
    """
    units = await scope(session, units_of(actor, None), otherwise_led=True)

    def of(columns: Sequence[Any], position: Any) -> Any:
        return unless_closed(within(select(*columns), units, position), position, "")

    def cases(*columns: Any) -> Any:
        counted = of(columns, _CASE).where(col(IncidentRow.drill).is_(False))
        return counted.where(col(IncidentRow.stage) != Stage.NOT_OURS)  # counted apart (DD-44)

    def answers(instant: Any) -> Any:
        counted = of((func.count(),), _OBLIGATION).select_from(ObligationRow)
        return counted.where(
            col(ObligationRow.drill).is_(False),
            col(ObligationRow.kind).in_(sorted(RESPONSE_KINDS)),
            instant >= since,
            instant < until,
        )

    registered, ended = col(IncidentRow.registered_at), col(IncidentRow.closed_at)
    level, count = col(IncidentRow.level), func.count(_CASE)
    levels = (
        await session.execute(
            cases(level, count).where(registered >= since, registered < until).group_by(level)
        )
    ).all()
    closed = await session.scalar(cases(count).where(ended >= since, ended < until))
    answered = await session.scalar(answers(col(ObligationRow.fulfilled_at)))
    missed = await session.scalar(
        answers(col(ObligationRow.breached_at)).where(col(ObligationRow.status) == Status.BREACHED)
    )
    is_open, overdue, marking = ended.is_(None), col(IncidentRow.overdue), col(IncidentRow.marking)
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (overdue, marking != Marking.NONE)]
    many, late, with_mark = (await session.execute(cases(count, *sums).where(is_open))).one()
    listed = cases(IncidentRow).where(is_open, marking == Marking.NONE)
    rows = (
        (await session.execute(listed.order_by(col(IncidentRow.due_rank), _CASE).limit(MOST_LISTED)))
        .scalars()
        .all()
    )
    by_level = {WarningLevel(one) if one else None: many for one, many in levels}
    return Figures(
        registered=sum(by_level.values()),
        by_level=tuple((one, by_level[one]) for one in (*WarningLevel, None) if one in by_level),
        answered=answered or 0,
        missed=missed or 0,
        closed=closed or 0,
        open=many,
        overdue=late or 0,
        marked=with_mark or 0,
        cases=tuple(_case(row) for row in rows),
    )


def _case(row: IncidentRow) -> OpenCase:
    return OpenCase(
        number=row.number,
        title=row.title,
        level=WarningLevel(row.level) if row.level else None,
        units=tuple(row.first_responsible),
        due_at=row.owed_due_at,
        is_overdue=row.overdue,
    )
