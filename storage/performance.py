"""How units answered within a span: counted by unit from the days of the ledger, and one by one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import RESPONSE_KINDS, Status
from domain.terms.vocabulary import KeyCategory, Marking, Stage
from domain.terms.workdays import SHANGHAI
from storage.answer_tables import AnswerDayRow
from storage.tables import IncidentRow, ObligationRow, table

_NOT_ANSWERED_FOR: Final = (Status.SUPERSEDED, Status.VOID)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicResponse:
    """A statutory answer that a unit owed; `fulfilled_at` None while it is still owed."""

    incident_id: str
    number: str
    title: str
    marking: Marking
    unit: str
    status: Status
    clock_start: datetime
    due_at: datetime
    fulfilled_at: datetime | None

    @property
    def is_on_time(self) -> bool:
        """Whether it was given in time, or proved so later."""
        return self.status in {Status.ON_TIME, Status.ON_TIME_LATE_EVIDENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many answers came due, in time, and not given yet;
    how many were given, and the time that those took in sum.
    """

    due: int = 0
    on_time: int = 0
    missing: int = 0
    used: int = 0
    used_seconds: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        due, on_time, missing, used, used_seconds = map(sum, zip(astuple(self), astuple(other), strict=True))
        return Tally(due=due, on_time=on_time, missing=missing, used=used, used_seconds=used_seconds)


