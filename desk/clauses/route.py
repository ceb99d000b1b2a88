"""条款: the text of the regulation in force, sentence by sentence,
each with the rules and the incidents that it touches.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from api.audit_book import unwritten, writes
from api.paging import Cursor, cursor_checked
from api.parts import parts_of
from casework.ledger_session import reading
from casework.outcomes import NotFound
from desk.clauses.hearing import hearing_panel
from desk.clauses.view import clause_page, sections
from desk.frame.page import rendered
from desk.sign_in.page_access import Reader
from storage.audit_book import BookDeed
from storage.cited import LOOKED_AT, citing_counts, citing_incidents
from storage.law_changes import law_in_force
from words.clauses import OVERLAY, clause_href, clause_key

ROWS: Final = 20
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class ClauseForm(BaseModel):
    """What the address of a clause may ask for."""

    cursor: Cursor = None


@router.get("/clauses")
@unwritten("the regulation, open to whoever is here")
async def show_clauses(request: Request, reader: Reader) -> HTMLResponse:
    """条款。

    The whole text, how many rules and incidents each sentence touches, and who is told of what how soon.
    """
    parts = parts_of(request)
    async with reading(parts.database) as session:
        counts = await citing_counts(session, reader)
        law = await law_in_force(session, parts.settings.regulation, parts.clock())
    return await rendered(
        request,
        "clauses/page.html",
        sections=sections(parts.settings.regulation, counts),
        hearing=hearing_panel(law.hearing),
        above=clause_href(OVERLAY),
        looked_at=LOOKED_AT,
    )


@router.get("/clauses/{name}")
@writes(BookDeed.LIST_READ)
async def show_clause(
    request: Request,
    reader: Reader,
    name: Annotated[str, Path(max_length=40)],
    form: Annotated[ClauseForm, Query()],
) -> HTMLResponse:
    """一句条款。 One sentence: its place in the text, what rests on it, and the incidents that it touches."""
    key = clause_key(name)
    async with reading(parts_of(request).database) as session:
        counts = await citing_counts(session, reader)
        with cursor_checked():
            touched = await citing_incidents(session, key, actor=reader, cursor=form.cursor, limit=ROWS)
    page = clause_page(parts_of(request).settings.regulation, key, counts, touched)
    if page is None:
        raise NotFound
    return await rendered(request, "clauses/clause.html", page=page, looked_at=LOOKED_AT)
