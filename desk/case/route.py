"""事件页: one incident as the ledger stands or once stood, with what the person at the browser may do;
and its brief.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.incident_id import IncidentId
from api.parts import parts_of
from casework.ledger_session import reading
from casework.visibility import visible
from desk.case.brief import brief_facts
from desk.case.content import IncidentForm, content, page_of, views_of
from desk.case.offers import offered
from desk.case.then import band, state_then
from desk.frame.checkpoint_code import show_code
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.page_access import Reader
from domain.catalogue import COMMANDS
from domain.terms.roles import Actor, Role
from storage.audit_book import BookDeed
from storage.rota import is_on_duty
from storage.sign_ins import SignedIn
from words.labels import label

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/incidents/{incident_id}")
@writes(BookDeed.INCIDENT_READ, renews=True)
async def show_incident(
    request: Request, reader: Reader, incident_id: IncidentId, form: Annotated[IncidentForm, Query()]
) -> HTMLResponse:
    """一个事件：时限、等级、文书与时间线；at 给出当时的状态。

    One incident as the ledger stands or once stood, or its brief on one sheet.
    """
    now, actor, database = now_of(request), _acting(request), parts_of(request).database
    async with reading(database) as session:
        case = await visible(session, incident_id, reader)
    stood = await state_then(database, case.state, form.at, now)
    if stood is not None:
        actor = None  # of a time that is past nothing is done any more
    async with reading(database) as session:
        on_duty = actor is not None and await is_on_duty(session, actor.unit, actor.person, now)
        read = await content(session, request, case, form, stood=stood, now=now, actor=actor)
        await show_code(request, session)
    then = None if stood is None else band(case.state, stood, form.at)
    show_marked(request, (case.state, stood.state) if stood else (case.state,))
    page = page_of(read, form.at.strip() if then else "")
    if form.view == "brief":
        return await rendered(request, "case/brief.html", page=page, then=then, brief_facts=brief_facts(page))
    return await rendered(
        request,
        "case/page.html",
        then=then,
        offered=offered(read.state, actor, on_duty=on_duty),
        said=label("commands", form.done).here if form.done in COMMANDS else "",
        is_later=form.done == "later",
        may_export=actor is not None and actor.role is Role.AUDITOR,
        **views_of(read, page, form),
    )


def _acting(request: Request) -> Actor | None:
    """As whom the person at the browser may take steps; None for a reader."""
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    return login_session.account.actor if login_session is not None else None
