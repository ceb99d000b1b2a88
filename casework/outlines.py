"""Outlines of cases for their replay: folded once beside the loop, kept, and carried on as the cases go on."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.as_it_stood import AsItStood
from casework.ledger_session import reading
from casework.outcomes import NotFound
from casework.replay import Outline, Stop, outlined
from storage import event_log, queries
from storage.codec import DECISION
from storage.database import Database
from storage.tables import EventLogRow

_MOST: Final = 8  # cases whose outlines are kept
_AT_ONE_TIME: Final = 200  # rows that are read between two turns of the loop


class Outlines:
    """The outlines of the cases that were replayed last, by the seal at which they end."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, Outline] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()  # a long case takes a second of a core

    async def of(self, database: Database, incident_id: str) -> Outline:
        """The outline of a case as far as it is proven; raises NotFound where nothing is, and Unavailable.

        What was kept is carried on only where the log still has its last decision under the same seal.
        """
        async with self._one_at_a_time:
            before = self._kept.get(incident_id)
            if before is not None and not await _stands(database, incident_id, before):
                before = None
            fresh = await _rows(database, incident_id, before.last.state.event_number if before else 0)
            outline = await asyncio.to_thread(_outlined, fresh, before) if fresh else before
            if outline is None:
                raise NotFound
            self._kept[incident_id] = outline
            self._kept.move_to_end(incident_id)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return outline


def _outlined(rows: Sequence[EventLogRow], before: Outline | None) -> Outline:
    return outlined([(DECISION.validate_json(row.decision), row.hash) for row in rows], before)


async def _stands(database: Database, incident_id: str, outline: Outline) -> bool:
    last = outline.last
    async with reading(database) as session:
        seals = await event_log.seals_before(session, incident_id, last.state.event_number, 1)
    return list(seals) == [last.hash]


async def _rows(database: Database, incident_id: str, since: int) -> list[EventLogRow]:
    got: list[EventLogRow] = []
    while True:
        async with reading(database) as session:
            page = await event_log.rows(session, incident_id, since=since, limit=_AT_ONE_TIME)
        got += page
        if len(page) < _AT_ONE_TIME:
            return got
        since = page[-1].last_number


async def state_of(session: AsyncSession, outline: Outline, stop: Stop) -> AsItStood:
    """The case at a stop, folded on from a state on the way to it; raises NotFound where the log has no such decision."""
    incident_id, base = outline.last.state.incident_id, outline.base_of(stop.number)
    since = base.state.event_number if base else 0
    following = await event_log.rows(session, incident_id, since=since, until=stop.number)
    state = await queries.folded(base.state if base else None, following, stop.number)
    if state is None or state.event_number != stop.number:
        raise NotFound
    seal = following[-1].hash if following else base.hash if base else ""
    return AsItStood(state=state, as_of=stop.at, hash=seal)
