"""Deadline certificates as files: the one that is checked (JSON), and the sheet of paper (PDF)."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import Path, Request

from api.audit_book import add_detail, origin_of
from api.errors import WebProblem
from api.file_kinds import PDF
from api.marked_files import as_it_leaves, copy_of
from api.parts import parts_of
from audit.certificates import Certificate, NoObligation, certified
from casework.ledger_session import answering
from casework.outcomes import NotFound
from domain.case.state import Incident
from domain.rules.permissions import may_take_original
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from papers.typesetting import NoChineseFont, Unprintable
from storage.attachments import Download
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import KeyLost, LogBroken

JSON: Final = "application/json"
Place = Annotated[
    int,
    Path(
        ge=1,
        le=100_000,
        description="任务在本件中的序号，从 1 起。 The obligation's place among those of its case.",
    ),
]
Form = Literal["file", "page"]


class NotCertified(WebProblem):
    """No certificate can be handed out now: `proof_broken`, `proof_key_missing`, `certificate_no_font` or
    `certificate_unprintable`.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, code: str) -> None:
        super().__init__("")
        self.code = code


def may_have_file(person: Actor, incident: Incident) -> bool:
    """Whether the file goes along, into which no mark can be written: of a marked case as its originals
    (decision 0061).
    """
    return incident.gravest_marking is Marking.NONE or may_take_original(person, incident)


async def certificate_file(
    request: Request, incident: Incident, person: Actor, place: int, form: Form
) -> Download:
    """The certificate of an obligation as this person may have it, handed out to who asks; its copy is told
    to the audit book.

    Raises NotFound, Refused for the file of a marked case where the person may not lower its mark,
    NotCertified, Unavailable, and as `as_it_leaves`.
    """
    if place > len(incident.obligations):
        raise NotFound
    if form == "file" and not may_have_file(person, incident):
        raise Refused(Reason.ROLE_NOT_ALLOWED, person.role)
    parts = parts_of(request)
    at = parts.clock()
    try:
        with answering():
            (certificate,) = await certified(
                parts.database,
                CheckpointKeys(parts.settings.keys_dir, parts.settings.checkpoint_signature),
                incident.incident_id,
                origin_of(request),
                at,
                obligation=incident.obligations[place - 1].id,
            )
        file = await _file(certificate, place, form)
    except NoObligation:
        raise NotFound from None
    except (LogBroken, KeyLost, KeyUnreadable, NoChineseFont, Unprintable) as why:
        raise NotCertified(code_of(why)) from None
    copy = copy_of(incident, original=form == "file")
    add_detail(request, copy=copy, checkpoint=str(certificate.log["code"]))
    return file if form == "file" else await as_it_leaves(file, incident, person, at)


def code_of(why: Exception) -> str:
    """The code of the problem for what stands in the way of a proof."""
    match why:
        case LogBroken():
            return "proof_broken"
        case KeyLost() | KeyUnreadable():
            return "proof_key_missing"
        case NoChineseFont():
            return "certificate_no_font"
        case _:
            return "certificate_unprintable"


async def _file(certificate: Certificate, place: int, form: Form) -> Download:
    name = f"{certificate.incident.incident_id}-{place}"
    if form == "file":
        return Download(name=f"{name}.json", media_type=JSON, content=certificate.content)
    return Download(name=f"{name}.pdf", media_type=PDF, content=await asyncio.to_thread(certificate.pdf))
