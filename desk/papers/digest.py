"""日报、周报、月报: figures of a span on one sheet, with one click, to be completed by a person;
and as a file.
"""

import asyncio
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.audit_book import writes
from api.paper_files import Ending, NotSet, sheet_file
from api.parts import parts_of
from api.printed_codes import code_to_print
from api.uploads import handed_out
from casework.digests import digest_of
from desk.frame.page import now_of, rendered
from desk.papers.route import trouble_of
from desk.sign_in.page_access import Reader
from desk.sign_in.sessions import Person
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from papers.sheet import Sheet
from papers.skeletons.digest import DigestSpan
from papers.skeletons.preview import preview
from papers.typesetting import chinese_font
from storage.audit_book import BookDeed
from words.language import marked, say

_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2199, 12, 31)
_NAMES: Final = {
    DigestSpan.DAILY: marked("日报"),
    DigestSpan.WEEKLY: marked("周报"),
    DigestSpan.MONTHLY: marked("月报"),
}
Day = Annotated[date | None, Query(ge=_FIRST, le=_LAST)]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/papers/digests/{span}.{ending}")
@writes(BookDeed.EXPORT)
async def take_digest(
    request: Request, person: Person, span: DigestSpan, ending: Ending, day: Day = None
) -> Response:
    """下载日报、周报、月报。 The digest as a file; where it cannot be set, its page says why."""
    at = day or _today(request)
    sheet = await _sheet(request, person, span, at)
    try:
        printed = replace(sheet, checkpoint=await code_to_print(request))
        file = await sheet_file(printed, sheet.head, ending)
    except NotSet as why:
        return await _page(request, sheet, span, at, trouble=trouble_of(why), status=why.status)
    return handed_out(file)


@router.get("/papers/digests/{span}")
@writes(BookDeed.LIST_READ)
async def show_digest(request: Request, reader: Reader, span: DigestSpan, day: Day = None) -> HTMLResponse:
    """日报、周报、月报。 The digest of the day, of its week or its month, of what the reader may see."""
    at = day or _today(request)
    return await _page(request, await _sheet(request, reader, span, at), span, at)


async def _sheet(request: Request, reader: Actor, span: DigestSpan, day: date) -> Sheet:
    parts = parts_of(request)
    return await digest_of(parts.database, parts.law_now(), reader, span, day=day, now=now_of(request))


async def _page(
    request: Request,
    sheet: Sheet,
    span: DigestSpan,
    day: date,
    *,
    trouble: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    has_font = await asyncio.to_thread(chinese_font) is not None
    return await rendered(
        request,
        "papers/digest.html",
        status=status,
        sheet=preview(sheet),
        name=say(_NAMES[span]),
        span=span.value,
        day=day.isoformat(),
        spans=[(one.value, say(name)) for one, name in _NAMES.items()],
        trouble=trouble,
        has_font=has_font,
    )


def _today(request: Request) -> date:
    return now_of(request).astimezone(SHANGHAI).date()
