"""The law by which a case is opened, or to which it is brought anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casework.ledger_session import reading
from casework.outcomes import NotFound
from domain.law.enactment import enacted
from domain.law.regulation import Law
from domain.terms.drill import DrillClock
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from storage.law_changes import law_changes
from storage.law_versions import law_for_registration
from storage.regulations import load_law
from storage.snapshots import snapshot


@dataclass(frozen=True, slots=True)
class LawInForce:
    """Reads the regulation with its enacted changes and the calendar; `clock` tells the real time."""

    database: Database
    regulation: str
    clock: Callable[[], datetime]

    async def in_force(self, drill: DrillClock | None) -> Law:
        """The law in force now (R007); a drill's calendar is of its clock's year, and leaves no note."""
        now = self.clock()
        async with reading(self.database) as session:
            if drill is None:
                return await law_for_registration(self.database, session, self.regulation, now)
            changes = enacted(await law_changes(session, self.regulation), now)
        return load_law(self.regulation, drill.shown(now).astimezone(SHANGHAI).year, changes)

    async def now_of(self, incident_id: str) -> Law:
        """The law now in force, on the clock of the case, for a re-base; raises NotFound."""
        async with reading(self.database) as session:
            stored = await snapshot(session, incident_id)
        if stored is None:
            raise NotFound
        return await self.in_force(stored.state.drill)
