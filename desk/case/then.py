"""当时的状态: the case page as of an event or an instant that is past, how that is asked for,
and the band that says so.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from api.errors import WebProblem
from casework.as_it_stood import AsItStood, as_it_stood, read_at
from casework.edge import Malformed
from casework.outcomes import NotThen
from desk.case.view import case_time
from domain.case.state import Incident
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from words.language import say
from words.wording import Moment, absolute, moment


class AtUnreadable(WebProblem):
    """What was asked for is neither the number of a record nor an instant."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "at_unreadable"


class AtNotThere(WebProblem):
    """The case did not stand at that time: it was not registered yet, has no such record,
    or the time is still to come.
    """

    status, code = HTTPStatus.NOT_FOUND, "at_not_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """The band over a state that is past: when it stood, after which record,
    and the ways to the states beside it.
    """

    at: Moment
    number: int
    last_number: int
    before: str
    after: str
    now: str
    replay: str


async def state_then(database: Database, incident: Incident, at: str, now: datetime) -> AsItStood | None:
    """The case as it stood, None where the present is asked for; `now` is the real time.

    A time without a zone is Beijing's, as people write it.
    Raises AtUnreadable, AtNotThere with what there is, and Unavailable.
    """
    if not at.strip():
        return None
    clock_now = case_time(incident.drill, now)
    try:
        return await as_it_stood(database, incident, read_at_page(at), clock_now)
    except NotThen:
        raise AtNotThere(there_is(incident, clock_now)) from None


def read_at_page(at: str) -> int | datetime:
    """The number of a record or an instant in whole seconds, as people write it; raises AtUnreadable."""
    try:
        wanted = read_at(at.strip(), SHANGHAI)
    except Malformed:
        raise AtUnreadable from None
    return wanted.replace(microsecond=0) if isinstance(wanted, datetime) else wanted


def there_is(incident: Incident, clock_now: datetime) -> str:
    """What records and times there are of a case, in words."""
    return say(
        "第 1 至 {last} 号记录，{first} 至 {now}",
        last=incident.event_number,
        first=absolute(incident.registered_at),
        now=absolute(clock_now),
    )


def band(incident: Incident, stood: AsItStood, at: str, page: str = "") -> Then:
    """The band over a state; `incident` is the case as it stands now, `page` the end of the page's path."""
    path, number = f"/incidents/{incident.incident_id}{page}", stood.state.event_number
    is_numbered = at.strip().isdigit()
    earlier = number - 1 if is_numbered else number
    return Then(
        at=moment(stood.as_of),
        number=number,
        last_number=incident.event_number,
        before=f"{path}?at={earlier}" if earlier >= 1 else "",
        after=f"{path}?at={number + 1}" if number < incident.event_number else "",
        now=path,
        replay=f"/incidents/{incident.incident_id}/replay?at={number}",
    )
