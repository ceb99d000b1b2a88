"""The long lists: incidents and obligations, filtered, in order, a page at a time, along an index."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Select, and_, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import Obligation
from domain.rules.milestones import Milestone
from domain.terms.roles import Actor
from domain.terms.vocabulary import EmergencyGrade, ResponseClass, Stage, WarningLevel
from storage.cursors import BadCursor, Key, Page, clamped, page, place
from storage.filters import IncidentFilter, IncidentLine, ObligationFilter, ObligationLine, Order
from storage.scope import Condition, Passes, met, scope, units_of, unless_closed, within
from storage.search import holding
from storage.tables import IncidentRow, IncidentUnitRow, ObligationRow, table

_OBLIGATIONS: Final = "obligations"
_LINE: Final[TypeAdapter[IncidentLine]] = TypeAdapter(IncidentLine)
_OBLIGATION: Final[TypeAdapter[Obligation]] = TypeAdapter(Obligation)
_OPEN: Final = Condition(col(IncidentRow.closed_at), lambda closed_at: closed_at.is_(None), Passes.FEW)
_CLOSED: Final = Condition(col(IncidentRow.closed_at), lambda closed_at: closed_at.is_not(None))
_OURS: Final = Condition(col(IncidentRow.stage), lambda stage: stage != Stage.NOT_OURS, Passes.MOST)
_IN_STAGE: Final = {Stage.CLOSED: Passes.SOME, Stage.ARCHIVED: Passes.MOST}
_PLACE: Final = (
    col(ObligationRow.settled),
    col(ObligationRow.due_at),
    col(ObligationRow.position),
    col(ObligationRow.ordinal),
)


async def holds_more_than_drills(session: AsyncSession) -> bool:
    """Whether an incident was ever registered in earnest."""
    in_earnest = select(col(IncidentRow.position)).where(col(IncidentRow.drill).is_(False)).limit(1)
    return (await session.execute(in_earnest)).first() is not None


async def incidents(
    session: AsyncSession,
    wanted: IncidentFilter,
    *,
    actor: Actor,
    order: Order = Order.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[IncidentLine]:
    """A page of the incidents that the actor may see and the filter lets through; raises BadCursor.

    In the order of due instants only open incidents are listed.
    """
    limit = clamped(limit)
    by_due = order is Order.DUE
    conditions = [*((_OPEN,) if by_due else ()), *_on_incidents(wanted)]
    led_by_few = any(condition.passes is Passes.FEW for condition in conditions)
    is_led = bool(wanted.text) or any(condition.passes for condition in conditions)
    units = await scope(session, units_of(actor, wanted.unit), otherwise_led=is_led)
    by_text = bool(wanted.text) and units.leading is None and not led_by_few
    statement = met(session, select(IncidentRow), conditions, led=units.leading is not None or by_text)
    statement = within(statement, units, col(IncidentRow.position))
    statement = unless_closed(statement, col(IncidentRow.position), actor.person)
    along = col(IncidentRow.position) if units.leading is None else col(IncidentUnitRow.position)
    statement = _owing(statement, wanted)
    if wanted.text:
        statement = statement.where(_holds(wanted.text))
    if by_text:
        statement, along = holding(session, statement, wanted.text, along)
    statement = _by_due(statement, cursor) if by_due else _newest(statement, along, cursor)
    rows = (await session.execute(statement.limit(limit + 1))).scalars().all()
    return page(order, rows, limit, _due_key if by_due else _age_key, line_of)


def _on_incidents(wanted: IncidentFilter) -> Iterator[Condition]:
    """The conditions of a filter, what usually leaves the fewest rows first."""
    if wanted.overdue is not None:
        yield _is(IncidentRow.overdue, wanted.overdue, Passes.FEW if wanted.overdue else Passes.MOST)
    yield from _within_dates(wanted)
    if wanted.stage is not None:
        yield _is(IncidentRow.stage, wanted.stage, _IN_STAGE.get(wanted.stage, Passes.FEW))
    yield from _ended(wanted)
    yield from _key(wanted)
    yield from _stages(wanted)
    if wanted.grade is not None:
        yield _is(IncidentRow.grade, wanted.grade, _some(wanted.grade is not EmergencyGrade.NONE))
    if wanted.drill is not None:
        yield _is(IncidentRow.drill, wanted.drill, _some(wanted.drill))
    if wanted.response_class is not None:
        is_24h = wanted.response_class is ResponseClass.H24
        yield _is(IncidentRow.response_class, wanted.response_class, _some(is_24h))
    if wanted.level is not None:
        yield _is(IncidentRow.level, wanted.level, _some(wanted.level is not WarningLevel.GENERAL_MATTER))


def _key(wanted: IncidentFilter) -> Iterator[Condition]:
    """Of one key category, and of any or of none (R117)."""
    if wanted.category is not None:
        named = f",{wanted.category},"
        yield Condition(col(IncidentRow.key_categories), lambda among: among.contains(named))
    if (is_key := wanted.key) is not None:
        yield Condition(
            col(IncidentRow.key_categories),
            lambda among: (among != "") if is_key else (among == ""),
            _some(is_key),
        )


def _stages(wanted: IncidentFilter) -> Iterator[Condition]:
    """A stage that was reached, and one that was not (R105)."""
    if wanted.reached is not None:
        yield Condition(_taken(wanted.reached), lambda taken: taken.is_not(None), Passes.MOST)
    if wanted.lacks is not None:
        yield Condition(_taken(wanted.lacks), lambda taken: taken.is_(None), Passes.SOME)


def _taken(stage: Milestone) -> Any:
    return table(IncidentRow).c[f"{stage}_after"]


def _ended(wanted: IncidentFilter) -> Iterator[Condition]:
    """Closed or open; what was not ours is listed with neither, but where it is asked for (DD-44)."""
    if wanted.closed is not None:
        yield _CLOSED if wanted.closed else _OPEN
    if wanted.closed and wanted.stage is None:
        yield _OURS


def _within_dates(wanted: IncidentFilter) -> Iterator[Condition]:
    """One condition for both ends, so that a walk along the dates ends where the range does."""
    since, until = wanted.registered_from, wanted.registered_until
    ends = [
        *((lambda registered: registered >= since,) if since is not None else ()),
        *((lambda registered: registered < until,) if until is not None else ()),
    ]
    if ends:
        yield Condition(
            col(IncidentRow.registered_at),
            lambda registered: and_(*(end(registered) for end in ends)),
            Passes.SOME,
        )


def _some(not_all: bool) -> Passes:  # noqa: FBT001  an answer
    return Passes.SOME if not_all else Passes.MOST


def _is(column: Any, value: str | bool, passes: Passes) -> Condition:  # noqa: FBT001  the value of a column
    if isinstance(value, bool):
        return Condition(col(column), lambda column_value: column_value.is_(value), passes)
    return Condition(col(column), lambda column_value: column_value == value, passes)


def _owing(statement: Select[Any], wanted: IncidentFilter) -> Select[Any]:
    """Confined to what falls due within the bounds, and to what the unit asked for has to do."""
    due_at, drill = col(IncidentRow.owed_due_at), col(IncidentRow.drill).is_(True)
    if wanted.owed_from is not None:
        statement = statement.where(or_(due_at >= wanted.owed_from, drill))
    if wanted.owed_by is not None:
        statement = statement.where(or_(due_at <= wanted.owed_by, drill))
    if (holder := wanted.held_by) is not None:
        unit = col(ObligationRow.unit)
        theirs = or_(unit == holder.unit, unit.is_(None)) if holder.is_office else unit == holder.unit
        owed = exists().where(
            col(ObligationRow.position) == col(IncidentRow.position),
            col(ObligationRow.settled).is_(False),
            theirs,
        )
        statement = statement.where(owed)
    return statement


def _holds(text: str) -> Any:
    """Title or number contains the text; upper and lower case are alike."""
    return or_(
        col(IncidentRow.title).icontains(text, autoescape=True),
        col(IncidentRow.number).icontains(text, autoescape=True),
    )


def _newest(statement: Select[Any], position: Any, cursor: str | None) -> Select[Any]:
    """By the position in that table along which the list is walked."""
    if cursor is not None:
        statement = statement.where(position < place(cursor, Order.NEWEST, int)[0])
    return statement.order_by(position.desc())


def _by_due(statement: Select[Any], cursor: str | None) -> Select[Any]:
    columns = (col(IncidentRow.due_rank), col(IncidentRow.position))
    if cursor is not None:
        statement = statement.where(tuple_(*columns) > place(cursor, Order.DUE, int, int))
    return statement.order_by(*columns)


def _age_key(row: IncidentRow) -> Key:
    return (row.position,)


def _due_key(row: IncidentRow) -> Key:
    return row.due_rank, row.position


def line_of(row: IncidentRow) -> IncidentLine:
    """An incident as lists show it."""
    return _LINE.validate_python({name: getattr(row, name) for name in IncidentLine.__dataclass_fields__})


async def obligations(
    session: AsyncSession,
    wanted: ObligationFilter,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ObligationLine]:
    """A page of the obligations of incidents that the actor may see:
    unsettled ones first, each part by due instant.

    Raises BadCursor.
    """
    limit = clamped(limit)
    units = await scope(session, units_of(actor, None), otherwise_led=True)
    statement: Any = select(ObligationRow, IncidentRow).join(
        IncidentRow, col(IncidentRow.position) == col(ObligationRow.position)
    )
    statement = met(session, statement, _on_obligations(wanted), led=units.leading is not None)
    statement = within(statement, units, col(ObligationRow.position))
    statement = unless_closed(statement, col(ObligationRow.position), actor.person)
    statement = _by_obligation(statement, wanted.settled, cursor)
    rows = (await session.execute(statement.limit(limit + 1))).all()
    return page(_OBLIGATIONS, rows, limit, _obligation_key, _obligation_line)


def _by_obligation(statement: Any, settled: bool | None, cursor: str | None) -> Any:  # noqa: FBT001  of the filter
    """Where only one part of the list is asked for,
    SQLite sorts anew unless its order leaves the part out.
    """
    columns = _PLACE if settled is None else _PLACE[1:]
    if cursor is not None:
        last_settled, *rest = place(cursor, _OBLIGATIONS, int, datetime, int, int)
        if settled is not None and settled != bool(last_settled):
            raise BadCursor("of the other part")
        after = (bool(last_settled), *rest) if settled is None else tuple(rest)
        statement = statement.where(tuple_(*columns) > after)
    return statement.order_by(*columns)


def _on_obligations(wanted: ObligationFilter) -> Iterator[Condition]:
    """The conditions of a filter, what usually leaves the fewest rows first;
    `settled` stands in every index.
    """
    if wanted.incident_id is not None:
        yield _is(IncidentRow.incident_id, wanted.incident_id, Passes.SOME)
    if wanted.unit is not None:
        yield _is(ObligationRow.unit, wanted.unit, Passes.SOME)
    if wanted.kind is not None:
        yield _is(ObligationRow.kind, wanted.kind, Passes.SOME)
    if wanted.settled is not None:
        yield Condition(
            col(ObligationRow.settled), lambda settled: settled.is_(wanted.settled), in_index=True
        )
    if wanted.status is not None:
        yield _is(ObligationRow.status, wanted.status, Passes.MOST)
    if wanted.drill is not None:
        yield _is(ObligationRow.drill, wanted.drill, Passes.MOST)


def _obligation_key(row: Any) -> Key:
    obligation = row.ObligationRow
    return obligation.settled, obligation.due_at, obligation.position, obligation.ordinal


def _obligation_line(row: Any) -> ObligationLine:
    obligation = row.ObligationRow
    return ObligationLine(
        incident_id=row.IncidentRow.incident_id,
        number=row.IncidentRow.number,
        title=row.IncidentRow.title,
        drill=obligation.drill,
        settled=obligation.settled,
        obligation=_OBLIGATION.validate_python(
            {name: getattr(obligation, name) for name in Obligation.__dataclass_fields__}
        ),
    )
