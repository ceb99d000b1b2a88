"""Taking decisions out of the log that Temporal never came to hold: kept elsewhere in full, never lost.

A decision is recorded while its workflow task still runs. When a process dies before the task is durable,
Temporal carries the task out again, later, and decides anew: another decision under the same number, and the
one that holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from domain.catalogue import Decision
from storage.event_log import EventLogConflict, is_same
from storage.tables import EventLogRow, ProofRow, WithdrawnDecisionRow, table

_LOG = table(EventLogRow)
_WITHDRAWN = table(WithdrawnDecisionRow)
_OF_INCIDENT = (_LOG.c.incident_id == bindparam("wanted")) & (_LOG.c.first_number >= bindparam("since"))
_PROVEN = select(table(ProofRow).c.number).where(table(ProofRow).c.incident_id == bindparam("wanted"))
_ROWS = select(_LOG).where(_OF_INCIDENT).order_by(_LOG.c.first_number)


def withdraw(connection: Connection, incident_id: str, durable: Sequence[Decision]) -> bool:
    """Withdraw the rows from the first one on that differs from the decisions which Temporal holds.

    Rows after those decisions stay when nothing differs: a batch that is handed over late again changes
    nothing. Gives whether any row was withdrawn. Raises EventLogConflict when one of them was proven: what
    was shown is never struck.
    """
    if not durable:
        return False
    wanted = {decision.first_number: decision for decision in durable}
    stored = (
        connection.execute(_ROWS, {"wanted": incident_id, "since": durable[0].first_number}).mappings().all()
    )
    for row in stored:
        if row["first_number"] > durable[-1].last_number:
            return False
        decision = wanted.get(row["first_number"])
        if decision is None or not is_same(row["decision"], decision):
            if row["last_number"] <= _proven(connection, incident_id):
                raise EventLogConflict(f"{incident_id}: another decision was proven at {row['first_number']}")
            gone = [later for later in stored if later["first_number"] >= row["first_number"]]
            _move(connection, [dict(later) for later in gone])
            return True
    return False


def give_way(connection: Connection, incident_id: str, since: int) -> None:
    """Withdraw the rows from a number on, proven or not:
    another record was proven longer, and goes on in their place.
    """
    rows = connection.execute(_ROWS, {"wanted": incident_id, "since": since}).mappings().all()
    if rows:
        _move(connection, [dict(row) for row in rows])


def _proven(connection: Connection, incident_id: str) -> int:
    return connection.execute(_PROVEN, {"wanted": incident_id}).scalar_one_or_none() or 0


def _move(connection: Connection, rows: list[dict[str, object]]) -> None:
    withdrawn_at = datetime.now(UTC)
    positions = [row.pop("position") for row in rows]
    remaining = [
        {**row, "log_position": position, "withdrawn_at": withdrawn_at}
        for row, position in zip(rows, positions, strict=True)
    ]
    connection.execute(insert(_WITHDRAWN), remaining)
    connection.execute(delete(_LOG).where(_LOG.c.position.in_(positions)))
