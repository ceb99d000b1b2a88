"""时限凭证: what was owed by whom and who failed, handed out to whoever sees the case;
each stands in the audit book.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.audit_book import writes
from api.certificate_files import Form, NotCertified, Place, certificate_file, code_of, may_have_file
from api.incident_id import IncidentId
from api.parts import parts_of
from api.uploads import handed_out
from casework.ledger_session import reading
from casework.visibility import visible
from desk.case.then import At, CaseAt, case_at
from desk.frame.marking import show_marked
from desk.frame.page import rendered
from desk.sign_in.sessions import Person
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.terms.roles import Actor
from papers.typesetting import DEBIAN_PACKAGE, chinese_font
from storage.audit_book import BookDeed
from words.cards import holder_name
from words.labels import word
from words.language import say
from words.wording import MomentText, moment

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """An obligation of which a certificate is handed out;
    `place` is its own among those of the case, from 1 on.
    """

    place: int
    id: str
    kind: str
    unit: str
    status: str
    due: MomentText


@router.get("/incidents/{incident_id}/certificates")
@writes(BookDeed.INCIDENT_READ)
async def show_certificates(
    request: Request, person: Person, incident_id: IncidentId, at: At = ""
) -> HTMLResponse:
    """时限凭证；at 给出当时的任务。 The obligations of a case, each with its certificate; of a time that
    is past those of then.
    """
    case = await case_at(request, parts_of(request).database, incident_id, person, at, page="/certificates")
    return await _page(request, person, case)


@router.get("/incidents/{incident_id}/certificates/{place}/{form}")
@writes(BookDeed.EXPORT)
async def hand_out(
    request: Request, person: Person, incident_id: IncidentId, place: Place, form: Form
) -> Response:
    """The certificate of an obligation, as a sheet of paper (PDF) or as the file that is checked (JSON)."""
    incident = await _case(request, incident_id, person)
    try:
        return handed_out(await certificate_file(request, incident, person, place, form))
    except NotCertified as why:
        show_marked(request, (incident,))
        case = CaseAt(state=incident, stood=None, then=None)
        return await _page(request, person, case, in_words(why.code), HTTPStatus.SERVICE_UNAVAILABLE)


def trouble_of(why: Exception) -> str:
    """Why no proof can be handed out now, and what to do, in words."""
    return in_words(code_of(why))


def in_words(code: str) -> str:
    """What stands in the way of a proof, by the code of its problem."""
    match code:
        case "proof_broken":
            return say("存证日志已不是上一存证点签署时的样子，不能出具；请报审计管理员核验。")
        case "proof_key_missing":
            return say("签署存证点的密钥文件不在或读不了，不能出具；请报系统管理员。")
        case "certificate_no_font":
            return say(
                "这台服务器没有中文字体，排不出 PDF；请取凭证文件（JSON），并请系统管理员安装 {package}。",
                package=DEBIAN_PACKAGE,
            )
        case _:
            return say("这份凭证的文字排不出一页，请取凭证文件（JSON）。")


async def _case(request: Request, incident_id: str, person: Actor) -> Incident:
    async with reading(parts_of(request).database) as session:
        return (await visible(session, incident_id, person)).state


async def _page(
    request: Request,
    person: Actor,
    case: CaseAt,
    trouble: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    incident = case.state
    has_font = await asyncio.to_thread(chinese_font) is not None
    return await rendered(
        request,
        "certificate/page.html",
        status=status,
        incident=incident,
        then=case.then,
        lines=[
            _line(incident, obligation, place)
            for place, obligation in enumerate(incident.obligations, start=1)
        ],
        trouble=trouble,
        no_font="" if has_font or trouble else in_words("certificate_no_font"),
        has_font=has_font,
        may_have_file=may_have_file(person, incident),
    )


def _line(incident: Incident, obligation: Obligation, place: int) -> CertificateLine:
    return CertificateLine(
        place=place,
        id=obligation.id,
        kind=word(obligation.kind),
        unit=holder_name(incident, obligation.unit),
        status=word(obligation.status),
        due=moment(obligation.due_at),
    )
