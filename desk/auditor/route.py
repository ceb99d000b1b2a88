"""审计工作台: for auditors, who read all cases: where to look first, samples by a seed, a note on a case,
and its audit.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.admission import PEOPLE, AccessOutcome, CallerClass, admits, narrowed
from api.audit_book import enter_deed, writes
from api.incident_id import IncidentId
from api.parts import Ledger, StepCommands
from api.query_params import BLANK
from api.security import access
from casework.edge import text_fault
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from casework.sampling import sample
from casework.visibility import visible
from desk.administration.access import at_work
from desk.auditor.view import (
    AuditorVerdict,
    Sample,
    case_href,
    note_lines,
    risk_page,
    sample_lines,
    typed_code,
    verdict,
)
from desk.case.then import At, case_at
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm
from desk.sign_in.sessions import NotForThisPost, Person
from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.audit_notes import LONGEST, AuditNote, add_note, counts_of, notes_of
from storage.risks import Risk, gaps, population, risks
from words.language import say

ROWS: Final = 30
_LAST_PAGE: Final = 200
_GAPS: Final = 30
_SECONDS: Final = 10.0  # every case is looked at
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
NOT_AUDITORS: Final = PEOPLE - {CallerClass.AUDITOR}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


@access
@admits({CallerClass.AUDITOR})
async def auditor(request: Request) -> Actor:
    """Access `auditor`: who audits cases, reads them all, and takes no step."""
    account = await at_work(request)
    if account.actor is None or account.actor.role is not Role.AUDITOR:
        raise NotForThisPost
    return account.actor


Auditor = Annotated[Actor, Depends(auditor)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRefused:
    """A note that was not written down: why, and what was typed."""

    trouble: str
    text: str


def _require_auditor(actor: Actor) -> None:
    """Raises NotFound for all others: what is noted of a case is there for auditors alone."""
    if actor.role is not Role.AUDITOR:
        raise NotFound


class NoteForm(OwnForm):
    """What an auditor notes."""

    text: str = ""


class DeskForm(BaseModel):
    """Which risk, which page; or which sample: its seed, its size, and the days of registration,
    90 up to today unless given; or the short code of a checkpoint, as a paper has it.
    """

    model_config = ConfigDict(extra="ignore")

    risk: Annotated[Risk | None, BLANK] = None
    page: Annotated[int, Query(ge=1, le=_LAST_PAGE)] = 1
    drill: bool = False
    seed: Annotated[str, Query(max_length=64)] = ""
    size: Annotated[int, Query(ge=1, le=100)] = 10
    first: Annotated[Day | None, BLANK] = None
    last: Annotated[Day | None, BLANK] = None
    code: Annotated[str, Query(max_length=40)] = ""


@router.get("/auditor")
@writes(BookDeed.LIST_READ)
async def show_desk(
    request: Request, actor: Auditor, database: Ledger, form: Annotated[DeskForm, Query()]
) -> HTMLResponse:
    """审计工作台。 Cases by risk, numbers without a case, and the sample that was asked for."""
    today = now_of(request).astimezone(SHANGHAI).date()
    last = form.last or today
    first = form.first or last - timedelta(days=90)
    async with reading(database, _SECONDS) as session:
        lines = await risks(
            session,
            actor.person,
            only=form.risk,
            drill=form.drill,
            offset=(form.page - 1) * ROWS,
            limit=ROWS + 1,
        )
        notes = await counts_of(session, actor.unit, [line.incident_id for line in lines.lines])
        missing = await gaps(session, _GAPS)
        printed = await typed_code(session, form.code)
        cases = await population(session, actor.person, *_span(first, last)) if form.seed.strip() else []
    drawn = sample(cases, form.seed.strip(), form.size)
    return await rendered(
        request,
        "auditor/page.html",
        page=risk_page(
            lines, notes, form.risk, drill=form.drill, page=form.page, size=ROWS, last_page=_LAST_PAGE
        ),
        gaps=missing,
        code=printed,
        form=form,
        first=first.isoformat(),
        last=last.isoformat(),
        sample=Sample(
            seed=form.seed.strip(),
            first=first.isoformat(),
            last=last.isoformat(),
            population=len(cases),
            lines=sample_lines(drawn),
        )
        if form.seed.strip()
        else None,
    )


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first instant of a day of Shanghai to that after another."""
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(
        last + timedelta(days=1), time(), SHANGHAI
    )


@router.get("/auditor/{incident_id}")
@narrowed(AccessOutcome.NOT_FOUND, NOT_AUDITORS)
@writes(BookDeed.INCIDENT_READ)
async def show_case(
    request: Request, actor: Person, database: Ledger, incident_id: IncidentId, at: At = ""
) -> HTMLResponse:
    """一件的审计记事与核验；at 给出当时的。 The auditors' own notes on a case, and the button that audits
    it; or the notes of then.
    """
    _require_auditor(actor)
    return await _case(request, actor, database, incident_id, at=at)


@router.post("/auditor/{incident_id}/notes")
@narrowed(AccessOutcome.NOT_FOUND, NOT_AUDITORS)
@writes(BookDeed.AUDIT_NOTE)
async def note_case(
    request: Request,
    actor: Person,
    database: Ledger,
    incident_id: IncidentId,
    form: Annotated[NoteForm, Form()],
) -> Response:
    """记一条；记下后不能改。 Note something of a case; what is noted stays."""
    _require_auditor(actor)
    text = form.text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST or text_fault(text) is not None:
        trouble = say("请写明内容，不超过 {count} 字，不含控制字符。", count=LONGEST)
        return await _case(
            request, actor, database, incident_id, refused=NoteRefused(trouble=trouble, text=text)
        )
    async with writing(database) as session:
        case = await visible(session, incident_id, actor)
        note = AuditNote(
            at=now_of(request),
            incident_id=incident_id,
            unit=actor.unit,
            person=actor.person,
            event_number=case.event_number,
            text=text,
        )
        await add_note(session, note)
        await enter_deed(request, session, BookDeed.AUDIT_NOTE, incident_id)
    return RedirectResponse(f"{case_href(incident_id)}#h-notes", HTTPStatus.SEE_OTHER)


@router.post("/auditor/{incident_id}/verify")
@narrowed(AccessOutcome.NOT_FOUND, NOT_AUDITORS)
@writes(BookDeed.AUDIT_VERIFY)
async def verify_case(
    request: Request, actor: Person, database: Ledger, commands: StepCommands, incident_id: IncidentId
) -> HTMLResponse:
    """核验一件：与 huiying audit verify 相同。

    Audit a case as `huiying audit verify` does, and show what came of it.
    """
    _require_auditor(actor)
    async with reading(database) as session:
        await visible(session, incident_id, actor)
    report = await commands.cases.verified(database, incident_id)
    return await _case(request, actor, database, incident_id, outcome=verdict(report))


async def _case(
    request: Request,
    actor: Actor,
    database: Ledger,
    incident_id: str,
    *,
    refused: NoteRefused | None = None,
    outcome: AuditorVerdict | None = None,
    at: str = "",
) -> HTMLResponse:
    case = await case_at(request, database, incident_id, actor, at, path=case_href(incident_id))
    async with reading(database) as session:
        notes = await notes_of(session, actor.unit, incident_id, until=case.until)
    return await rendered(
        request,
        "auditor/case.html",
        incident=case.state,
        number=case.state.event_number,
        then=case.then,
        notes=note_lines(notes),
        trouble=refused.trouble if refused else "",
        text=refused.text if refused else "",
        longest=LONGEST,
        verdict=outcome,
    )
