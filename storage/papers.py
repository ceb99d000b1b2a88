"""Papers as lists show them: those of incidents that somebody may see, filtered, the newest first,
a page at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.records import PaperStatus
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking, PaperKind
from storage.cursors import Key, Page, clamped, page, place
from storage.paper_tables import PaperNumberRow, PaperRow
from storage.scope import scope, units_of, unless_closed, within
from storage.tables import IncidentRow

_ORDER: Final = "papers"
_PLACE: Final = (col(PaperRow.drafted_at), col(PaperRow.position), col(PaperRow.ordinal))


class PaperStanding(StrEnum):
    """How a paper stands, as an office asks for it."""

    WAITING = "waiting"
    SIGNED = "signed"
    VOID = "void"


_STATUSES: Final = {
    PaperStanding.WAITING: (PaperStatus.DRAFTED,),
    PaperStanding.SIGNED: (PaperStatus.ISSUED,),
    PaperStanding.VOID: (PaperStatus.VOID, PaperStatus.DECLINED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFilter:
    """Which papers; what is None lets all through.

    `number` is part of one, `whole_number` all of it; drafted from `since` on and before `until`.
    """

    drill: bool | None = False
    kind: PaperKind | None = None
    standing: PaperStanding | None = None
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    number: str = ""
    whole_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A paper of a list; `number` is None while it has none,
    `bears_number` says whether its kind has one at all.
    """

    incident_id: str
    case: str
    title: str
    marking: Marking
    drill: bool
    paper: str
    kind: PaperKind
    unit: str
    status: PaperStatus
    drafted_at: datetime
    signed_at: datetime | None
    number: str | None
    bears_number: bool


async def papers(
    session: AsyncSession,
    wanted: PaperFilter,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int = 50,
    oldest_first: bool = False,
) -> Page[PaperLine]:
    """A page of the papers that the actor may see; raises BadCursor."""
    limit = clamped(limit)
    number = PaperNumberRow
    drawn = and_(
        col(number.incident_id) == col(IncidentRow.incident_id), col(number.paper) == col(PaperRow.paper)
    )
    statement: Any = (
        select(PaperRow, IncidentRow, col(number.number))
        .join(IncidentRow, col(IncidentRow.position) == col(PaperRow.position))
        .join(PaperNumberRow, drawn, isouter=not (wanted.number or wanted.whole_number))
    )
    units = await scope(session, units_of(actor, None), otherwise_led=True)
    statement = unless_closed(
        within(_filtered(statement, wanted), units, col(PaperRow.position)),
        col(PaperRow.position),
        actor.person,
    )
    if cursor is not None:
        last = place(cursor, _ORDER, datetime, int, int)
        statement = statement.where(tuple_(*_PLACE) < last)
    order = _PLACE if oldest_first else tuple(column.desc() for column in _PLACE)
    rows = (await session.execute(statement.order_by(*order).limit(limit + 1))).all()
    return page(_ORDER, rows, limit, _key, _line)


_CONDITIONS: Final[dict[str, Callable[[Any], Any]]] = {  # by the filter's field
    "drill": lambda drill: col(PaperRow.drill).is_(drill),
    "kind": lambda kind: col(PaperRow.kind) == kind,
    "standing": lambda standing: col(PaperRow.status).in_(_STATUSES[standing]),
    "unit": lambda unit: col(PaperRow.unit) == unit,
    "since": lambda instant: col(PaperRow.drafted_at) >= instant,
    "until": lambda instant: col(PaperRow.drafted_at) < instant,
    "number": lambda part: col(PaperNumberRow.number).contains(part, autoescape=True),
    "whole_number": lambda number: col(PaperNumberRow.number) == number,
}


def _filtered(statement: Any, wanted: PaperFilter) -> Any:
    for field, condition in _CONDITIONS.items():
        value = getattr(wanted, field)
        if value is not None and value != "":
            statement = statement.where(condition(value))
    if (
        wanted.standing is PaperStanding.WAITING
    ):  # what an archived case left unsigned waits for nobody any more
        statement = statement.where(col(IncidentRow.archived_at).is_(None))
    return statement


def _key(row: Any) -> Key:
    paper = row.PaperRow
    return paper.drafted_at, paper.position, paper.ordinal


def _line(row: Any) -> PaperLine:
    paper, case = row.PaperRow, row.IncidentRow
    return PaperLine(
        incident_id=case.incident_id,
        case=case.number,
        title=case.title,
        marking=Marking(case.marking),
        drill=paper.drill,
        paper=paper.paper,
        kind=PaperKind(paper.kind),
        unit=paper.unit,
        status=PaperStatus(paper.status),
        drafted_at=paper.drafted_at,
        signed_at=paper.signed_at,
        number=row.number,
        bears_number=bool(paper.series),
    )
