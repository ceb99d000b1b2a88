"""The event log: every decision of every incident, appended once,
each sealed with the hash of the one before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.catalogue import CaseEvent, Decision, Submission
from domain.lineage import lineage
from domain.steps.register import Registered
from storage.codec import DECISION, canonical
from storage.reduced_rows import ReducedPlace, ReducedRows, reduced_rows_of
from storage.tables import EventLogRow, ProofRow, table

GENESIS: Final = "0" * 64  # stands where the first decision of an incident has no hash before it
LAST: Final = 2**31 - 1  # no event of an incident has a higher number
_ROOT: Final = 32  # digits of the seal that stand in for the name that a decision of 0.3 and before has not
_INSERT = insert(table(EventLogRow))
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:incident_id, 0))")


class EventLogConflict(Exception):  # noqa: N818  named for what was found
    """Another decision stands in the log under the same number; nothing was appended."""


class EventLogGap(Exception):  # noqa: N818  named for what was found
    """Decisions are missing between the log's end, or each other, and those handed over;
    nothing was appended.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """A decision as it stands in the log, with its seal and its name."""

    decision: Decision
    previous_hash: str
    hash: str
    lineage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """One event with its number, when it was recorded (on the case's clock), and what caused it."""

    number: int
    recorded_at: datetime
    cause: str
    command_id: str | None
    event: CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of an incident's log: the last number, 0 before the first, the last hash,
    and the last decision's name.
    """

    number: int = 0
    hash: str = GENESIS
    lineage: str = ""


def lock(connection: Connection, incident_id: str) -> None:
    """Let another process that writes the same incident wait until this transaction ends;
    SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"incident_id": incident_id})


def seal(previous_hash: str, text: str) -> str:
    """SHA-256 over the hash before and the canonical text of a decision, in hexadecimal."""
    return hashlib.sha256(f"{previous_hash}{text}".encode()).hexdigest()


def name_of(stored: str | None, seal: str) -> str:
    """The name of a decision as its row holds it; of one of 0.3 and before, which has none,
    the beginning of its seal.
    """
    return stored or seal[:_ROOT]


def decision_text(decision: Decision) -> str:
    """The canonical text of a decision, over which its seal is taken."""
    return canonical(DECISION.dump_python(decision, mode="json")).decode()


_ENDS = (
    select(col(EventLogRow.last_number), col(EventLogRow.hash), col(EventLogRow.lineage))
    .where(
        col(EventLogRow.incident_id) == bindparam("wanted"),
        col(EventLogRow.first_number) <= bindparam("until"),
    )
    .order_by(col(EventLogRow.first_number).desc())
    .limit(1)
)


def tail(connection: Connection, incident_id: str, until: int = LAST) -> Tail:
    """Where the log of an incident ends; with `until` the decision that holds the event of that number,
    or the last before.
    """
    row = connection.execute(_ENDS, {"wanted": incident_id, "until": until}).first()
    if row is None:
        return Tail()
    return Tail(number=row.last_number, hash=row.hash, lineage=name_of(row.lineage, row.hash))


def require_before(connection: Connection, incident_id: str, first: Decision, after: str, end: Tail) -> None:
    """Raises EventLogGap unless the log, which ends at `end`, holds right before a decision
    the one named `after`.

    Two decisions of one name have all before them in common,
    so what is appended there continues the right log.
    """
    number = first.first_number - 1
    before = Tail() if number == 0 else end
    if before.number > number:
        before = tail(connection, incident_id, number)
    if (before.number, before.lineage) != (number, after):
        raise EventLogGap(
            f"{incident_id}: {first.first_number} follows another decision than {before.number}"
        )


def append(
    connection: Connection, incident_id: str, decisions: Sequence[Decision], end: Tail
) -> tuple[tuple[Decision, ...], Tail]:
    """Append what the log, ending at `end`, does not hold yet; gives the new decisions and the new end.

    A decision that the log holds already is passed over. Raises EventLogConflict when another one stands
    under its number, and EventLogGap when numbers are missing.
    """
    _compare(connection, incident_id, [known for known in decisions if known.first_number <= end.number])
    fresh = tuple(decision for decision in decisions if decision.first_number > end.number)
    _check_numbers(incident_id, fresh, end)
    rows = []
    for decision in fresh:
        row = _row(incident_id, decision, end)
        rows.append(row)
        end = Tail(number=decision.last_number, hash=row["hash"], lineage=row["lineage"])
    if rows:
        connection.execute(_INSERT, rows)
    return fresh, end


