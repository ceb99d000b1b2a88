"""查找: cases, publications, units and clauses by one box in the head of every page."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.parts import parts_of
from casework.edge import FieldError, Malformed, text_fault
from casework.ledger_session import reading
from desk.frame.page import rendered
from desk.search.view import search_page
from desk.sign_in.page_access import Reader
from storage.audit_book import BookDeed
from storage.found import FoundCase, found_cases
from storage.papers import PaperFilter, PaperLine, papers

_CASES: Final = 30
_PAPERS: Final = 10
_LONGEST: Final = 100
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/search")
@writes(BookDeed.LIST_READ, searches=True)
async def search(
    request: Request, reader: Reader, q: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> HTMLResponse:
    """查找。

    What the words find among what the reader may see; raises Malformed for characters that no title holds.
    """
    words = q.strip()
    if (code := text_fault(words, "title")) is not None:
        raise Malformed((FieldError("/query/q", code),))
    cases: Sequence[FoundCase] = ()
    bearing: Sequence[PaperLine] = ()
    has_more = False
    if words:
        async with reading(parts_of(request).database) as session:
            cases, has_more = await found_cases(session, words, actor=reader, limit=_CASES)
            numbered = PaperFilter(drill=None, whole_number=words)
            bearing = (await papers(session, numbered, actor=reader, limit=_PAPERS)).items
    law, regulation = parts_of(request).law_now(), parts_of(request).settings.regulation
    page = search_page(words, cases, bearing, law, regulation, has_more=has_more)
    return await rendered(request, "search/page.html", page=page)
