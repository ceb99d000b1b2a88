"""Records decisions: event log and ledger in one transaction, each decision once however often it is handed over."""

from functools import partial

from sqlalchemy import Connection, text

from domain.catalogue import Decision
from storage import event_log, ledger
from storage.database import Database
from storage.withdrawal import withdraw

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:incident_id, 0))")


async def record(
    database: Database, incident_id: str, decisions: tuple[Decision, ...], *, durable: bool = False
) -> int:
    """Record the decisions that are not recorded yet and bring the ledger up to them; gives the last event number.

    `durable` says that Temporal holds them for certain: what stands under their numbers instead was recorded by a
    workflow task that did not live to its end, and is withdrawn. Raises EventLogConflict (never when durable) or
    EventLogGap, and records nothing, when they do not continue what is recorded; ValueError when they open a case of
    another id.
    """
    work = partial(_record, incident_id=incident_id, decisions=decisions, durable=durable)
    return await database.write(work)


def _record(
    connection: Connection, incident_id: str, decisions: tuple[Decision, ...], *, durable: bool
) -> int:
    if (
        connection.dialect.name == "postgresql"
    ):  # another worker with the same incident waits; SQLite has one writer
        connection.execute(_LOCK, {"incident_id": incident_id})
    if durable and withdraw(connection, incident_id, decisions):
        ledger.forget(connection, incident_id)
    end = event_log.tail(connection, incident_id)
    fresh, end = event_log.append(connection, incident_id, decisions, end)
    if fresh:
        ledger.follow(connection, incident_id, fresh, end)
    return end.number