def _check_numbers(incident_id: str, fresh: Sequence[Decision], end: Tail) -> None:
    last = end.number
    for decision in fresh:
        if decision.first_number != last + 1:
            raise EventLogGap(f"{incident_id}: {decision.first_number} follows {last}")
        if not decision.events:
            raise ValueError(f"{incident_id}: a decision without events at {decision.first_number}")
        last = decision.last_number


def _row(incident_id: str, decision: Decision, before: Tail) -> dict[str, Any]:
    content = decision_text(decision)
    return {
        "incident_id": incident_id,
        **_columns(decision),
        "decision": content,
        "previous_hash": before.hash,
        "hash": seal(before.hash, content),
        "lineage": lineage(before.lineage, decision),
    }


def _columns(decision: Decision) -> dict[str, Any]:
    """What is also in the text, for statements that select by it."""
    return {
        "first_number": decision.first_number,
        "last_number": decision.last_number,
        "recorded_at": decision.now,
        "cause": decision.cause.kind,
        "command_id": decision.cause.command_id if isinstance(decision.cause, Submission) else None,
        "edition": decision.edition,
    }


def _compare(connection: Connection, incident_id: str, known: Sequence[Decision]) -> None:
    if not known:
        return
    numbers = [decision.first_number for decision in known]
    statement = select(col(EventLogRow.first_number), col(EventLogRow.decision)).where(
        col(EventLogRow.incident_id) == incident_id, col(EventLogRow.first_number).in_(numbers)
    )
    stored = {row.first_number: row.decision for row in connection.execute(statement)}
    for decision in known:
        content = stored.get(decision.first_number)
        if content is None or not is_same(content, decision):
            raise EventLogConflict(f"{incident_id}: another decision stands at {decision.first_number}")


def is_same(content: str, decision: Decision) -> bool:
    """Whether a row's text is this decision; as a value where the texts differ,
    since releases may add fields.
    """
    return content == decision_text(decision) or bool(DECISION.validate_json(content) == decision)


async def decisions(
    session: AsyncSession, incident_id: str, since: int = 0, *, unproven: bool = False
) -> list[StoredDecision]:
    """The decisions whose events come after the number `since`, in order;
    one that straddles it is given whole.

    `unproven` as for `rows`.
    """
    return [
        StoredDecision(
            decision=DECISION.validate_json(row.decision),
            previous_hash=row.previous_hash,
            hash=row.hash,
            lineage=name_of(row.lineage, row.hash),
        )
        for row in await rows(session, incident_id, since=since, unproven=unproven)
    ]


async def events(
    session: AsyncSession, incident_id: str, after: int = 0, limit: int | None = None
) -> list[RecordedEvent]:
    """The events with numbers greater than `after`, in order, at most `limit` of them."""
    rows_of_kind = [
        RecordedEvent(
            number=number,
            recorded_at=row.recorded_at,
            cause=row.cause,
            command_id=row.command_id,
            event=event,
        )
        for row in await rows(session, incident_id, since=after, limit=limit)
        for number, event in enumerate(DECISION.validate_json(row.decision).events, start=row.first_number)
        if number > after
    ]
    return rows_of_kind[:limit]


async def rows(
    session: AsyncSession,
    incident_id: str,
    *,
    since: int = 0,
    until: int = LAST,
    limit: int | None = None,
    unproven: bool = False,
) -> Sequence[EventLogRow]:
    """The rows of an incident's log with events after the number `since` and up to `until`, in order,
    at most `limit` rows.

    Those that Temporal is known to hold; with `unproven` also those that may have to be withdrawn,
    which no reader is shown.
    """
    statement = (
        select(EventLogRow)
        .where(
            col(EventLogRow.incident_id) == incident_id,
            col(EventLogRow.last_number) > since,
            col(EventLogRow.first_number) <= until,
        )
        .order_by(col(EventLogRow.first_number))
        .limit(limit)
    )
    if not unproven:
        number = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
        statement = statement.where(col(EventLogRow.last_number) <= number.scalar_subquery())
    return (await session.execute(statement)).scalars().all()


