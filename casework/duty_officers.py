"""值班: whether the sender of a step is on duty by the rota, looked up once,
before the step goes to its case (DD-43).
"""

from datetime import datetime
from typing import Final

from casework.ledger_session import reading
from casework.outcomes import Unavailable
from domain.case.events import Command
from domain.law.registry import DutyShift
from domain.terms.roles import Actor
from storage.database import Database
from storage.rota import shifts_from

_LEDGER_SECONDS: Final = 1.0


class DutyOfficers:
    """The rota as one web process knows it; what it read last it goes on by while the ledger
    cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shifts: dict[str, tuple[DutyShift, ...]] = {}

    async def is_on_duty(self, command: Command, actor: Actor, at: datetime) -> bool:
        """Whether the sender is on duty for the own unit at the real instant `at`;
        asked of steps in a matter of the rota alone.
        """
        if command.duty_matter is None:
            return False
        try:
            async with reading(self._database, _LEDGER_SECONDS) as session:
                self._shifts[actor.unit] = await shifts_from(session, actor.unit, at)
        except Unavailable:
            if actor.unit not in self._shifts and actor.role not in command.roles:
                raise  # who would act by the rota alone, and no rota is known
        known = self._shifts.get(actor.unit, ())
        return any(one.person == actor.person and one.covers(at) for one in known)
