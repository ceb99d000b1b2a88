"""How far Temporal is known to hold a case: what readers see ends there,
and nothing before it is ever struck.

A decision is appended to the event log while its workflow task still runs, before Temporal holds it. What
proves that it does: the receipt in the hand of whoever gave the command, any ordinary activity that the
decision brought, and the decision's name among the search attributes of the case or at the end of its history
(decision 0028).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.catalogue import Decision
from storage import event_log, ledger
from storage.codec import DECISION
from storage.tables import EventLogRow, ProofRow, table

_PROOF = table(ProofRow)
_NUMBER = select(_PROOF.c.number).where(_PROOF.c.incident_id == bindparam("wanted"))
_FRESH = (
    select(
        col(EventLogRow.first_number),
        col(EventLogRow.last_number),
        col(EventLogRow.lineage),
        col(EventLogRow.hash),
        col(EventLogRow.decision),
    )
    .where(
        col(EventLogRow.incident_id) == bindparam("wanted"),
        col(EventLogRow.last_number) > func.coalesce(_NUMBER.scalar_subquery(), 0),
        col(EventLogRow.last_number) <= bindparam("until"),
    )
    .order_by(col(EventLogRow.first_number))
)
_NAMED = select(col(EventLogRow.last_number)).where(
    col(EventLogRow.incident_id) == bindparam("wanted"), col(EventLogRow.lineage) == bindparam("name")
)
_UNPROVEN = (
    select(col(EventLogRow.incident_id))
    .outerjoin(ProofRow, col(ProofRow.incident_id) == col(EventLogRow.incident_id))
    .where(col(EventLogRow.last_number) > func.coalesce(col(ProofRow.number), 0))
)
_STILL = _UNPROVEN.where(col(EventLogRow.incident_id).in_(bindparam("wanted", expanding=True)))
_UNPROVEN = _UNPROVEN.where(col(EventLogRow.position) > bindparam("floor"))
_TURN = select(func.coalesce(func.max(_PROOF.c.turn), 0) + 1).scalar_subquery()


def _upsert(dialect: Any) -> Any:
    statement = dialect.insert(_PROOF).values(
        incident_id=bindparam("wanted"), number=bindparam("until"), turn=_TURN
    )
    return statement.on_conflict_do_update(
        index_elements=["incident_id"],
        set_={"number": statement.excluded.number, "turn": statement.excluded.turn},
    )


_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


def proven_number(connection: Connection, incident_id: str) -> int:
    """The number of the last event that Temporal is known to hold; 0 for none."""
    return connection.execute(_NUMBER, {"wanted": incident_id}).scalar_one_or_none() or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What readers see from now on: the last decision that was proven, and the case as it left it."""

    decision: Decision
    incident: Incident


def prove(connection: Connection, incident_id: str, number: int, lineage: str | None = None) -> bool:
    """Note that Temporal holds the decision that ends with event `number`, and bring the ledger up to it.

    `lineage` names the decision. False, and nothing is changed, when the log does not hold it,
    or holds another there.
    """
    if advance(connection, incident_id, number, lineage) is not None:
        return True
    return number <= proven_number(connection, incident_id)


def advance(connection: Connection, incident_id: str, number: int, lineage: str | None) -> Advance | None:
    """As `prove`, and gives what came of it; None also when that was proven before."""
    event_log.lock(connection, incident_id)
    rows = connection.execute(_FRESH, {"wanted": incident_id, "until": number}).all()
    if not rows or rows[-1].last_number != number:
        return None
    if lineage and lineage != event_log.name_of(rows[-1].lineage, rows[-1].hash):
        return None
    connection.execute(_UPSERT[connection.dialect.name], {"wanted": incident_id, "until": number})
    decisions = [DECISION.validate_json(row.decision) for row in rows]
    incident = ledger.follow(connection, incident_id, decisions, rows[-1].hash)
    return Advance(decision=decisions[-1], incident=incident)


async def proven(session: AsyncSession, incident_id: str) -> int:
    """As `proven_number`, for a reader."""
    return (await session.execute(_NUMBER, {"wanted": incident_id})).scalar_one_or_none() or 0


def prove_whole(connection: Connection, incident_id: str) -> bool:
    """As `prove`, of all that the log holds: of a case whose workflow has ended,
    and so waits for no record.
    """
    end = event_log.tail(connection, incident_id)
    return end.number > 0 and prove(connection, incident_id, end.number)


def prove_nothing(connection: Connection, incident_id: str) -> None:
    """Take back how far a case is proven, for another record that takes the place of its log.

    The row stays with its turn: whoever has looked that far sees a later one once the other record is proven.
    """
    connection.execute(update(_PROOF).where(_PROOF.c.incident_id == incident_id).values(number=0))


def prove_named(connection: Connection, incident_id: str, lineage: str) -> bool:
    """As `prove`, of a decision by its name, which the engine holds; False while the log does not hold it."""
    row = connection.execute(_NAMED, {"wanted": incident_id, "name": lineage}).first()
    return row is not None and prove(connection, incident_id, row.last_number, lineage)


async def unproven(session: AsyncSession, floor: int = 0) -> tuple[set[str], int]:
    """The incidents with decisions behind a place of the log that nobody proved,
    and the place where the log ends.
    """
    ids = set((await session.execute(_UNPROVEN, {"floor": floor})).scalars())
    end = (await session.execute(select(func.max(col(EventLogRow.position))))).scalar_one_or_none()
    return ids, end or 0


async def still_unproven(session: AsyncSession, incident_ids: Collection[str]) -> set[str]:
    """Those of some incidents that still have decisions which nobody proved."""
    return set((await session.execute(_STILL, {"wanted": list(incident_ids)})).scalars())