async def seals_before(session: AsyncSession, incident_id: str, number: int, most: int) -> Sequence[str]:
    """The seals of the proven decisions that end with that event or before it, the last first,
    at most so many.
    """
    proven = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
    statement = (
        select(col(EventLogRow.hash))
        .where(
            col(EventLogRow.incident_id) == incident_id,
            col(EventLogRow.last_number) <= number,
            col(EventLogRow.last_number) <= proven.scalar_subquery(),
        )
        .order_by(col(EventLogRow.first_number).desc())
        .limit(most)
    )
    return (await session.execute(statement)).scalars().all()


async def row_of_command(session: AsyncSession, incident_id: str, command_id: str) -> EventLogRow | None:
    """The first proven row that a command caused."""
    number = select(col(ProofRow.number)).where(col(ProofRow.incident_id) == incident_id)
    statement = (
        select(EventLogRow)
        .where(
            col(EventLogRow.command_id) == command_id,
            col(EventLogRow.incident_id) == incident_id,
            col(EventLogRow.last_number) <= number.scalar_subquery(),
        )
        .order_by(col(EventLogRow.first_number))
        .limit(1)
    )
    return (await session.execute(statement)).scalars().first()


_ROW_AT = select(table(EventLogRow)).where(
    col(EventLogRow.incident_id) == bindparam("wanted"), col(EventLogRow.last_number) == bindparam("number")
)


def row_at(connection: Connection, incident_id: str, number: int) -> Any:
    """The columns of the row whose last event has that number; None for none."""
    return connection.execute(_ROW_AT, {"wanted": incident_id, "number": number}).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainError:
    """What is wrong in an incident's log, and at which number."""

    number: int
    what: str


async def check_chain(session: AsyncSession, incident_id: str) -> list[ChainError]:
    """Every way in which the rows of an incident's log do not fit together or do not match their seals.

    A row of 0.3 or before that was reduced keeps its seal, and is compared with what it was reduced to.
    What a chain cannot show: rows cut off at its end, and a chain written anew from some number on.
    """
    stored = await rows(session, incident_id, unproven=True)
    reduced = await reduced_rows_of(session, incident_id)
    return chain_faults(incident_id, stored, [_readable(row) for row in stored], reduced)


def chain_faults(
    incident_id: str,
    stored: Sequence[EventLogRow],
    readable: Sequence[Decision | None],
    reduced: ReducedRows,
) -> list[ChainError]:
    """As `check_chain`, of rows that were read: `readable` are their decisions, None where one is none."""
    faults = [
        fault
        for row, decision in zip(stored, readable, strict=True)
        for fault in _faults(incident_id, row, decision, reduced)
    ]
    if stored and (stored[0].first_number, stored[0].previous_hash) != (1, GENESIS):
        faults.append(ChainError(number=stored[0].first_number, what="beginning"))
    for before, after in pairwise(stored):
        if after.first_number != before.last_number + 1:
            faults.append(ChainError(number=after.first_number, what="numbers"))
        if after.previous_hash != before.hash:
            faults.append(ChainError(number=after.first_number, what="previous_hash"))
    return sorted(faults, key=lambda fault: (fault.number, fault.what))


def is_sealed(row: EventLogRow, reduced: ReducedRows) -> bool:
    """Whether a row holds what its seal says, or what it was reduced to."""
    is_whole = row.hash == seal(row.previous_hash, row.decision)
    return is_whole or reduced.covers(ReducedPlace.LOG, row.position, row.decision)


def _readable(row: EventLogRow) -> Decision | None:
    try:
        decision: Decision = DECISION.validate_json(row.decision)
    except ValidationError:
        return None
    return decision


def _faults(
    incident_id: str, row: EventLogRow, decision: Decision | None, reduced: ReducedRows
) -> list[ChainError]:
    number = row.first_number
    if not is_sealed(row, reduced):
        return [ChainError(number=number, what="hash")]
    if decision is None:
        return [ChainError(number=number, what="decision")]
    expected = {**_columns(decision), "incident_id": _opened_id(decision) or incident_id}
    return [
        ChainError(number=number, what=name)
        for name, value in expected.items()
        if getattr(row, name) != value
    ]


def _opened_id(decision: Decision) -> str | None:
    """The id under which a decision opens a case; None when it opens none."""
    return next((event.incident_id for event in decision.events if isinstance(event, Registered)), None)
