"""What was done to bring log, ledger and workflow of a case together, and the decisions of forks:
kept for good.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.catalogue import Decision, Submission
from storage import event_log, ledger
from storage.audit_book import HOUSE, BookDeed, BookEntry, DeedOutcome, append
from storage.cursors import Page
from storage.database import Database
from storage.event_log import decision_text
from storage.installation_tables import ForkedDecisionRow, HealingRow
from storage.proof import prove, prove_nothing
from storage.tables import table
from storage.withdrawal import give_way


class Phase(StrEnum):
    """How far a healing has come."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


class Side(StrEnum):
    """The record in which a decision stood."""

    LOG = "log"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealingEntry:
    """One entry of the book of healings; as `HealingRow`."""

    incident_id: str
    cause: str
    phase: Phase
    faults: tuple[str, ...]
    log_number: int
    history_number: int
    number: int = 0
    appended: int = 0
    forked: int = 0
    handed_over: int = 0
    run_id: str = ""
    note: str = ""
    at: datetime | None = None
    position: int = 0


async def enter(database: Database, entry: HealingEntry) -> None:
    """Write an entry, dated now; the audit book has it too,
    but a case is healed whether or not that takes it.
    """
    await database.write(partial(_enter, entry=entry))
    with suppress(SQLAlchemyError, OSError):
        await database.write(partial(append, entries=[_deed(entry)]))


def _enter(connection: Connection, entry: HealingEntry) -> None:
    values = {name: getattr(entry, name) for name in entry.__slots__ if name not in {"position", "at"}}
    values |= {"phase": entry.phase.value, "faults": " ".join(entry.faults), "at": datetime.now(UTC)}
    connection.execute(insert(table(HealingRow)).values(**values))


def _deed(entry: HealingEntry) -> BookEntry:
    """A healing as the audit book has it."""
    return BookEntry(
        at=datetime.now(UTC),
        deed=BookDeed.HEAL,
        origin=HOUSE,
        outcome=DeedOutcome.FAILED if entry.phase is Phase.FAILED else DeedOutcome.DONE,
        subject=entry.incident_id,
        detail={"cause": entry.cause, "phase": entry.phase.value, "faults": " ".join(entry.faults)},
    )


async def healings(session: AsyncSession, *, before: int | None = None, limit: int) -> Page[HealingEntry]:
    """The entries, the latest first, from below a position on;
    the cursor is the position of the last shown.
    """
    statement = select(HealingRow).order_by(col(HealingRow.position).desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(col(HealingRow.position) < before)
    latest = [_entry(row) for row in (await session.execute(statement)).scalars()]
    rest = str(latest[limit - 1].position) if len(latest) > limit else None
    return Page(items=tuple(latest[:limit]), next_cursor=rest)


def _entry(row: HealingRow) -> HealingEntry:
    return HealingEntry(
        incident_id=row.incident_id,
        cause=row.cause,
        phase=Phase(row.phase),
        faults=tuple(row.faults.split()),
        log_number=row.log_number,
        history_number=row.history_number,
        number=row.number,
        appended=row.appended,
        forked=row.forked,
        handed_over=row.handed_over,
        run_id=row.run_id,
        note=row.note,
        at=row.at,
        position=row.position or 0,
    )


async def unfinished(session: AsyncSession) -> dict[str, set[str]]:
    """Incidents whose healing was begun and never done, each with the runs that were to be ended."""
    begun: dict[str, set[str]] = {}
    statement = select(HealingRow).order_by(col(HealingRow.position))
    for row in (await session.execute(statement)).scalars():
        if row.phase == Phase.BEGUN:
            begun.setdefault(row.incident_id, set()).add(row.run_id)
        elif row.phase == Phase.DONE:
            begun.pop(row.incident_id, None)
    return begun


async def ended_for(session: AsyncSession, incident_id: str, fault: str) -> set[str]:
    """The runs of a case that healings ended since this fault was found."""
    statement = select(col(HealingRow.run_id), col(HealingRow.faults)).where(
        col(HealingRow.incident_id) == incident_id, col(HealingRow.phase) == Phase.BEGUN.value
    )
    return {row.run_id for row in await session.execute(statement) if fault in row.faults.split()}


async def restart_of(session: AsyncSession, incident_id: str, number: int) -> HealingEntry | None:
    """The last healing that left a case at an event, from which its workflow was begun; None for none."""
    statement = (
        select(HealingRow)
        .where(
            col(HealingRow.incident_id) == incident_id,
            col(HealingRow.phase) == Phase.DONE.value,
            col(HealingRow.number) == number,
        )
        .order_by(col(HealingRow.position).desc())
        .limit(1)
    )
    row = (await session.execute(statement)).scalars().first()
    return None if row is None else _entry(row)


async def forked(session: AsyncSession, incident_id: str | None = None) -> int:
    """How many decisions of forks are kept, of one incident or of all."""
    statement = select(func.count()).select_from(ForkedDecisionRow)
    if incident_id is not None:
        statement = statement.where(col(ForkedDecisionRow.incident_id) == incident_id)
    return (await session.execute(statement)).scalar_one()


async def forked_texts(session: AsyncSession, incident_id: str) -> frozenset[str]:
    """The canonical texts of the decisions of a fork of an incident."""
    statement = select(col(ForkedDecisionRow.decision)).where(
        col(ForkedDecisionRow.incident_id) == incident_id
    )
    return frozenset((await session.execute(statement)).scalars())


async def keep_fork(database: Database, incident_id: str, side: Side, lost: Sequence[Decision]) -> int:
    """Keep the decisions that lost, each once; gives how many were not kept before."""
    return await database.write(partial(_keep_fork, incident_id=incident_id, side=side, lost=lost))


def _keep_fork(connection: Connection, incident_id: str, side: Side, lost: Sequence[Decision]) -> int:
    decisions = select(col(ForkedDecisionRow.decision)).where(
        col(ForkedDecisionRow.incident_id) == incident_id
    )
    known = set(connection.execute(decisions).scalars())
    fresh = [
        {
            "kept_at": datetime.now(UTC),
            "incident_id": incident_id,
            "side": side.value,
            "first_number": decided.first_number,
            "last_number": decided.last_number,
            "recorded_at": decided.now,
            "cause": decided.cause.kind,
            "command_id": decided.cause.command_id if isinstance(decided.cause, Submission) else None,
            "decision": content,
        }
        for decided in lost
        if (content := decision_text(decided)) not in known
    ]
    if fresh:
        connection.execute(insert(table(ForkedDecisionRow)), fresh)
    return len(fresh)


async def continue_with(
    database: Database, incident_id: str, lost: Sequence[Decision], won: Sequence[Decision]
) -> int:
    """Let the log go on with `won` in place of the proven decisions `lost`,
    which are kept as those of a fork.
    """
    return await database.write(partial(_continue_with, incident_id=incident_id, lost=lost, won=won))


def _continue_with(
    connection: Connection, incident_id: str, lost: Sequence[Decision], won: Sequence[Decision]
) -> int:
    event_log.lock(connection, incident_id)
    fork = _keep_fork(connection, incident_id, Side.LOG, lost)
    give_way(connection, incident_id, won[0].first_number)
    ledger.forget(connection, incident_id)
    prove_nothing(connection, incident_id)
    event_log.append(connection, incident_id, won, event_log.tail(connection, incident_id))
    prove(connection, incident_id, won[-1].last_number)
    return fork
