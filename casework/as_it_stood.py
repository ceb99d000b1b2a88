"""A case as it once stood: how the time is asked for, and its state, clock and seal at that time."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from casework.edge import EARLIEST, LATEST, FieldError, Malformed
from casework.ledger_session import reading
from casework.outcomes import NotThen
from casework.past_states import state_after
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.copies import changed
from domain.terms.drill import DrillClock
from storage import event_log, queries
from storage.database import Database

_LONGEST: Final = 40  # characters of an instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AsItStood:
    """A case after its event number `state.event_number`, at `as_of` on its own clock;
    `hash` seals the decision of that event.
    """

    state: Incident
    as_of: datetime
    hash: str

    @property
    def real(self) -> datetime:
        """The real instant at which the case's clock showed `as_of`."""
        return real_instant(self.state.drill, self.as_of)


def read_at(at: str, zone: tzinfo | None = None) -> int | datetime:
    """The number of an event, or an instant of ISO 8601; one that names no zone is of `zone`.

    Raises Malformed.
    """
    if at.isascii() and at.isdigit() and len(at) <= _LONGEST:
        return int(at)
    try:
        # A plus sign that was not encoded arrives as a space.
        instant = datetime.fromisoformat(at.strip().replace(" ", "+") if "T" in at else at)
    except ValueError:
        raise Malformed((FieldError("/query/at", "not_an_instant"),)) from None
    if instant.tzinfo is None:
        if zone is None:
            raise Malformed((FieldError("/query/at", "zone_missing"),))
        instant = instant.replace(tzinfo=zone)
    if not EARLIEST <= instant < LATEST:
        raise Malformed((FieldError("/query/at", "out_of_range"),))
    return instant


async def as_it_stood(
    database: Database, now: Incident, wanted: int | datetime, clock_now: datetime
) -> AsItStood:
    """The case after an event, or at an instant of its own clock.

    `now` is the case as the ledger stands, `clock_now` what its clock shows now; an instant is one of whole
    seconds. After an event the clock shows when its decision was recorded. Raises NotThen for a time before
    the case was opened or still to come, and for an event that it does not have; and Unavailable.
    """
    if isinstance(wanted, datetime):
        wanted = wanted.replace(microsecond=0)
    number = await _number(database, now, wanted, clock_now)
    if not 1 <= number <= now.event_number:
        raise NotThen
    state = await state_after(database, now.incident_id, number)
    async with reading(database) as session:
        log = await event_log.rows(session, now.incident_id, since=number - 1, until=number)
    if state is None or not log:
        raise NotThen
    as_of = wanted if isinstance(wanted, datetime) else log[0].recorded_at
    return AsItStood(state=state, as_of=as_of, hash=log[0].hash)


async def _number(database: Database, now: Incident, wanted: int | datetime, clock_now: datetime) -> int:
    """The number of the last event by then, 0 for none;
    of an instant that comes after `now` the last that is known.
    """
    if isinstance(wanted, int):
        return wanted
    if wanted > clock_now:
        raise NotThen
    async with reading(database) as session:
        return min(await queries.number_at(session, now.incident_id, wanted), now.event_number)


def real_instant(drill: DrillClock | None, as_of: datetime) -> datetime:
    """The real instant at which a case's clock shows a whole second, or the first after it:
    a drill's second may lie between two.
    """
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
