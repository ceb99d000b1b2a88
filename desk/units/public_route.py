"""公开回应: a unit switched onto the public page or off it by the system administrator,
who sees beforehand what would be public.
"""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import writes
from api.parts import parts_of
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.administration.access import System, author
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from desk.units.public_view import MOST_CASES, public_page
from publicity.reading import read_cases
from storage.audit_book import BookDeed
from storage.public_units import latest_of, public_since, switch

PATH: Final = "/units/{code}/public"
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class PublicForm(OwnForm):
    """`true` switches the unit onto the public page, anything else off it."""

    on: Annotated[str, cut(10)] = ""


@router.get(PATH)
@writes(BookDeed.UNITS_READ)
async def show_public(request: Request, _: System, code: str, done: str = "") -> HTMLResponse:
    """单位的公开回应。 Whether a unit stands on the public page, and what of it would be read there."""
    law = parts_of(request).law_now()
    async with reading(parts_of(request).database) as session:
        since = await public_since(session, code)
        if since is None and not law.knows(
            code
        ):  # one that is on and no more in the regulation can be switched off
            raise NotFound
        names = await latest_of(session, code, limit=MOST_CASES + 1)
        cases, _coming = await read_cases(session, names[:MOST_CASES], {code})
    page = public_page(
        law,
        code,
        since,
        [case for case in cases.values() if case is not None],
        has_more=len(names) > MOST_CASES,
        port=parts_of(request).settings.public_port,
        done=done,
    )
    return await rendered(request, "units/public.html", page=page)


@router.post(PATH)
@writes(BookDeed.UNITS_CHANGE)
async def switch_public(
    request: Request, administrator: System, code: str, form: Annotated[PublicForm, Form()]
) -> Response:
    """启用或停用单位的公开回应。

    Switch a unit onto the public page, or off it; one that is so already stays so.
    """
    is_on, is_known = form.on == "true", parts_of(request).law_now().knows(code)
    by = author(request, administrator)
    async with writing(parts_of(request).database) as session:
        if not is_known and (is_on or await public_since(session, code) is None):
            raise NotFound
        await switch(session, by, code, on=is_on, at=now_of(request))
    there = f"/units/{code}/public?done={'on' if is_on else 'off'}" if is_known else "/units"
    return RedirectResponse(there, HTTPStatus.SEE_OTHER)
