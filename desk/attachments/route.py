"""附件 of an incident: its page, what is added there, and the files as they are fetched.

Seen by whoever sees the incident.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.admission import OVERSEEING, AccessOutcome, narrowed
from api.audit_book import add_detail, writes
from api.file_kinds import PICTURES
from api.incident_id import IncidentId
from api.marked_files import as_it_is_shown, as_it_leaves, copy_of
from api.parts import parts_of
from api.uploads import handed_out
from casework.attaching import attach_all, why_not
from casework.ledger_session import reading
from casework.outcomes import NotFound
from casework.visibility import visible
from desk.attachments.receiving import form_with_files
from desk.attachments.view import AttachmentsView, attachment_line, attachment_lines
from desk.case.then import At, case_at
from desk.frame.page import now_of, rendered
from desk.sign_in.page_access import Reader
from desk.sign_in.sessions import Person
from desk.step.form_errors import FormErrors
from domain.case.state import Incident
from domain.rules.permissions import may_take_original
from domain.steps.register import AddSource
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from storage.attachments import attachments, download, thumbnail
from storage.audit_book import BookDeed
from words.language import say

Number = Annotated[int, Path(ge=1, le=1000)]
Original = Annotated[bool, Query()]
router = APIRouter(
    prefix="/incidents/{incident_id}/attachments",
    include_in_schema=False,
    default_response_class=HTMLResponse,
)


async def attachments_view(
    session: AsyncSession,
    request: Request,
    incident: Incident,
    actor: Actor | None,
    *,
    until: datetime | None = None,
) -> AttachmentsView:
    """What the incident's page shows of its files, or of those there by a real instant;
    `actor` is None for a reader.
    """
    files = await attachments(session, incident.incident_id)
    if until is not None:
        files = [one for one in files if one.attached_at <= until]
    may_add = actor is not None and why_not(actor, incident) is None
    return AttachmentsView(
        lines=attachment_lines(incident, files),
        add=f"/incidents/{incident.incident_id}/attachments" if may_add else "",
        is_short=request.query_params.get("files") == "short",
    )


@router.get("")
@writes(BookDeed.INCIDENT_READ)
async def show_attachments(
    request: Request, person: Person, incident_id: IncidentId, at: At = ""
) -> HTMLResponse:
    """附件；at 给出当时的。 The files of an incident, and the form that adds some; or those that were
    there by then.
    """
    return await _page(request, person, incident_id, None, at)


@router.post("")
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@writes(BookDeed.ATTACHMENT_ADD)
async def add(request: Request, person: Person, incident_id: IncidentId) -> Response:
    """添加附件。 Attach files; those that are in order are kept though others are refused."""
    _, got = await form_with_files(request)
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, person)).state
    if (refused := why_not(person, incident)) is not None:
        request.state.clause = AddSource.clause
        raise refused
    complete = await attach_all(parts_of(request).database, incident_id, got, person, now_of(request))
    if complete and got.files and not got.faults:
        return RedirectResponse(f"/incidents/{incident_id}#h-attachments", HTTPStatus.SEE_OTHER)
    trouble = FormErrors(
        title=say("有附件未能接收") if got.faults or got.files else say("没有选择文件"),
        advice=say("请按下列说明更换后重新添加；已接收的附件列在下方。")
        if complete
        else say("附件未能全部保存：台账暂不可用，或本件附件已满（200 个，合计 400 MB）。请稍后再试。"),
        clause="",
        places=tuple(got.faults),
    )
    return await _page(request, person, incident_id, trouble)


async def _page(
    request: Request, person: Actor, incident_id: str, trouble: FormErrors | None, at: str = ""
) -> HTMLResponse:
    database = parts_of(request).database
    case = await case_at(request, database, incident_id, person, at, page="/attachments")
    actor = person if case.stood is None else None  # of a time that is past nothing is done any more
    async with reading(database) as session:
        view = await attachments_view(session, request, case.state, actor, until=case.until)
    return await rendered(
        request,
        "attachments/page.html",
        status=HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        incident=case.state,
        attachments=view,
        then=case.then,
        trouble=trouble,
        page={"waiting": ()},
    )


@router.get("/{number}")
@writes(BookDeed.ATTACHMENT_OPEN)
async def fetch(
    request: Request, reader: Reader, incident_id: IncidentId, number: Number, *, original: Original = False
) -> Response:
    """The file, to be saved: of a marked case a marked copy,
    and the original for whoever may take the mark away.
    """
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, reader)).state
        file = await download(session, incident_id, number)
    if file is None:
        raise NotFound
    copy = await as_it_leaves(file, incident, reader, now_of(request), original=original)
    add_detail(request, copy=copy_of(incident, original=original))
    return handed_out(copy)


@router.get("/{number}/view")
@writes(BookDeed.ATTACHMENT_OPEN)
async def show_file(
    request: Request, reader: Reader, incident_id: IncidentId, number: Number, at: At = ""
) -> HTMLResponse:
    """一个附件的页面；当时还没有的不显示。

    A file as a page shows it: under the watermark where the case is marked.
    """
    database = parts_of(request).database
    case = await case_at(request, database, incident_id, reader, at, page=f"/attachments/{number}/view")
    incident = case.state
    async with reading(database) as session:
        files = await attachments(session, incident_id)
    one = next((one for one in files if one.number == number), None)
    if one is None or (case.until is not None and one.attached_at > case.until):
        raise NotFound
    return await rendered(
        request,
        "attachments/file.html",
        incident=incident,
        then=case.then,
        file=attachment_line(incident, one),
        may_take_original=may_take_original(reader, incident),
    )


@router.get("/{number}/picture")
@writes(BookDeed.ATTACHMENT_OPEN, once=True)
async def fetch_picture(
    request: Request, reader: Reader, incident_id: IncidentId, number: Number
) -> Response:
    """A picture as its page holds it; other files are fetched as they are."""
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, reader)).state
        file = await download(session, incident_id, number)
    if file is None or file.media_type not in PICTURES.values():
        raise NotFound
    return handed_out(await as_it_is_shown(file, incident, reader, now_of(request)))


@router.get("/{number}/thumbnail")
@writes(BookDeed.ATTACHMENT_OPEN, once=True)
async def fetch_thumbnail(
    request: Request, reader: Reader, incident_id: IncidentId, number: Number
) -> Response:
    """The small picture of a picture; a marked case has none, since nothing could be read on it."""
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, reader)).state
        picture = await thumbnail(session, incident_id, number)
    if picture is None or incident.gravest_marking is not Marking.NONE:
        raise NotFound
    return handed_out(picture)
