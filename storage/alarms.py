"""Alarms of the watch: opened when something is found wrong,
closed when it is not found any more, and kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import table
from storage.watch_tables import AlarmRow, AlarmSeenRow

_ALARM: Final = table(AlarmRow)
_LOOKS: Final = table(AlarmSeenRow)
_OPEN: Final = _ALARM.c.closed_at.is_(None)


class AlarmKind(StrEnum):
    """What the watch looks at; the codes are what `/readyz` names as checks."""

    LIMIT_PASSED = "limit_passed"  # a limit went by and its breach stands nowhere
    CASE_MISSING = "case_missing"  # an open case has no running workflow
    CASE_FAILING = "case_failing"  # the task of a case fails, or nothing takes it
    CASE_APART = "case_apart"  # a workflow stands elsewhere than the log of its case
    CASE_LARGE = "case_large"  # a case is near a limit of the engine
    DATABASE = "database"  # it takes no write
    TEMPORAL = "temporal"  # it does not answer
    WORKER = "worker"  # it takes no step
    BACKLOG = "backlog"  # tasks of cases have long waited for a worker
    PROCESS = "process"  # one hangs, or was ended since it hung
    CLOCK = "clock"  # that of a process differs from the engine's by a minute and more
    CHANNEL_BROKEN = "channel_broken"  # no message goes out by it
    CHECKPOINT_STUCK = "checkpoint_stuck"  # a place outside takes no checkpoint of the sealed log
    CALL_STUCK = "call_stuck"  # what somebody must hear of a case reached nobody
    INTRUSION = "intrusion"  # somebody who is not of the house tried to act at the engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who has seen an alarm, and when."""

    person: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAlarm:
    """An alarm as it stands: of one incident, or with an empty `subject` or a process's name
    of the system.
    """

    position: int
    kind: AlarmKind
    subject: str
    detail: str
    since: datetime
    seen_at: datetime
    closed_at: datetime | None
    viewers: tuple[Viewer, ...] = ()


Matter = tuple[AlarmKind, str]


async def settle(
    database: Database, wrong: Mapping[Matter, str], checked: Collection[AlarmKind], at: datetime
) -> None:
    """Open an alarm for each matter that is wrong, with its detail,
    and close those of `checked` kinds that are not.
    """
    await database.write(partial(_settle, wrong=wrong, checked=frozenset(checked), at=at))


def _settle(
    connection: Connection, wrong: Mapping[Matter, str], checked: frozenset[AlarmKind], at: datetime
) -> None:
    statement = select(_ALARM.c.position, _ALARM.c.kind, _ALARM.c.subject).where(_OPEN)
    standing = {(AlarmKind(row.kind), row.subject): row.position for row in connection.execute(statement)}
    gone = [place for matter, place in standing.items() if matter not in wrong and matter[0] in checked]
    places = [place for matter, place in standing.items() if matter in wrong]
    if gone:
        connection.execute(update(_ALARM).where(_ALARM.c.position.in_(gone)).values(closed_at=at))
    if places:
        connection.execute(update(_ALARM).where(_ALARM.c.position.in_(places)).values(seen_at=at))
    fresh: list[dict[str, Any]] = [
        {
            "kind": kind.value,
            "subject": subject,
            "detail": detail,
            "since": at,
            "seen_at": at,
            "closed_at": None,
        }
        for (kind, subject), detail in wrong.items()
        if (kind, subject) not in standing
    ]
    if fresh:
        connection.execute(insert(_ALARM), fresh)


async def tell_intrusions(
    database: Database, subjects: Mapping[str, str], at: datetime, quiet_since: datetime
) -> None:
    """Open an alarm for each case or other subject that a stranger tried something with,
    and close those that were quiet.
    """
    wrong = {(AlarmKind.INTRUSION, subject): detail for subject, detail in subjects.items()}
    await database.write(partial(_tell, wrong=wrong, at=at, quiet_since=quiet_since))


def _tell(connection: Connection, wrong: Mapping[Matter, str], at: datetime, quiet_since: datetime) -> None:
    _settle(connection, wrong, frozenset(), at)
    of_kind = _OPEN & (_ALARM.c.kind == AlarmKind.INTRUSION.value) & (_ALARM.c.seen_at < quiet_since)
    connection.execute(update(_ALARM).where(of_kind).values(closed_at=at))


async def open_alarms(session: AsyncSession) -> tuple[WatchAlarm, ...]:
    """The alarms that stand, the oldest first."""
    rows = await session.execute(select(*_ALARM.c).where(_OPEN).order_by(_ALARM.c.position))
    return await _alarms(session, rows.all())


async def latest_alarms(session: AsyncSession, limit: int = 20) -> tuple[WatchAlarm, ...]:
    """The last alarms, those that stand before the others, then the newest first."""
    newest = select(*_ALARM.c).order_by(_OPEN.desc(), _ALARM.c.position.desc()).limit(limit)
    return await _alarms(session, (await session.execute(newest)).all())


async def acknowledge(
    session: AsyncSession, positions: Collection[int], *, person: str, name: str, at: datetime
) -> int:
    """Note that somebody has seen alarms that stand, in a session that writes;
    how many of them that person had not.

    They stand until the watch finds nothing wrong any more.
    """
    known = select(_LOOKS.c.alarm).where(_LOOKS.c.person == person)
    statement = select(_ALARM.c.position).where(
        _OPEN, _ALARM.c.position.in_(positions), _ALARM.c.position.not_in(known)
    )
    fresh = (await session.execute(statement)).scalars().all()
    if fresh:
        rows = [{"alarm": alarm, "at": at, "person": person, "name": name} for alarm in fresh]
        await session.execute(insert(_LOOKS), rows)
    return len(fresh)


async def _alarms(session: AsyncSession, rows: Sequence[Any]) -> tuple[WatchAlarm, ...]:
    looks: dict[int, list[Viewer]] = {row.position: [] for row in rows}
    if looks:
        statement = select(*_LOOKS.c).where(_LOOKS.c.alarm.in_(looks)).order_by(_LOOKS.c.position)
        for row in await session.execute(statement):
            looks[row.alarm].append(Viewer(person=row.person, name=row.name, at=row.at))
    return tuple(_alarm(row, looks[row.position]) for row in rows)


def _alarm(row: Any, looks: Sequence[Viewer]) -> WatchAlarm:
    return WatchAlarm(
        position=row.position,
        kind=AlarmKind(row.kind),
        subject=row.subject,
        detail=row.detail,
        since=row.since,
        seen_at=row.seen_at,
        closed_at=row.closed_at,
        viewers=tuple(looks),
    )
