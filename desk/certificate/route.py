"""时限凭证: what was owed by whom and who failed, handed out to whoever sees the case;
each stands in the audit book.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from api.audit_book import add_detail, origin_of, writes
from api.file_kinds import PDF
from api.incident_id import IncidentId
from api.marked_files import as_it_leaves, copy_of
from api.parts import parts_of
from api.uploads import handed_out
from audit.certificates import Certificate, NoObligation, certified
from casework.ledger_session import answering, reading
from casework.outcomes import NotFound
from casework.visibility import visible
from desk.case.then import At, CaseAt, case_at
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.rules.permissions import may_take_original
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from papers.typesetting import DEBIAN_PACKAGE, NoChineseFont, Unprintable, chinese_font
from storage.attachments import Download
from storage.audit_book import Deed
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken
from words.cards import holder_name
from words.labels import word
from words.language import say
from words.wording import Moment, moment

Place = Annotated[int, Path(ge=1, le=100_000)]
_JSON: Final = "application/json"
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An obligation of which a certificate is handed out;
    `place` is its own among those of the case, from 1 on.
    """

    place: int
    id: str
    kind: str
    unit: str
    status: str
    due: Moment


@router.get("/incidents/{incident_id}/certificates")
@writes(Deed.INCIDENT_READ)
async def show_certificates(
    request: Request, person: Person, incident_id: IncidentId, at: At = ""
) -> HTMLResponse:
    """时限凭证；at 给出当时的任务。 The obligations of a case, each with its certificate; of a time that
    is past those of then.
    """
    case = await case_at(request, parts_of(request).database, incident_id, person, at, page="/certificates")
    return await _page(request, person, case)


@router.get("/incidents/{incident_id}/certificates/{place}/{form}")
@writes(Deed.EXPORT)
async def hand_out(
    request: Request, person: Person, incident_id: IncidentId, place: Place, form: Literal["page", "file"]
) -> Response:
    """The certificate of an obligation, as a sheet of paper (PDF) or as the file that is checked (JSON)."""
    incident = await _case(request, incident_id, person)
    if place > len(incident.obligations):
        raise NotFound
    if form == "file" and not _may_have_file(person, incident):
        raise Refused(Reason.ROLE_NOT_ALLOWED, person.role)
    parts = parts_of(request)
    try:
        with answering():
            (certificate,) = await certified(
                parts.database,
                CheckpointKeys(parts.settings.keys_dir),
                incident_id,
                origin_of(request),
                now_of(request),
                obligation=incident.obligations[place - 1].id,
            )
        file = await _file(certificate, place, form)
    except NoObligation:
        raise NotFound from None
    except (LogBroken, KeyLost, KeyUnreadable, NoChineseFont, Unprintable) as why:
        show_marked(request, (incident,))
        case = CaseAt(state=incident, stood=None, then=None)
        return await _page(request, person, case, trouble_of(why), HTTPStatus.SERVICE_UNAVAILABLE)
    add_detail(request, copy=copy_of(incident, original=form == "file"))
    leaves = file if form == "file" else await as_it_leaves(file, incident, person, now_of(request))
    return handed_out(leaves)


def trouble_of(why: Exception) -> str:
    """Why no proof can be handed out now, and what to do, in words."""
    match why:
        case LogBroken():
            return say("存证日志已不是上一存证点签署时的样子，不能出具；请报审计管理员核验。")
        case KeyLost() | KeyUnreadable():
            return say("签署存证点的密钥文件不在或读不了，不能出具；请报系统管理员。")
        case NoChineseFont():
            return say(
                "这台服务器没有中文字体，排不出 PDF；请取凭证文件（JSON），并请系统管理员安装 {package}。",
                package=DEBIAN_PACKAGE,
            )
        case _:
            return say("这份凭证的文字排不出一页，请取凭证文件（JSON）。")


async def _file(certificate: Certificate, place: int, form: Literal["page", "file"]) -> Download:
    name = f"{certificate.incident.incident_id}-{place}"
    if form == "file":
        return Download(name=f"{name}.json", media_type=_JSON, content=certificate.content)
    return Download(name=f"{name}.pdf", media_type=PDF, content=await asyncio.to_thread(certificate.pdf))


async def _case(request: Request, incident_id: str, person: Actor) -> Incident:
    async with reading(parts_of(request).database) as session:
        return (await visible(session, incident_id, person)).state


def _may_have_file(person: Actor, incident: Incident) -> bool:
    """Whether the file goes along, into which no mark can be written:
    of a marked case as its originals (decision 0061).
    """
    return incident.gravest_marking is Marking.NONE or may_take_original(person, incident)


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
        lines=[_line(incident, duty, place) for place, duty in enumerate(incident.obligations, start=1)],
        trouble=trouble,
        no_font="" if has_font or trouble else trouble_of(NoChineseFont()),
        has_font=has_font,
        may_have_file=_may_have_file(person, incident),
    )


def _line(incident: Incident, duty: Obligation, place: int) -> Line:
    return Line(
        place=place,
        id=duty.id,
        kind=word(duty.kind),
        unit=holder_name(incident, duty.unit),
        status=word(duty.status),
        due=moment(duty.due_at),
    )
