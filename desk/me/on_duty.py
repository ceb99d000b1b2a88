"""值班与代理: who is on duty in one's unit now and next, what one shift leaves to the next,
and one's own absences with the deputy who is called meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.audit_book import enter_deed, unwritten, writes
from api.parts import parts_of
from casework.edge import text_fault
from casework.ledger_session import reading, writing
from casework.outcomes import NotFound
from desk.frame.page import now_of, rendered
from desk.sign_in.own_forms import FormRoute, OwnForm, cut, trimmed
from desk.sign_in.sessions import Person
from domain.hearing import Hearer
from domain.law.registry import DutyShift
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage import absences
from storage.absences import LONGEST_NOTE, AbsenceFault, StoredAbsence
from storage.audit_book import BookDeed
from storage.call_channels import logins_with_addresses
from storage.hearers import persons_of
from storage.regulations import load_law
from storage.rota import shifts_from
from words.language import marked, say
from words.wording import MomentText, moment

PATH: Final = "/me/on-duty"
_LONGEST: Final = 200
_NEXT_SHIFTS: Final = 5
_FAULTS: Final = {
    "same_person": marked("代理人不能是本人。"),
    "not_a_colleague": marked("请选择本单位在用账号作代理人。"),
    "no_instant": marked("时间应写作 2026-12-01T08:00。"),
    "in_the_past": marked("结束时间应晚于开始时间和现在。"),
    "too_long": marked("一次外出不超过 366 天。"),
    "overlaps": marked("这段时间与已登记的外出重叠；请先结束前一条。"),
    "bad_note": marked("交接内容应为 1 至 1000 字，不含控制字符。"),
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)


class AbsenceForm(OwnForm):
    """From when until when one is away, who stands in, and what the deputy should know."""

    deputy: Annotated[str, trimmed(_LONGEST)] = ""
    since: Annotated[str, trimmed(_LONGEST)] = ""
    until: Annotated[str, trimmed(_LONGEST)] = ""
    note: Annotated[str, cut(LONGEST_NOTE + 1)] = ""


class HandoverForm(OwnForm):
    """What whoever comes next should know."""

    text: Annotated[str, cut(LONGEST_NOTE + 1)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """A shift of the rota as it is listed."""

    person: str
    since: MomentText
    until: MomentText


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceLine:
    """An absence as it is listed; `note` is empty for whom it does not concern."""

    id: str
    person: str
    deputy: str
    since: MomentText
    until: MomentText
    note: str
    is_now: bool
    is_own: bool


@router.get(PATH)
@unwritten("a page of one's own unit's rota, of no incident")
async def show_on_duty(request: Request, person: Person, done: bool = False) -> HTMLResponse:  # noqa: FBT001, FBT002  the address asks for it
    """值班与代理。 Who is on duty, hand-over notes, and one's own absences."""
    return await _page(request, person, done=done)


@router.post(f"{PATH}/absences")
@writes(BookDeed.ABSENCE_ENTER)
async def enter_absence(request: Request, person: Person, form: Annotated[AbsenceForm, Form()]) -> Response:
    """Enter an absence of one's own; calls go to the deputy meanwhile.

    The audit book has the deputy and the time.
    """
    now = now_of(request)
    try:
        since, until = _instant(form.since) if form.since else now, _instant(form.until)
        note = form.note.strip()
        if note:
            _check_note(note)
        async with writing(parts_of(request).database) as session:
            absence = await absences.enter(
                session,
                person=person.person,
                deputy=form.deputy,
                since=since,
                until=until,
                note=note,
                author=person.person,
                at=now,
            )
            await enter_deed(
                request,
                session,
                BookDeed.ABSENCE_ENTER,
                absence.id,
                deputy=absence.deputy,
                since=absence.since.isoformat(),
                until=absence.until.isoformat(),
            )
    except AbsenceFault as fault:
        return await _page(request, person, typed=form.model_dump(), problem=say(_FAULTS[str(fault)]))
    return RedirectResponse(f"{PATH}?done=true", HTTPStatus.SEE_OTHER)


