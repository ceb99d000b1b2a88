"""审计簿: who signed in, who looked and who administered,
searched and exported by the audit administrator alone.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.audit_book import writes
from api.parts import parts_of
from api.query_params import BLANK
from casework.ledger_session import reading
from desk.administration.access import Audit
from desk.audit_book.view import book_page
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from domain.terms.workdays import SHANGHAI
from storage.accounts import list_accounts
from storage.audit_book import FIRST_SEAL, BookDeed, mark
from storage.audit_book_pages import BookQuery, book_lines, line, rows
from storage.database import Database

ROWS: Final = 50
_LARGEST: Final = 2**63 - 1
_LONGEST: Final = 200
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class WordsForm(OwnForm):
    """Words that somebody may have searched for."""

    words: Annotated[str, cut(_LONGEST)] = ""


class BookForm(BaseModel):
    """What the page was asked for; a field left blank narrows nothing."""

    model_config = ConfigDict(extra="ignore")

    person: Annotated[str, Query(max_length=100)] = ""
    subject: Annotated[str, Query(max_length=_LONGEST)] = ""
    deed: Annotated[BookDeed | None, BLANK] = None
    day: Annotated[Day | None, BLANK] = None
    mark: Annotated[str, Query(max_length=16, pattern="^[0-9a-f]*$")] = ""
    before: Annotated[int | None, BLANK, Query(ge=1, le=_LARGEST)] = None

    def query(self) -> BookQuery:
        """The entries that are meant; a day is one of Shanghai."""
        since = datetime.combine(self.day, time(), SHANGHAI) if self.day else None
        return BookQuery(
            person=self.person.strip(),
            subject=self.subject.strip(),
            deed=self.deed,
            since=since,
            until=since + timedelta(days=1) if since else None,
            mark=self.mark,
        )


@router.get("/acts/book")
@writes(BookDeed.BOOK_READ)
async def show_book(request: Request, _: Audit, form: Annotated[BookForm, Query()]) -> HTMLResponse:
    """审计簿，新的在前。 The entries, the latest first; this look is one of them."""
    async with reading(parts_of(request).database) as session:
        page = await book_lines(session, form.query(), before=form.before, limit=ROWS)
        accounts = await list_accounts(session)
    law = parts_of(request).law_now()
    conditions = {
        "person": form.person,
        "subject": form.subject,
        "deed": form.deed.value if form.deed else "",
        "day": form.day.isoformat() if form.day else "",
        "mark": form.mark,
    }
    view = book_page(law, page, accounts, conditions)
    return await rendered(request, "audit_book/page.html", page=view)


@router.post("/acts/book")
@writes(BookDeed.BOOK_READ)
async def find_words(request: Request, _: Audit, form: Annotated[WordsForm, Form()]) -> Response:
    """按搜过的词查找：词不进入地址，只用其标记。

    Who searched for these words: they go into no address, their mark does.
    """
    book = parts_of(request).audit_book
    words_mark = mark(await book.installation(), form.words) if form.words.strip() else ""
    return RedirectResponse(f"/acts/book?{urlencode({'mark': words_mark})}", HTTPStatus.SEE_OTHER)


@router.get("/acts/book.jsonl")
@writes(BookDeed.BOOK_READ)
async def export_book(request: Request, _: Audit) -> Response:
    """审计簿导出。

    The whole book as JSON lines with its chain, from the first entry on; the export is the last entry.
    """
    name = f"audit-book-{now_of(request).astimezone(SHANGHAI):%Y%m%d-%H%M}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(
        exported(parts_of(request).database), media_type="application/jsonl", headers=headers
    )


async def exported(database: Database) -> AsyncIterator[bytes]:
    """Each entry as a line that plain hashing checks (`storage.audit_book_pages.line`)."""
    previous = FIRST_SEAL
    async for row in rows(database):
        yield line(row, previous) + b"\n"
        previous = row["seal"]
