"""Reducing texts (decision 0033): what the regulation's months are over for, and one text by the office.

An act is entered, and with it the texts go from the ledger, in one transaction; then their keys are
destroyed. Killed in between, the ledger tells the truth, no reader sees the texts, and the next call ends it:
the audit tells until then.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.client import Client

from audit.gone_texts import follow_keys
from audit.reducing_rows import SHORT_MONTH, sweep_rows
from domain.catalogue import Decision, Submission
from domain.rules.retention import reduced_from
from domain.terms.free_texts import public_references
from storage import reductions
from storage.case_text_tables import CaseTextRow
from storage.database import Database
from storage.event_log import decisions
from storage.reduction_tables import ReductionRow
from storage.reductions import Reduction, ReductionCause
from storage.regulations import regulations, retention
from storage.snapshots import snapshot
from storage.tables import IncidentRow
from storage.text_keys import TextKeys

log = structlog.get_logger("reducing")

_AT_ONE_TIME: Final = 500  # cases of one sweep; the next follows at once
_TRIES: Final = 20
_REST: Final = 0.25
_DAILY: Final = timedelta(days=1)
_AFTER_START: Final = timedelta(minutes=10)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A case whose time has come, and the texts that are to be reduced."""

    incident_id: str
    number: str
    references: tuple[str, ...]


@dataclass(slots=True)
class ReductionSweep:
    """What a sweep came to: cases and texts reduced, and acts ended that had been broken off."""

    cases: int = 0
    texts: int = 0
    ended: int = 0
    failed: dict[str, str] = field(default_factory=dict)


async def due(session: AsyncSession, now: datetime) -> list[Due]:
    """The cases whose months are over at `now` and that nothing holds, the oldest first, some at a time."""
    months = min(retention(name).posts_months for name in regulations())
    done = exists().where(
        col(ReductionRow.incident_id) == col(IncidentRow.incident_id),
        col(ReductionRow.why) == ReductionCause.RETENTION.value,
        col(ReductionRow.about) != reductions.ROWS,
    )
    has_texts = exists().where(col(CaseTextRow.incident_id) == col(IncidentRow.incident_id))
    is_old = or_(col(IncidentRow.drill).is_(True), col(IncidentRow.archived_at) < now - months * SHORT_MONTH)
    statement = (
        select(col(IncidentRow.incident_id))
        .where(col(IncidentRow.archived_at).is_not(None), is_old, has_texts, ~done)
        .order_by(col(IncidentRow.position))
    )
    cases: list[Due] = []
    for incident_id in (await session.execute(statement)).scalars().all():
        try:
            one = await _due(session, incident_id, now)
        except ValueError as error:  # what was tampered with does not read; the audit tells, and others go on
            log.warning("case not read", incident=incident_id, error=type(error).__name__)
            continue
        if one is not None:
            cases.append(one)
        if len(cases) >= _AT_ONE_TIME:
            break
    return cases


async def _due(session: AsyncSession, incident_id: str, now: datetime) -> Due | None:
    current = await snapshot(session, incident_id)
    if current is None:
        return None
    incident = current.state
    since = reduced_from(incident, retention(incident.law.regulation))
    if since is None or since > (incident.drill.shown(now) if incident.drill else now):
        return None
    case_log = [one.decision for one in await decisions(session, incident_id)]
    left = of_the_public(case_log) - (await reductions.reduced_of(session, incident_id)).keys()
    return (
        Due(incident_id=incident_id, number=incident.number, references=tuple(sorted(left))) if left else None
    )


def of_the_public(decided: Sequence[Decision]) -> frozenset[str]:
    """The references to what the public said in a case, in full:
    what a case holds is bounded, its log is not.
    """
    causes = (decision.cause for decision in decided)
    commands = tuple(cause.command for cause in causes if isinstance(cause, Submission))
    return public_references((commands, tuple(decision.events for decision in decided)))


async def reduce_texts(
    database: Database, keys: TextKeys, act: Reduction, references: Collection[str]
) -> int:
    """Reduce texts of a case: the entry, with which they go, then their keys. Gives how many were there.

    Raises the database's errors and OSError; what was entered by then is ended by the next sweep.
    """
    count = await database.write(partial(reductions.enter, act=act, references=references))
    await asyncio.to_thread(keys.destroy, act.incident_id, references, act.at, act.why.value)
    return count


