"""The state of a case after an event that is past: folded beside the loop, some decisions at a time,
and outside the bounds of a read.
"""

from typing import Final

from casework.ledger_session import reading
from casework.outcomes import Unavailable
from casework.turns import Turns
from domain.case.state import Incident
from storage import queries
from storage.database import Database
from storage.past_states import SealedState

FOLDS: Final = Turns("past", most=2, waiting=16, patience=20.0)
"""The turns at folding a long case, for its replay too."""


async def state_after(database: Database, incident_id: str, number: int) -> Incident | None:
    """The case after the event of that number; None for one that the log does not hold. Raises Unavailable.

    What is near a state at hand is folded at once. A long way takes a turn: whoever asks for the same case
    meanwhile finds what was folded, and whoever gives up leaves what was folded by then.
    """
    async with reading(database) as session:
        base = await queries.nearest(session, incident_id, number)
        following = await queries.next_rows(session, incident_id, base, number)
    if len(following) <= queries.FEW:
        sealed = await queries.folded(base, following, number)
    else:
        async with FOLDS.of(incident_id):
            sealed = await _walked(database, incident_id, number)
    return sealed.state if sealed is not None and sealed.number == number else None


async def _walked(database: Database, incident_id: str, number: int) -> SealedState | None:
    async with reading(database) as session:
        sealed = await queries.nearest(session, incident_id, number)
    while True:
        async with reading(database) as session:
            if sealed is not None and not await queries.stands(session, sealed):
                raise Unavailable("past")  # the log was mended meanwhile
            following = await queries.next_rows(session, incident_id, sealed, number)
        sealed = await queries.folded(sealed, following, number)
        if len(following) < queries.AT_ONE_TIME:
            return sealed
