"""Outlines of cases for their replay: folded once beside the loop, kept,
and carried on as the cases go on.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.as_it_stood import AsItStood
from casework.ledger_session import reading
from casework.outcomes import NotFound
from casework.past_states import FOLDS
from casework.replay import BASE_EVERY, Outline, Stop, outlined
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import fold
from storage import event_log, queries
from storage.codec import DECISION
from storage.database import Database
from storage.past_states import PAST
from storage.tables import EventLogRow

_MOST: Final = 8  # cases whose outlines are kept
_AT_ONE_TIME: Final = BASE_EVERY  # rows that are read and folded before anything else gets its turn


class Outlines:
    """The outlines of the cases that were replayed last, by the seal at which they end."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._outlines: OrderedDict[str, Outline] = OrderedDict()

    async def of(self, database: Database, incident_id: str) -> Outline:
        """The outline of a case as far as it is proven; raises NotFound where nothing is, and Unavailable.

        What was kept is carried on only where the log still has its last decision under the same seal. A long
        case takes a second of a core, and so a turn among those who fold; what was folded is kept, whoever
        gives up.
        """
        async with FOLDS.of(incident_id):
            outline = self._outlines.get(incident_id)
            while True:
                async with reading(database) as session:
                    outline = outline if await _stands(session, outline) else None
                    since = outline.last.number if outline else 0
                    fresh = await event_log.rows(session, incident_id, since=since, limit=_AT_ONE_TIME)
                if fresh:
                    outline = self._outlines[incident_id] = await asyncio.to_thread(_outlined, fresh, outline)
                if len(fresh) < _AT_ONE_TIME:
                    break
            if outline is None:
                raise NotFound
            self._keep(incident_id, outline)
            return outline

    def _keep(self, incident_id: str, outline: Outline) -> None:
        self._outlines[incident_id] = outline
        self._outlines.move_to_end(incident_id)
        while len(self._outlines) > self._most:
            self._outlines.popitem(last=False)


def _outlined(rows: Sequence[EventLogRow], before: Outline | None) -> Outline:
    outline = outlined([(DECISION.validate_json(row.decision), row.hash) for row in rows], before)
    for base in outline.bases[len(before.bases) if before else 0 :]:
        PAST.keep(base)  # whoever asks for the page of then, and not for the replay, is spared the fold
    return outline


async def _stands(session: AsyncSession, outline: Outline | None) -> bool:
    return outline is None or await queries.stands(session, outline.last)


async def state_of(session: AsyncSession, outline: Outline, stop: Stop) -> AsItStood:
    """The case at a stop, folded on from a state on the way to it;
    raises NotFound where the log has no such decision.
    """
    base = outline.base_of(stop.number)
    following = await queries.next_rows(session, outline.last.state.incident_id, base, stop.number)
    sealed = await queries.folded(base, following, stop.number)
    if sealed is None or sealed.number != stop.number:
        raise NotFound
    return AsItStood(state=sealed.state, as_of=stop.at, hash=sealed.hash)


async def states_between(
    session: AsyncSession, outline: Outline, stops: Sequence[Stop]
) -> tuple[dict[int, Incident], dict[int, Decision]]:
    """The states of a case after the last events of consecutive stops,
    and the decisions of those that are one, by that number.
    """
    before = stops[0].first - 1  # so that the decision of the first stop is among those that are read
    incident_id, base = outline.last.state.incident_id, outline.base_of(before)
    since = base.state.event_number if base else 0
    rows = await event_log.rows(session, incident_id, since=since, until=stops[-1].number)
    return await asyncio.to_thread(_between, base.state if base else None, rows, stops)


def _between(
    state: Incident | None, rows: Sequence[EventLogRow], stops: Sequence[Stop]
) -> tuple[dict[int, Incident], dict[int, Decision]]:
    numbers = {stop.number for stop in stops}
    states = {} if state is None else {state.event_number: state}
    decisions = {}
    for row in rows:
        decided: Decision = DECISION.validate_json(row.decision)
        state = fold(decided.events, state)
        if state is not None and decided.last_number in numbers:
            states[decided.last_number] = state
            decisions[decided.last_number] = decided
    return states, decisions
