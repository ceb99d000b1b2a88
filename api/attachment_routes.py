"""Attachments over HTTP: the files of an incident, one of them, and one more;
by the same rules as on the pages.
"""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from api.admission import OVERSEEING, AccessOutcome, narrowed
from api.audit_book import add_detail, writes
from api.documented import problems, said
from api.errors import TooLarge, TooSlow
from api.file_kinds import largest_of
from api.incident_id import IncidentId
from api.lists import Listed
from api.marked_files import as_it_leaves, copy_of
from api.parts import Clock, Ledger
from api.security import Caller
from api.times import At, case_asked
from api.uploads import LONGEST_NAME, FileRefused, checked_file, handed_out
from casework.attaching import Received, attach_all, why_not
from casework.edge import FieldError, Malformed, text_fault
from casework.ledger_session import reading
from casework.outcomes import NotFound, Unavailable
from casework.visibility import visible
from storage.attachments import Attachment, attachments, download, is_full
from storage.audit_book import BookDeed

_SECONDS: Final = 240.0  # for a film of the largest size to arrive
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
router = APIRouter(prefix="/api/v1", tags=["incidents"])
Number = Annotated[int, Path(ge=1, le=1000, description="附件序号。 The number of the file.")]
Original = Annotated[
    bool,
    Query(
        description=(
            "带标识的事件：取用无水印的原件，限可以降低标识的负责人。 Of a marked case the original,"
            " for a leader who may lower the mark."
        )
    ),
]
Name = Annotated[str, Query(max_length=LONGEST_NAME, description="文件名。 The name of the file.")]


@router.get(
    "/incidents/{incident_id}/attachments",
    responses={200: said("The files."), **problems(401, 404, 422, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def list_attachments(
    incident_id: IncidentId, caller: Caller, database: Ledger, clock: Clock, at: At = None
) -> Listed[Attachment]:
    """附件列表；at 只给当时已有的。 The files of an incident, or those that were there by then, without
    their content.
    """
    _, until = await case_asked(database, incident_id, caller, clock, at)
    async with reading(database) as session:
        files = await attachments(session, incident_id)
    return Listed(items=tuple(one for one in files if until is None or one.attached_at <= until))


@router.post(
    "/incidents/{incident_id}/attachments",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _FILE}}},
    responses={
        201: said("The file as it is kept."),
        **problems(401, 403, 404, 408, 409, 413, 422, 503),
    },
)
@narrowed(AccessOutcome.FORBIDDEN, OVERSEEING)
@writes(BookDeed.ATTACHMENT_ADD)
async def add_attachment(
    *,
    request: Request,
    incident_id: IncidentId,
    caller: Caller,
    database: Ledger,
    clock: Clock,
    name: Name = "",
) -> Attachment:
    """添加附件。

    Attach a picture or PDF of 10 MB at most, a DOCX, XLSX, OFD or HEIC of 20 MB, or an MP4 of 50 MB;
    the same content is attached once.
    """
    if (code := text_fault(name, "title")) is not None:
        raise Malformed((FieldError("/query/name", code),))
    async with reading(database) as session:
        incident = (await visible(session, incident_id, caller)).state
    if (refused := why_not(caller, incident)) is not None:
        raise refused
    file = await checked_file(name, await _content(request))
    if not await attach_all(database, incident_id, Received(files=[file]), caller, clock()):
        async with reading(database) as session:
            before = await attachments(session, incident_id)
        raise (
            FileRefused("file_too_many", file.name)
            if is_full(before, len(file.content))
            else Unavailable("database")
        )
    async with reading(database) as session:
        files = await attachments(session, incident_id)
    return next(one for one in files if one.sha256 == file.sha256)


@router.get(
    "/incidents/{incident_id}/attachments/{number}",
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": {"application/octet-stream": _FILE}},
        **problems(401, 403, 404, 422, 503),
    },
)
@writes(BookDeed.ATTACHMENT_OPEN)
async def fetch_attachment(
    *,
    request: Request,
    incident_id: IncidentId,
    number: Number,
    caller: Caller,
    database: Ledger,
    clock: Clock,
    original: Original = False,
) -> Response:
    """下载附件。

    A file as it was attached, to be saved; of a marked case a PDF that bears mark, person and instant.
    """
    async with reading(database) as session:
        incident = (await visible(session, incident_id, caller)).state
        file = await download(session, incident_id, number)
    if file is None:
        raise NotFound
    copy = await as_it_leaves(file, incident, caller, clock(), original=original)
    add_detail(request, copy=copy_of(incident, original=original))
    return handed_out(copy)


async def _content(request: Request) -> bytes:
    """Counted as it comes; raises TooLarge as soon as that is known,
    and TooSlow when it does not arrive in time.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                content += part
                if len(content) > largest_of(bytes(content[:8])):
                    raise TooLarge
    except (TimeoutError, ClientDisconnect):
        raise TooSlow from None
    return bytes(content)
