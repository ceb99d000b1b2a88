"""A case as it once stood: how the time is asked for, and its state, clock and seal at that time."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.edge import EARLIEST, LATEST, Fault, Malformed
from casework.outcomes import NotThen
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.copies import changed
from domain.terms.drill import DrillClock
from storage import event_log, queries

_LONGEST: Final = 40  # characters of an instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItStood:
    """A case after its event number `state.event_number`, at `as_of` on its own clock; `hash` seals the decision of that event."""

    state: Incident
    as_of: datetime
    hash: str

    @property
    def real(self) -> datetime:
        """The real instant at which the case's clock showed `as_of`."""
        return real_instant(self.state.drill, self.as_of)


def read_at(at: str, zone: tzinfo | None = None) -> int | datetime:
    """The number of an event, or an instant of ISO 8601; one that names no zone is of `zone`. Raises Malformed."""
    if at.isascii() and at.isdigit() and len(at) <= _LONGEST:
        return int(at)
    try:
        # A plus sign that was not encoded arrives as a space.
        instant = datetime.fromisoformat(at.strip().replace(" ", "+") if "T" in at else at)
    except ValueError:
        raise Malformed((Fault("/query/at", "not_an_instant"),)) from None
    if instant.tzinfo is None:
        if zone is None:
            raise Malformed((Fault("/query/at", "zone_missing"),))
        instant = instant.replace(tzinfo=zone)
    if not EARLIEST <= instant < LATEST:
        raise Malformed((Fault("/query/at", "out_of_range"),))
    return instant


async def as_it_stood(session: AsyncSession, now: Incident, wanted: int | datetime) -> AsItStood:
    """The case after an event, or at an instant of its own clock; raises NotThen for a time before it was opened.

    `now` is the case as the ledger stands. After an event the clock shows when its decision was recorded.
    """
    if isinstance(wanted, int) and not 1 <= wanted <= now.event_number:
        raise NotThen
    state = await queries.state_at(session, now.incident_id, wanted)
    if state is None:
        raise NotThen
    number = state.event_number
    row = (await event_log.rows(session, now.incident_id, since=number - 1, until=number))[0]
    as_of = wanted if isinstance(wanted, datetime) else row.recorded_at
    return AsItStood(state=state, as_of=as_of, hash=row.hash)


def real_instant(drill: DrillClock | None, as_of: datetime) -> datetime:
    """The real instant at which a case's clock shows a whole second, or the first after it: a drill's second may lie between two."""
    if drill is None:
        return as_of
    real = drill.real(as_of)
    while drill.shown(real) < as_of:
        real += timedelta(microseconds=1)
    return real


def up_to(decisions: list[Decision], number: int) -> list[Decision]:
    """The decisions without the events after that number."""
    cut = (
        decided
        if decided.last_number <= number
        else changed(decided, events=decided.events[: number - decided.first_number + 1])
        for decided in decisions
    )
    return [decided for decided in cut if decided.events]
