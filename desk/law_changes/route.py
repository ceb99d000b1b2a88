"""规则修改: proposed by one leader, confirmed by another; it holds for registrations from its date on."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.admission import LEADING_NOTHING, AccessOutcome, narrowed
from api.audit_book import origin_of, unwritten, writes
from api.errors import refusal_status
from api.parts import parts_of
from casework.ledger_session import answering, reading
from casework.outcomes import KeyReused, NotFound
from casework.submissions import command_id
from desk.frame.page import now_of, rendered
from desk.law_changes.form import FaultyChange, calendar_of, flat, since_of, value_of
from desk.law_changes.view import LawChangesPage, change_view, choices, years_of
from desk.sign_in.own_forms import FormRoute, Line, OwnForm, cut
from desk.sign_in.sessions import Person
from desk.step.form_errors import refused_errors
from domain.law.articles import Article
from domain.law.enactment import LAWGIVERS, ChangeAnswer, ChangeOutcome, check_proposer, enacted
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.law_changes import CommandReused, Proposal, answer, law_changes, propose
from storage.regulations import load_law, parameters
from words.language import marked, say

_LARGEST: Final = 2**53
_KEY: Final = re.compile(r"[0-9a-f]{32}").fullmatch
_DONE: Final = {
    "proposed": marked("已提议，待另一位负责同志确认。"),
    "confirmed": marked(
        "已确认。对此后登记的事件有效；在办事件照旧，改期的工作日时限用 huiying law recount 重算。"
    ),
    "declined": marked("已记为未通过。"),
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=FormRoute)
Days = Annotated[str, cut(4000)]


class ChangeForm(OwnForm):
    """A proposal: a calendar where `year` is typed, else a parameter and its value."""

    year: Line = ""
    holidays: Days = ""
    makeup: Days = ""
    parameter: Line = ""
    value: Days = ""
    reason: Days = ""
    since: Line = ""
    page_key: Line = ""

    def values(self) -> dict[str, Any]:
        """The new values by dotted name; raises FaultyChange."""
        if self.year or self.holidays or self.makeup:
            return calendar_of(self.year, self.holidays, self.makeup)
        if not self.parameter:
            raise FaultyChange(say("请选择要改的参数。"))
        return {self.parameter: value_of(self.value.strip())}


class AnswerForm(OwnForm):
    """The second person's remark; declining needs one."""

    outcome: Line = ""
    reason: Days = ""
    page_key: Line = ""


@router.get("/law-changes")
@unwritten("the regulation, open to whoever is here")
async def show_changes(request: Request, person: Person, done: str = "") -> HTMLResponse:
    """规则修改。 All proposals, and for who leads the forms of a new one."""
    return await _page(request, person, done=say(_DONE[done]) if done in _DONE else "")


@router.post("/law-changes")
@narrowed(AccessOutcome.FORBIDDEN, LEADING_NOTHING)
@writes(BookDeed.LAW_CHANGE)
async def propose_change(request: Request, person: Person, form: Annotated[ChangeForm, Form()]) -> Response:
    """提议修改。 Propose other values; another leader must confirm them."""
    request.state.clause = Article.APPROVAL_BY_CITY
    check_proposer(person)
    key, now = _key(form.page_key), now_of(request)
    try:
        proposal = Proposal(
            regulation=parts_of(request).settings.regulation,
            parameters=form.values(),
            reason=form.reason,
            effective_from=since_of(form.since, now),
        )
        command = command_id(person, "law/changes", key)
        with answering():
            await propose(
                parts_of(request).database,
                proposal,
                person,
                at=now,
                command_id=command,
                key=key,
                origin=origin_of(request),
            )
    except FaultyChange as faulty:
        return await _page(request, person, typed=form.model_dump(), trouble=str(faulty), status=422)
    except Refused as refused:
        return await _refused(request, person, refused, form.model_dump())
    except CommandReused:
        raise KeyReused from None
    request.state.is_written_down = True
    return RedirectResponse("/law-changes?done=proposed", HTTPStatus.SEE_OTHER)


@router.post("/law-changes/{number}")
@narrowed(AccessOutcome.FORBIDDEN, LEADING_NOTHING)
@writes(BookDeed.LAW_CHANGE)
async def answer_change(
    request: Request, person: Person, number: int, form: Annotated[AnswerForm, Form()]
) -> Response:
    """确认或不同意。 The second person's word, once; nobody confirms a proposal of their own."""
    request.state.clause = Article.APPROVAL_BY_CITY
    check_proposer(person)
    if not 0 < number <= _LARGEST or form.outcome not in set(ChangeOutcome):
        raise NotFound
    outcome, key = ChangeOutcome(form.outcome), _key(form.page_key)
    reply = ChangeAnswer(outcome=outcome, by=person, at=now_of(request), reason=form.reason)
    try:
        with answering():
            change = await answer(
                parts_of(request).database,
                parts_of(request).settings.regulation,
                number,
                reply,
                command_id=command_id(person, f"law/changes/{number}/{outcome}", key),
                key=key,
                origin=origin_of(request),
            )
    except Refused as refused:
        return await _refused(request, person, refused)
    if change is None:
        raise NotFound
    request.state.is_written_down = True
    return RedirectResponse(f"/law-changes?done={outcome}", HTTPStatus.SEE_OTHER)


def _key(typed: str) -> str:
    if _KEY(typed) is None:
        raise NotFound  # no page of ours sends such
    return typed


async def _refused(
    request: Request, person: Actor, refused: Refused, typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    errors = refused_errors(parts_of(request).law_now(), Article.APPROVAL_BY_CITY, refused, ())
    trouble = say("{title}：{detail}", title=errors.title, detail=errors.advice)
    return await _page(request, person, typed=typed, trouble=trouble, status=refusal_status(refused.reason))


async def _page(
    request: Request,
    person: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    trouble: str = "",
    done: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    typed = typed or ChangeForm().model_dump()
    regulation, now = parts_of(request).settings.regulation, now_of(request)
    async with reading(parts_of(request).database) as session:
        changes = await law_changes(session, regulation)
    begun = enacted(changes, now)
    law = load_law(regulation, now.astimezone(SHANGHAI).year, begun)
    in_force = parameters(regulation, begun)
    standing = dict(flat(in_force))
    page = LawChangesPage(
        changes=tuple(change_view(law, change, person, now, standing) for change in reversed(changes)),
        may_propose=person.role in LAWGIVERS,
        years=years_of(changes, law),
        parameters=choices(in_force, typed["parameter"]),
        typed=typed,
        trouble=trouble,
        key=uuid4().hex,
        done=done,
    )
    return await rendered(request, "law_changes/page.html", status, page=page)
