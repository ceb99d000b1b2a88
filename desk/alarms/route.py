"""值守报警: whoever hears the alarms of the watch notes that they have been seen;
they stand until the watch finds all well.
"""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.admission import CallerClass, admits
from api.audit_book import writes
from api.parts import parts_of
from api.security import access
from casework.ledger_session import writing
from desk.administration.access import at_work
from desk.frame.page import hears_alarms, now_of
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from desk.sign_in.sessions import NotForThisPost
from storage.accounts import Account, Administrator
from storage.alarms import acknowledge
from storage.audit_book import BookDeed

_MOST: Final = 50  # at one time
_LARGEST: Final = 2**53
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class AlarmSeenForm(OwnForm):
    """The alarms that the page showed: their positions, with commas between."""

    positions: Annotated[str, cut(1000)] = ""


@access
@admits({CallerClass.OFFICE, CallerClass.CITY_LEADER, CallerClass.SYSTEM_ADMINISTRATOR})
async def alarm_hearer(request: Request) -> Account:
    """Access `alarm_hearer`: the people of the office, but no auditor, and the system administrator,
    whose bell tells of alarms.
    """
    account = await at_work(request)
    if not hears_alarms(request, account):
        raise NotForThisPost
    return account


Hearer = Annotated[Account, Depends(alarm_hearer)]


@router.post("/alarms/acknowledge")
@writes(BookDeed.ACKNOWLEDGEMENT)
async def acknowledge_alarms(
    request: Request, account: Hearer, form: Annotated[AlarmSeenForm, Form()]
) -> Response:
    """报警已阅。

    Note that one alarm, or all that the page showed, have been seen; they go on to count until they are over.
    """
    named = form.positions.split(",")
    positions = [int(part) for part in named if part.isascii() and part.isdecimal()][:_MOST]
    async with writing(parts_of(request).database) as session:
        await acknowledge(
            session,
            [position for position in positions if position <= _LARGEST],
            person=account.login,
            name=account.name,
            at=now_of(request),
        )
    home = "/system" if account.post is Administrator.SYSTEM else "/notices"
    return RedirectResponse(f"{home}#h-watch", HTTPStatus.SEE_OTHER)
