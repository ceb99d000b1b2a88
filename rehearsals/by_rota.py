"""A step of a rehearsal that is taken on duty: its actor stands in the rota while it is given,
and no longer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from domain.law.registry import DutyShift
from rehearsals.steps import RehearsalStep
from storage import rota
from storage.database import Database

_BESIDE: Final = timedelta(minutes=1)  # by which the clocks of who gives it and who receives it may part


@asynccontextmanager
async def by_rota(database: Database, step: RehearsalStep, at: datetime) -> AsyncIterator[None]:
    """The rota with the actor of a step on duty around the real instant `at`;
    as it is for every other step.
    """
    if not step.on_duty:
        yield
        return
    actor = step.actor
    shift = DutyShift(unit=actor.unit, person=actor.person, since=at - _BESIDE, until=at + _BESIDE)
    await rota.add(database, shift, at=at)
    try:
        yield
    finally:
        await rota.remove(database, shift)
