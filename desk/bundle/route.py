"""证据包: an auditor hands out a case with its proof;
the export stands in the audit book, which the proof rests on.
"""

import asyncio
from http import HTTPStatus
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.admission import ELSEWHERE, PEOPLE, AccessOutcome, CallerClass, narrowed
from api.audit_book import origin_of, writes
from api.incident_id import IncidentId
from api.parts import parts_of
from audit.bundle.contents import BundleTooLarge, NoCase
from audit.bundle.exporting import Bundle, House, exported
from casework.ledger_session import answering, reading
from casework.outcomes import NotFound
from casework.visibility import visible
from desk.case.then import At, CaseAt, case_at
from desk.certificate.route import trouble_of
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, cut
from desk.sign_in.sessions import NotForThisPost, Person
from domain.case.state import Incident
from domain.rules.permissions import may_take_original
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import Marking
from settings import Settings
from storage.audit_book import BookDeed
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken
from words.language import say
from workflows.keys import keyring

_OTHERS: Final = (PEOPLE - ELSEWHERE - {CallerClass.AUDITOR}) | {
    CallerClass.CYBERSPACE_OFFICE
}  # who see it, and hand out none
_LARGEST_FORM: Final = 4096  # bytes
_DIGITS: Final = 16  # of the digest in the name of the file
_ONE_AT_A_TIME: Final = asyncio.Semaphore(1)  # each holds the files of a case in memory
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class BundleForm(OwnForm):
    """What the bundle is to hold: `all` the files as well."""

    largest: ClassVar[int] = _LARGEST_FORM
    files: Annotated[str, cut(10)] = ""


@router.get("/incidents/{incident_id}/bundle")
@narrowed(AccessOutcome.FORBIDDEN, _OTHERS)
@writes(BookDeed.INCIDENT_READ)
async def show_bundle(request: Request, actor: Person, incident_id: IncidentId, at: At = "") -> HTMLResponse:
    """出具证据包。

    What a bundle is and what it proves, and the form that hands it out; of a time that is past without
    the form.
    """
    await _case(request, incident_id, actor)
    case = await case_at(request, parts_of(request).database, incident_id, actor, at, page="/bundle")
    return await _page(request, actor, case)


@router.post("/incidents/{incident_id}/bundle")
@narrowed(AccessOutcome.FORBIDDEN, _OTHERS)
@writes(BookDeed.EXPORT)
async def export_bundle(
    request: Request, actor: Person, incident_id: IncidentId, form: Annotated[BundleForm, Form()]
) -> Response:
    """出具：写入审计簿后才交出。 The bundle, once its entry stands in the audit book."""
    incident = await _case(request, incident_id, actor)
    parts = parts_of(request)
    try:
        with answering():
            async with _ONE_AT_A_TIME:
                bundle = await exported(
                    parts.database,
                    _house(parts.settings),
                    incident_id,
                    origin_of(request),
                    now_of(request),
                    with_files=form.files == "all" and _may_add_files(actor, incident),
                )
    except NoCase:
        raise NotFound from None
    except BundleTooLarge:
        trouble = say("附件超过 512 MB，请选“不附附件”。")
        return await _page(request, actor, _now(incident), trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    except (LogBroken, KeyLost, KeyUnreadable) as why:
        return await _page(request, actor, _now(incident), trouble_of(why), HTTPStatus.SERVICE_UNAVAILABLE)
    request.state.is_written_down = True
    return _file(bundle)


def _now(incident: Incident) -> CaseAt:
    return CaseAt(state=incident, stood=None, then=None)


def _file(bundle: Bundle) -> Response:
    """The file, under a name that tells the beginning of its digest."""
    name = f"huiying-{bundle.incident.incident_id}-{bundle.sha256[:_DIGITS]}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(bundle.content, media_type="application/zip", headers=headers)


def _house(settings: Settings) -> House:
    return House(
        release=settings.release,
        signing=CheckpointKeys(settings.keys_dir, settings.checkpoint_signature),
        keys=keyring(settings.keys_dir),
        outside=settings.checkpoint_file,
    )


async def _case(request: Request, incident_id: str, actor: Actor) -> Incident:
    """The case, for an auditor who may see it; raises NotFound, and NotForThisPost for others who may."""
    async with reading(parts_of(request).database) as session:
        incident = (await visible(session, incident_id, actor)).state
    if actor.role is not Role.AUDITOR:
        raise NotForThisPost
    return incident


def _may_add_files(actor: Actor, incident: Incident) -> bool:
    """Whether originals go along: of a marked case they leave by whoever may take the mark away alone
    (decision 0061).
    """
    return incident.gravest_marking is Marking.NONE or may_take_original(actor, incident)


async def _page(
    request: Request,
    actor: Actor,
    case: CaseAt,
    trouble: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    show_marked(request, (case.state,) if case.stood is None else (case.stood.state, case.state))
    return await rendered(
        request,
        "bundle/page.html",
        status=status,
        incident=case.state,
        then=case.then,
        trouble=trouble,
        may_add_files=_may_add_files(actor, case.state),
    )
