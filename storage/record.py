"""Records decisions: each once, however often it is handed over,
and shown to nobody before Temporal holds it.
"""

from functools import partial

from sqlalchemy import Connection

from domain.catalogue import Decision
from domain.terms.free_texts import CaseText
from storage import case_texts, event_log
from storage.database import Database
from storage.proof import prove
from storage.withdrawal import withdraw


async def record(
    database: Database,
    incident_id: str,
    decisions: tuple[Decision, ...],
    *,
    after: str | None = None,
    durable: bool = True,
    texts: tuple[CaseText, ...] = (),
) -> int:
    """Append the decisions that the log does not hold yet; gives the number of the log's last event.

    `texts` are those that the decisions refer to; they are kept beside the case in the same transaction.

    1. `after` names the decision before them: unless exactly that stands there, EventLogGap,
       so that what a lost workflow task left cannot be continued.
    2. `durable` says that Temporal holds them for certain. What nobody proved and stands under their numbers
       instead is withdrawn, and the ledger follows. Else they stay unproven, and no reader sees them. Raises
       EventLogConflict where another decision stands under their numbers (when durable: one that was proven),
       EventLogGap where numbers are missing, ValueError when they open a case of another id; then nothing is
       recorded.
    """
    work = partial(
        _record, incident_id=incident_id, decisions=decisions, after=after, durable=durable, texts=texts
    )
    return await database.write(work)


def _record(
    connection: Connection,
    incident_id: str,
    decisions: tuple[Decision, ...],
    after: str | None,
    *,
    durable: bool,
    texts: tuple[CaseText, ...],
) -> int:
    event_log.lock(connection, incident_id)
    end = event_log.tail(connection, incident_id)
    if decisions and after is not None:
        event_log.require_before(connection, incident_id, decisions[0], after, end)
    if durable:
        withdraw(connection, incident_id, decisions)
        end = event_log.tail(connection, incident_id)
    _, end = event_log.append(connection, incident_id, decisions, end)
    case_texts.keep(connection, incident_id, texts)
    if durable and decisions:
        prove(connection, incident_id, decisions[-1].last_number)
    return end.number