def tallied(answers: Iterable[PublicResponse]) -> dict[str, Tally]:
    """The answers counted, unit by unit."""
    counted: dict[str, Tally] = defaultdict(Tally)
    for answer in answers:
        instant = answer.fulfilled_at
        counted[answer.unit] += Tally(
            due=1,
            on_time=int(answer.is_on_time),
            missing=int(instant is None and not answer.is_on_time),
            used=int(instant is not None),
            used_seconds=int((instant - answer.clock_start).total_seconds()) if instant else 0,
        )
    return dict(counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuery:
    """Which statutory answers: due from `first`, a midnight of Shanghai, on and before `end`;
    of some units or of all (None).

    What nobody was assigned to by its due instant is the `office`'s. Those that fell away or were replaced
    count for nobody, nor do units that were named only after the due instant. Drills are counted apart or not
    at all; of a drill, whose clock is its own, what is still open counts for nobody.
    """

    first: datetime
    end: datetime
    units: Sequence[str] | None
    office: str
    drill: bool


async def tallies(session: AsyncSession, wanted: AnswerQuery) -> dict[str, Tally]:
    """The answers counted unit by unit: whole days as the ledger has counted them,
    the last part of a day one by one.
    """
    midnight = datetime.combine(wanted.end.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    counted: dict[str, Tally] = defaultdict(Tally)
    if midnight > wanted.first:
        for row in await session.execute(_by_day(wanted, midnight)):
            counted[row.unit or wanted.office] += Tally(
                due=int(row.due),
                on_time=int(row.on_time),
                missing=int(row.missing),
                used=int(row.used),
                used_seconds=int(row.used_seconds),
            )
    if wanted.end > midnight >= wanted.first:
        today = AnswerQuery(
            first=midnight, end=wanted.end, units=wanted.units, office=wanted.office, drill=wanted.drill
        )
        for unit, tally in tallied(await answers(session, today)).items():
            counted[unit] += tally
    return {unit: tally for unit, tally in counted.items() if tally.due}


def _by_day(wanted: AnswerQuery, midnight: datetime) -> Any:
    """Along the primary key."""
    day, unit = col(AnswerDayRow.day), col(AnswerDayRow.unit)
    counts = [table(AnswerDayRow).c[name] for name in Tally.__dataclass_fields__]
    statement: Any = (
        select(unit, *(func.sum(count).label(count.key) for count in counts))
        .where(
            col(AnswerDayRow.drill).is_(wanted.drill),
            day >= wanted.first.astimezone(SHANGHAI).date().isoformat(),
            day < midnight.date().isoformat(),
        )
        .group_by(unit)
    )
    if wanted.units is None:
        return statement
    return statement.where(unit.in_([*wanted.units, *(("",) if wanted.office in wanted.units else ())]))


async def not_ours(session: AsyncSession, first: datetime, end: datetime, *, drill: bool) -> int:
    """How many incidents registered within a span ended as not ours: they are counted apart (DD-44)."""
    counted = select(func.count()).where(
        col(IncidentRow.stage) == Stage.NOT_OURS,
        col(IncidentRow.drill).is_(drill),
        col(IncidentRow.registered_at) >= first,
        col(IncidentRow.registered_at) < end,
    )
    return int((await session.execute(counted)).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTaken:
    """How many incidents reached a stage, and the seconds from discovery that this took in sum."""

    reached: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Incidents registered within a span: how many, of each key category,
    and how each stage was reached (R105, R117).
    """

    incidents: int
    by_category: Mapping[KeyCategory, int]
    stages: Mapping[str, StageTaken]


STAGES: Final = ("verified", "judged", "responded", "disposed")


async def course(session: AsyncSession, first: datetime, end: datetime, *, drill: bool) -> Course:
    """The incidents registered from `first` on and before `end`, those aside that were not ours (DD-44)."""
    named = col(IncidentRow.key_categories)
    columns: list[Any] = [func.count()]
    columns += [func.sum(case((named.contains(f",{one},"), 1), else_=0)) for one in KeyCategory]
    for stage in STAGES:
        taken = table(IncidentRow).c[f"{stage}_after"]
        columns += [func.count(taken), func.sum(taken)]
    statement = select(*columns).where(
        col(IncidentRow.drill).is_(drill),
        col(IncidentRow.stage) != Stage.NOT_OURS,
        col(IncidentRow.registered_at) >= first,
        col(IncidentRow.registered_at) < end,
    )
    incidents, *numbers = [int(value or 0) for value in (await session.execute(statement)).one()]
    by_category, stages = numbers[: len(KeyCategory)], numbers[len(KeyCategory) :]
    return Course(
        incidents=incidents,
        by_category=dict(zip(KeyCategory, by_category, strict=True)),
        stages={
            name: StageTaken(reached=reached, seconds=seconds)
            for name, reached, seconds in zip(STAGES, stages[::2], stages[1::2], strict=True)
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far answers went: of how many incidents it is known, and the shares added up in thousandths."""

    covered: int
    coverage: int
    counted: int
    reach: int


async def spread(session: AsyncSession, first: datetime, end: datetime, *, drill: bool) -> Spread:
    """Coverage and reach (R365) of the incidents registered from `first` on and before `end`."""
    coverage, reach = table(IncidentRow).c.coverage, table(IncidentRow).c.reach
    statement = select(func.count(coverage), func.sum(coverage), func.count(reach), func.sum(reach)).where(
        col(IncidentRow.drill).is_(drill),
        col(IncidentRow.stage) != Stage.NOT_OURS,
        col(IncidentRow.registered_at) >= first,
        col(IncidentRow.registered_at) < end,
    )
    covered, coverages, counted, reaches = (await session.execute(statement)).one()
    return Spread(covered=covered, coverage=int(coverages or 0), counted=counted, reach=int(reaches or 0))


async def answers(
    session: AsyncSession, wanted: AnswerQuery, limit: int | None = None
) -> list[PublicResponse]:
    """The answers one by one as they came due, the first so many of them."""
    obligation, unit = ObligationRow, col(ObligationRow.unit)
    statement = (
        select(
            col(IncidentRow.incident_id),
            col(IncidentRow.number),
            col(IncidentRow.title),
            col(IncidentRow.marking),
            unit,
            col(obligation.status),
            col(obligation.clock_start),
            col(obligation.due_at),
            col(obligation.fulfilled_at),
        )
        .join(IncidentRow, col(IncidentRow.position) == col(ObligationRow.position))
        .where(
            col(obligation.kind).in_(sorted(RESPONSE_KINDS)),
            col(obligation.settled).in_([False, True]),  # both: the index by due instants has it in between
            col(obligation.due_at) >= wanted.first,
            col(obligation.due_at) < wanted.end,
            col(obligation.scored).is_(True),
            col(obligation.drill).is_(wanted.drill),
            col(obligation.status).not_in((*_NOT_ANSWERED_FOR, *((Status.OPEN,) if wanted.drill else ()))),
        )
        .order_by(col(obligation.due_at), col(obligation.position), col(obligation.ordinal))
        .limit(limit)
    )
    if wanted.units is not None:
        theirs = [unit.in_(wanted.units), *((unit.is_(None),) if wanted.office in wanted.units else ())]
        statement = statement.where(or_(*theirs))
    return [
        PublicResponse(
            incident_id=row.incident_id,
            number=row.number,
            title=row.title,
            marking=Marking(row.marking),
            unit=row.unit or wanted.office,
            status=Status(row.status),
            clock_start=row.clock_start,
            due_at=row.due_at,
            fulfilled_at=row.fulfilled_at,
        )
        for row in await session.execute(statement)
    ]
