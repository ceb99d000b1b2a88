"""Deadline certificates over HTTP: which there are, each as file and as page, by the rules of the pages."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audit_book import writes
from api.certificate_files import Place, certificate_file
from api.documented import problems, said
from api.file_kinds import PDF
from api.incident_id import IncidentId
from api.lists import Fixed, Instant, Listed
from api.parts import Ledger
from api.security import Caller
from api.uploads import handed_out
from casework.ledger_session import reading
from casework.visibility import visible
from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind
from storage.audit_book import BookDeed
from storage.database import Database
from words.cards import holder_name
from words.labels import word

_PAGE: Final = {"type": "string", "format": "binary"}
router = APIRouter(prefix="/api/v1", tags=["incidents"])


class CertificateAnswer(Fixed):
    """An obligation, and where its certificate is: `file` is what is checked, `page` what is printed."""

    place: int
    obligation: str
    kind: ObligationKind
    kind_label: str
    unit: str | None
    unit_name: str
    status: Status
    status_label: str
    due_at: Instant
    file: str
    page: str


Members = dict[str, Any]


class CertificateStatement(Fixed):
    """What is certified, as `docs/bundle.md` has it: instants in UTC, sentences in Chinese, verdicts in both
    languages.
    """

    case: Members
    until: Members
    owed: Members
    law: Members
    clock: Members
    outcome: Members
    verdict: Members
    course: tuple[Members, ...]
    publication: Members | None
    notices: tuple[Members, ...]
    healings: tuple[Members, ...]
    proves: str
    cannot: str
    records: tuple[Members, ...]


class CertificateFile(Fixed):
    """A certificate as it is checked (`huiying-certificate/1`): what it says, the decisions that it rests on
    and the entry that handed it out with their proofs, the checkpoint, and the announcements of keys.
    """

    format: str
    statement: CertificateStatement
    records: tuple[Members, ...]
    export: Members
    checkpoint: str
    keys: str


@router.get(
    "/incidents/{incident_id}/certificates",
    responses={200: said("The obligations, in their order."), **problems(401, 403, 404, 422, 503)},
)
@writes(BookDeed.INCIDENT_READ)
async def list_certificates(
    incident_id: IncidentId, caller: Caller, database: Ledger
) -> Listed[CertificateAnswer]:
    """时限凭证目录。

    The obligations of an incident, each with the addresses of its certificate.
    """
    incident = await _case(database, incident_id, caller)
    lines = (
        _line(incident, obligation, place) for place, obligation in enumerate(incident.obligations, start=1)
    )
    return Listed(items=tuple(lines))


@router.get(
    "/incidents/{incident_id}/certificates/{place}.json",
    response_class=Response,
    responses={
        200: {"description": "The certificate.", "model": CertificateFile},
        **problems(401, 403, 404, 422, 503),
    },
)
@writes(BookDeed.EXPORT)
async def fetch_certificate(
    request: Request, incident_id: IncidentId, place: Place, caller: Caller, database: Ledger
) -> Response:
    """时限凭证文件（JSON）。

    The certificate of an obligation as the file that `huiying audit check` and `verify.py` check: canonical
    JSON, the same to the byte until something of it changes. Of a marked case for who may lower its mark.
    """
    incident = await _case(database, incident_id, caller)
    return handed_out(await certificate_file(request, incident, caller, place, "file"))


@router.get(
    "/incidents/{incident_id}/certificates/{place}.pdf",
    response_class=Response,
    responses={
        200: {"description": "The page.", "content": {PDF: {"schema": _PAGE}}},
        **problems(401, 403, 404, 422, 503),
    },
)
@writes(BookDeed.EXPORT)
async def fetch_certificate_page(
    request: Request, incident_id: IncidentId, place: Place, caller: Caller, database: Ledger
) -> Response:
    """时限凭证一页（PDF）。

    The certificate of an obligation as a page, which bears the code of its file;
    that of a marked case bears mark, person and instant.
    """
    incident = await _case(database, incident_id, caller)
    return handed_out(await certificate_file(request, incident, caller, place, "page"))


async def _case(database: Database, incident_id: str, caller: Actor) -> Incident:
    async with reading(database) as session:
        return (await visible(session, incident_id, caller)).state


def _line(incident: Incident, obligation: Obligation, place: int) -> CertificateAnswer:
    address = f"/api/v1/incidents/{incident.incident_id}/certificates/{place}"
    return CertificateAnswer(
        place=place,
        obligation=obligation.id,
        kind=obligation.kind,
        kind_label=word(obligation.kind),
        unit=obligation.unit,
        unit_name=holder_name(incident, obligation.unit),
        status=obligation.status,
        status_label=word(obligation.status),
        due_at=obligation.due_at.isoformat(),
        file=f"{address}.json",
        page=f"{address}.pdf",
    )