@router.post(f"{PATH}/absences/{{absence_id}}/end")
@writes(BookDeed.ABSENCE_END)
async def end_absence(request: Request, person: Person, absence_id: str) -> Response:
    """End an absence of one's own before its time, or take one back that is to come."""
    async with writing(parts_of(request).database) as session:
        if not await absences.end(session, absence_id, at=now_of(request), person=person.person):
            raise NotFound
        await enter_deed(request, session, BookDeed.ABSENCE_END, absence_id)
    return RedirectResponse(f"{PATH}?done=true", HTTPStatus.SEE_OTHER)


@router.post(f"{PATH}/notes")
@writes(BookDeed.HANDOVER_NOTE)
async def hand_over(request: Request, person: Person, form: Annotated[HandoverForm, Form()]) -> Response:
    """Leave a note to whoever comes next in one's unit."""
    text = form.text.strip()
    try:
        _check_note(text)
    except AbsenceFault as fault:
        return await _page(request, person, typed={"text": text}, problem=say(_FAULTS[str(fault)]))
    async with writing(parts_of(request).database) as session:
        note_id = await absences.hand_over(
            session, unit=person.unit, author=person.person, note=text, at=now_of(request)
        )
        await enter_deed(request, session, BookDeed.HANDOVER_NOTE, note_id)
    return RedirectResponse(f"{PATH}?done=true", HTTPStatus.SEE_OTHER)


def _check_note(text: str) -> None:
    if not text or len(text) > LONGEST_NOTE or text_fault(text) is not None:
        raise AbsenceFault("bad_note")


def _instant(text: str) -> datetime:
    """An instant that was typed, in the house's zone where none is named."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError):
        raise AbsenceFault("no_instant") from None


async def _page(
    request: Request,
    person: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
    done: bool = False,
) -> HTMLResponse:
    now = now_of(request)
    law = load_law(parts_of(request).settings.regulation, now.astimezone(SHANGHAI).year)
    async with reading(parts_of(request).database) as session:
        staff = await absences.colleagues(session, person.unit)
        names = {one.login: one.name for one in staff}
        shifts = await shifts_from(session, person.unit, now)
        away = await absences.not_over(session, now, person.unit)
        notes = await absences.handover_notes(session, person.unit)
        with_address = await logins_with_addresses(session, person.unit)
        deputies = [
            {"login": one.login, "name": one.name, "is_reached": one.login in with_address}
            for one in staff
            if one.login != person.person
        ]
        called = await persons_of(session, Hearer.DUTY_PERSON.value, person.unit, law.offices, now)
    return await rendered(
        request,
        "me/on_duty.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        called=[names.get(one.login, one.login) for one in called],
        on_duty=[_shift(one, names) for one in shifts if one.covers(now)],
        coming=[_shift(one, names) for one in shifts if not one.covers(now)][:_NEXT_SHIFTS],
        away=[_line(one, names, person.person, now) for one in away],
        notes=[
            {
                "author": names.get(one.author, one.author),
                "at": moment(one.at.replace(microsecond=0)),
                "text": one.note,
            }
            for one in notes
        ],
        deputies=deputies,
        typed=typed or {},
        problem=problem,
        done=done,
        longest=LONGEST_NOTE,
    )


def _shift(shift: DutyShift, names: Mapping[str, str]) -> ShiftLine:
    person = names.get(shift.person, shift.person)
    return ShiftLine(person=person, since=moment(shift.since), until=moment(shift.until))


def _line(stored: StoredAbsence, names: Mapping[str, str], login: str, now: datetime) -> AbsenceLine:
    absence = stored.absence
    return AbsenceLine(
        id=absence.id,
        person=names.get(absence.person, absence.person),
        deputy=names.get(absence.deputy, absence.deputy),
        since=moment(absence.since),
        until=moment(absence.until),
        note=stored.note if login in {absence.person, absence.deputy} else "",
        is_now=absence.covers(now),
        is_own=absence.person == login,
    )
