"""待办: what a person has to approve and to handle, by case, the earliest limit first."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.audit_book import writes
from api.parts import parts_of
from casework.case_texts import all_with_texts
from casework.ledger_session import reading
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person
from desk.workbench.under_way import texts_under_way
from desk.workbench.view import TaskSection, first_task, sections
from domain.terms.roles import Actor, Role
from storage import queries
from storage.audit_book import BookDeed
from storage.filters import IncidentFilter, Order
from storage.rota import is_on_duty
from storage.snapshots import snapshots

_MOST_TEXT: Final = 50_000  # characters; of most texts the first words are waiting
LOOKED_AT: Final = 200  # open incidents of a unit, those due first
_SEE_OTHER: Final = 303
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/desk")
@writes(BookDeed.LIST_READ, renews=True)
async def show_desk(request: Request, person: Person) -> HTMLResponse:
    """待办。 What is to be done by who is signed in."""
    waiting, is_cut = await _waiting(request, person)
    async with reading(parts_of(request).database) as session:
        texts = await texts_under_way(session, person, now_of(request))
    return await rendered(request, "workbench/page.html", sections=waiting, more=is_cut, texts=texts)


@router.get("/desk/next")
@writes(BookDeed.LIST_READ)
async def open_next(request: Request, person: Person) -> RedirectResponse:
    """下一件。

    Leads to the form of the most urgent thing that waits for who is signed in,
    or to the list where nothing does.
    """
    waiting, _ = await _waiting(request, person)
    return RedirectResponse(first_task(waiting) or "/desk", _SEE_OTHER)


async def _waiting(request: Request, person: Actor) -> tuple[tuple[TaskSection, ...], bool]:
    """What waits for a person, and whether there are more cases than were looked at."""
    async with reading(parts_of(request).database) as session:
        page = await queries.incidents(
            session, IncidentFilter(closed=False), actor=person, order=Order.DUE, limit=LOOKED_AT
        )
        cases = await snapshots(session, [line.incident_id for line in page.items])
        acts = person.role is not Role.AUDITOR  # who reads all and changes nothing has nothing to do
        states = [case.state for case in cases.values()] if acts else []
        incidents = await all_with_texts(session, states, most=_MOST_TEXT)
        on_duty = await is_on_duty(session, person.unit, person.person, now_of(request))
    return sections(incidents, person, now_of(request), on_duty=on_duty), page.next_cursor is not None
