"""审计记录: what administrators did, and who signed in,
read by the audit administrator and changed by nobody.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.parts import parts_of
from api.query_params import BLANK
from casework.ledger_session import reading
from desk.administration.access import Audit
from desk.administration.acts_view import acts_page, sign_ins_page
from desk.frame.page import rendered
from desk.system.healings import healings_page
from storage.accounts import list_accounts
from storage.acts import ActKind, acts
from storage.attempts import AttemptOutcome, attempts
from storage.audit_book import BookDeed
from storage.healings import forked, healings

ROWS: Final = 50
_LARGEST: Final = 2**63 - 1
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Before = Annotated[int | None, Query(ge=1, le=_LARGEST)]


@router.get("/acts")
@writes(BookDeed.BOOK_READ)
async def show_acts(
    request: Request,
    _: Audit,
    kind: Annotated[ActKind | None, BLANK, Query()] = None,
    before: Before = None,
) -> HTMLResponse:
    """管理员操作记录。 What administrators did, the latest first."""
    async with reading(parts_of(request).database) as session:
        page = await acts(session, kind=kind, before=before, limit=ROWS)
        accounts = await list_accounts(session)
    law = parts_of(request).law_now()
    return await rendered(request, "administration/acts.html", page=acts_page(law, page, accounts, kind))


@router.get("/acts/sign-ins")
@writes(BookDeed.BOOK_READ)
async def show_sign_ins(
    request: Request,
    _: Audit,
    outcome: Annotated[AttemptOutcome | None, BLANK, Query()] = None,
    before: Before = None,
) -> HTMLResponse:
    """登录记录。 Every attempt to sign in that was judged, the latest first."""
    async with reading(parts_of(request).database) as session:
        page = await attempts(session, outcome=outcome, before=before, limit=ROWS)
        accounts = await list_accounts(session)
    view = sign_ins_page(page, accounts, outcome)
    return await rendered(request, "administration/sign_ins.html", page=view)


@router.get("/acts/healings")
@writes(BookDeed.BOOK_READ)
async def show_healings(request: Request, _: Audit, before: Before = None) -> HTMLResponse:
    """核对恢复记录。 What was done where log and workflow of a case disagreed, the latest first."""
    async with reading(parts_of(request).database) as session:
        page = healings_page(await healings(session, before=before, limit=ROWS), await forked(session))
    return await rendered(request, "administration/healings.html", page=page)
