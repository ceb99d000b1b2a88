"""Whether an incident exists for a caller: what is not the caller's to see is answered as if
it were not there.
"""

from sqlalchemy import bindparam, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from casework.incident_workflow import IncidentWorkflowClient, WorkflowNotFound
from casework.ledger_session import read
from casework.outcomes import NotFound, Unavailable
from domain.rules.permissions import may_see
from domain.terms.roles import Actor
from storage.database import Database
from storage.scope import units_of
from storage.snapshots import Snapshot, snapshot
from storage.tables import IncidentReaderRow, IncidentRow, IncidentUnitRow

_HAS_A_PART = exists().where(
    col(IncidentUnitRow.position) == col(IncidentRow.position), col(IncidentUnitRow.unit) == bindparam("by")
)
_IS_CLOSED = exists().where(col(IncidentReaderRow.position) == col(IncidentRow.position))
_IS_NAMED = exists().where(
    col(IncidentReaderRow.position) == col(IncidentRow.position),
    col(IncidentReaderRow.person) == bindparam("person"),
)
_STANDING = select(case((_IS_CLOSED, _IS_NAMED), else_=_HAS_A_PART)).where(
    col(IncidentRow.incident_id) == bindparam("of")
)
_OPEN = select(or_(~_IS_CLOSED, _IS_NAMED)).where(col(IncidentRow.incident_id) == bindparam("of"))


class Visibility:
    """Who sees what, asked of the ledger, and of the workflow while the ledger cannot say."""

    def __init__(self, database: Database, cases: IncidentWorkflowClient) -> None:
        self._database = database
        self._cases = cases

    async def check(self, incident_id: str, actor: Actor) -> bool | None:
        """Whether the actor may see the incident; None when the ledger is down or does not hold
        the incident yet.
        """
        statement, parameters = _OPEN, {"of": incident_id, "person": actor.person}
        if units_of(actor, None):  # who is restricted to no units sees all that is not closed to persons
            statement, parameters = _STANDING, {**parameters, "by": actor.unit}
        try:
            row = await read(self._database, lambda on: on.execute(statement, parameters).first(), 1.0)
        except Unavailable:
            return None
        return None if row is None else bool(row[0])

    async def check_by_workflow(self, incident_id: str, actor: Actor) -> bool:
        """Whether the actor may see the incident as its workflow holds it; False when that cannot be said."""
        try:
            return await self._cases.sees(incident_id, actor)
        except (WorkflowNotFound, Unavailable):
            return False


async def visible(session: AsyncSession, incident_id: str, actor: Actor) -> Snapshot:
    """The incident as the ledger holds it; raises NotFound for one that is not the actor's to see."""
    stored = await snapshot(session, incident_id)
    if stored is None or not may_see(actor, stored.state):
        raise NotFound
    return stored
