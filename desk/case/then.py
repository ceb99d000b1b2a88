"""当时的状态: the case page as of an event or an instant that is past, how that is asked for,
and the band that says so.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request

from api.errors import WebProblem
from casework.as_it_stood import AsItStood, as_it_stood, read_at
from casework.edge import Malformed
from casework.ledger_session import reading
from casework.outcomes import NotThen
from casework.visibility import visible
from desk.case.view import case_time
from desk.frame.marking import show_marked
from desk.frame.page import now_of
from domain.case.state import Incident
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from words.language import say
from words.wording import MomentText, absolute, moment

At = Annotated[str, Query(max_length=2000)]
"""As of which time a page shows a case: the number of a record, or an instant; empty for the present."""


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

    at: MomentText
    number: int
    last_number: int
    before: str
    after: str
    now: str
    replay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAt:
    """A case as a page shows it: its state, and of a state that is past also how it stood, and the band
    that says so.
    """

    state: Incident
    stood: AsItStood | None
    then: Then | None

    @property
    def until(self) -> datetime | None:
        """The real instant after which nothing is shown; None for the present."""
        return None if self.stood is None else self.stood.real


async def case_at(
    request: Request,
    database: Database,
    incident_id: str,
    reader: Actor,
    at: str,
    *,
    page: str = "",
    path: str = "",
) -> CaseAt:
    """The case that is open to a reader, as it stands or once stood; what shows it bears its mark.

    `page` is the end of the page's path, `path` all of it where it is not below the case's own.
    Raises NotFound, AtUnreadable, AtNotThere and Unavailable.
    """
    async with reading(database) as session:
        now = (await visible(session, incident_id, reader)).state
    stood = await state_then(database, now, at, now_of(request))
    show_marked(request, (now,) if stood is None else (now, stood.state))
    if stood is None:
        return CaseAt(state=now, stood=None, then=None)
    return CaseAt(state=stood.state, stood=stood, then=band(now, stood, at, page, path=path))


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


def band(incident: Incident, stood: AsItStood, at: str, page: str = "", *, path: str = "") -> Then:
    """The band over a state; `incident` is the case as it stands now, `page` the end of the page's path,
    `path` all of it.
    """
    path, number = path or f"/incidents/{incident.incident_id}{page}", stood.state.event_number
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
