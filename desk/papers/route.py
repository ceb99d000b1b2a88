"""公文: one paper of a case, in the shape in which it goes out, for whoever sees the case; and as a file."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.audit_book import add_detail, writes
from api.incident_id import IncidentId
from api.marked_files import Unmarkable, copy_of
from api.paper_files import Ending, NotSet, PaperId, paper_file, with_checkpoint
from api.parts import parts_of
from api.printed_codes import code_to_print
from api.uploads import handed_out
from casework.ledger_session import reading
from casework.paper_sheets import CasePaper, case_paper
from casework.visibility import visible
from desk.case.then import At, CaseAt, case_at
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.papers.view import paper_page
from desk.sign_in.page_access import Reader
from desk.sign_in.sessions import Person
from domain.terms.roles import Actor
from papers.typesetting import DEBIAN_PACKAGE, chinese_font
from storage.audit_book import BookDeed
from storage.rota import is_on_duty
from storage.sign_ins import SignedIn
from words.language import say

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/incidents/{incident_id}/papers/{paper}.{ending}")
@writes(BookDeed.EXPORT)
async def take_paper(
    request: Request, person: Person, incident_id: IncidentId, paper: PaperId, ending: Ending
) -> Response:
    """下载：PDF 或 DOCX。 The paper as a file; where it cannot be set, its page says why and offers the
    other.
    """
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, person)).state
    document = await case_paper(parts_of(request).database, incident, paper)
    printed = with_checkpoint(document, await code_to_print(request))
    try:
        file = await paper_file(printed, ending, incident, person, now_of(request))
    except (NotSet, Unmarkable) as why:
        show_marked(request, (incident,))
        case = CaseAt(state=incident, stood=None, then=None)
        return await _page(request, case, document, trouble_of(why), why.status)
    add_detail(request, copy=copy_of(incident, original=ending == "docx"))
    return handed_out(file)


@router.get("/incidents/{incident_id}/papers/{paper}")
@writes(BookDeed.INCIDENT_READ)
async def show_paper(
    request: Request, reader: Reader, incident_id: IncidentId, paper: PaperId, at: At = ""
) -> HTMLResponse:
    """一份文书：预览、状态、签发、签收；at 给出当时的。 A paper: its sheet, its status, who signed it and
    who signed for it.
    """
    database = parts_of(request).database
    case = await case_at(request, database, incident_id, reader, at, page=f"/papers/{paper}")
    document = await case_paper(database, case.state, paper, until=case.until)
    return await _page(request, case, document)


async def _page(
    request: Request,
    case: CaseAt,
    document: CasePaper,
    trouble: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    actor, on_duty = (_acting(request) if case.stood is None else None), False
    if actor is not None:
        async with reading(parts_of(request).database) as session:
            on_duty = await is_on_duty(session, actor.unit, actor.person, now_of(request))
    has_font = await asyncio.to_thread(chinese_font) is not None
    return await rendered(
        request,
        "papers/paper.html",
        status=status,
        then=case.then,
        page=paper_page(case.state, document, actor, on_duty=on_duty, has_font=has_font),
        trouble=trouble,
        no_font="" if has_font or trouble else trouble_of(NotSet("pdf_no_font")),
    )


def trouble_of(why: NotSet | Unmarkable) -> str:
    """Why the paper is not handed out as that file, and what to do, in words."""
    match why.code:
        case "pdf_no_font":
            return say(
                "这台服务器没有中文字体，排不出 PDF；请下载 DOCX 或用浏览器打印，并请系统管理员安装"
                " {package}。",
                package=DEBIAN_PACKAGE,
            )
        case "pdf_unprintable":
            return say("这份文书的文字排不成 PDF；请下载 DOCX。")
        case _:
            return say("带标识的件写不上标识就不能取出；请报系统管理员。")


def _acting(request: Request) -> Actor | None:
    """As whom the person at the browser may take steps; None for a reader."""
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    return login_session.account.actor if login_session is not None else None