async def sweep_texts(
    database: Database,
    keys: TextKeys,
    now: datetime,
    progress: Progress | None = None,
    client: Client | None = None,
) -> ReductionSweep:
    """End what was broken off, then reduce every case whose time has come;
    `progress` hears of cases done and in all.

    With a client also cases that 0.3 and before recorded, of which the server forgets what the archive has.
    """
    swept = ReductionSweep()
    try:
        await _sweep(database, keys, now, progress, swept)
        older = await sweep_rows(database, client, now)
        swept.cases, swept.texts = swept.cases + older.cases, swept.texts + older.texts
        swept.failed |= older.failed
    finally:  # what went before something failed went from the ledger, and goes from its files too
        await clear_ledger(database)
    return swept


async def _sweep(
    database: Database, keys: TextKeys, now: datetime, progress: Progress | None, swept: ReductionSweep
) -> None:
    swept.ended = await end_broken_off(database, keys)
    for incident_id in await _with_texts(database):
        swept.ended += min(await follow_keys(database, keys, incident_id), 1)
    while True:
        async with database.session() as session:
            cases = [one for one in await due(session, now) if one.incident_id not in swept.failed]
        for done, one in enumerate(cases, start=1):
            act = Reduction(at=now, incident_id=one.incident_id, why=ReductionCause.RETENTION)
            try:
                swept.texts += await reduce_texts(database, keys, act, one.references)
                swept.cases += 1
            except Exception as error:  # noqa: BLE001  whatever is wrong with one case, the others are reduced all the same
                log.warning("case not reduced", incident=one.incident_id, error=type(error).__name__)
                swept.failed[one.incident_id] = type(error).__name__
            if progress is not None:
                progress(done, len(cases))
        if not cases:
            break


async def end_broken_off(database: Database, keys: TextKeys) -> int:
    """Destroy each key that still stands of a text that was reduced; gives for how many acts."""
    async with database.session() as session:
        acts = await reductions.reduced_by_act(session)
    ended = 0
    for act, references in acts:
        standing = await asyncio.to_thread(keys.standing, act.incident_id, references)
        if standing:
            await asyncio.to_thread(keys.destroy, act.incident_id, standing, act.at, act.why.value)
            ended += 1
    return ended


async def _with_texts(database: Database) -> Sequence[str]:
    async with database.session() as session:
        return (await session.execute(select(col(CaseTextRow.incident_id)).distinct())).scalars().all()


async def clear_ledger(database: Database, *, tries: int = _TRIES) -> bool:
    """Let what was taken out of the ledger stand in none of its files:
    the log beside it is written back and cut off.

    False where others kept reading for long; it is overwritten with the next writes then.
    PostgreSQL's own VACUUM does it there.
    """
    if database.engine.dialect.name != "sqlite":
        return False
    for _ in range(tries):
        async with database.engine.connect() as connection:
            await connection.rollback()
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is None:
                return False
            cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = await cursor.fetchone()
            await cursor.close()
        if row is not None and row[0] == 0:
            return True
        await asyncio.sleep(_REST)
    return False


async def sweep_daily(
    database: Database,
    keys: TextKeys,
    clock: Callable[[], datetime],
    every: timedelta = _DAILY,
    rest: timedelta = _AFTER_START,
    *,
    client: Client | None = None,
) -> None:
    """Reduce what is due, day after day, until cancelled; a sweep that fails is logged and tried again.

    The first comes a while after the start, which has more urgent things to do.
    """
    await asyncio.sleep(rest.total_seconds())
    while True:
        try:
            swept = await sweep_texts(database, keys, clock().astimezone(UTC), client=client)
            if swept.cases or swept.ended or swept.failed:
                log.info("texts reduced", cases=swept.cases, texts=swept.texts, failed=len(swept.failed))
        except Exception as error:  # noqa: BLE001  whatever fails, the next sweep must come
            log.warning("texts not reduced", error=type(error).__name__)
        await asyncio.sleep(every.total_seconds())
