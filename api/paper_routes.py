"""Papers over HTTP: each as PDF or DOCX, by the same rules as on the pages."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audit_book import add_detail, writes
from api.documented import problems
from api.incident_id import IncidentId
from api.marked_files import copy_of
from api.paper_files import Ending, PaperId, paper_file, with_checkpoint
from api.parts import Clock, Ledger
from api.printed_codes import code_to_print
from api.security import Caller
from api.uploads import handed_out
from casework.ledger_session import reading
from casework.paper_sheets import case_paper
from casework.visibility import visible
from storage.audit_book import BookDeed

_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
router = APIRouter(prefix="/api/v1", tags=["incidents"])


@router.get(
    "/incidents/{incident_id}/papers/{paper}.{ending}",
    response_class=Response,
    responses={
        200: {"description": "The paper.", "content": {"application/octet-stream": _FILE}},
        **problems(401, 403, 404, 422, 503),
    },
)
@writes(BookDeed.EXPORT)
async def fetch_paper(
    *,
    request: Request,
    incident_id: IncidentId,
    paper: PaperId,
    ending: Ending,
    caller: Caller,
    database: Ledger,
    clock: Clock,
) -> Response:
    """下载文书。

    A paper of an incident as PDF or DOCX, to be saved;
    the PDF of a marked case bears mark, person and instant.
    """
    async with reading(database) as session:
        incident = (await visible(session, incident_id, caller)).state
    document = await case_paper(database, incident, paper)
    document = with_checkpoint(document, await code_to_print(request))
    file = await paper_file(document, ending, incident, caller, clock())
    add_detail(request, copy=copy_of(incident, original=ending == "docx"))
    return handed_out(file)
