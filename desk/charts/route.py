"""热度与统计: the heat of an incident on a curve, and how units answered within a span."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator

from api import admission
from api.audit_book import writes
from api.incident_id import IncidentId
from api.parts import parts_of
from casework.as_it_stood import up_to
from casework.edge import FieldError, Malformed
from casework.ledger_session import reading
from casework.outcomes import NotFound
from casework.visibility import visible
from desk.case.documents import scores
from desk.case.then import band, state_then
from desk.case.view import case_time
from desk.charts.heat import MARKED, MARKS, heat_page
from desk.charts.performance import (
    Span,
    answer_lines,
    course_part,
    performance_page,
    quarter_of,
    quarters_to,
    spread_lines,
)
from desk.charts.unit_total import unit_total
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.page_access import Reader
from domain.law.regulation import Law
from domain.rules.permissions import SEES_ALL, is_kept_from
from domain.terms.roles import Actor
from storage.audit_book import BookDeed
from storage.performance import AnswerQuery, answers, course, not_ours, spread, tallies
from storage.snapshots import snapshots
from storage.timelines import with_events

LONGEST: Final = timedelta(days=366)
LISTED: Final = 200  # answers of a unit that are listed with their points
_BLANK = BeforeValidator(lambda text: None if text == "" else text)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2099, 12, 31)
Unit = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class SpanForm(BaseModel):
    """Which days; the present quarter unless both are given."""

    first: Annotated[date | None, _BLANK, Query(ge=_EARLIEST, le=_LATEST)] = None
    last: Annotated[date | None, _BLANK, Query(ge=_EARLIEST, le=_LATEST)] = None
    drill: bool = False

    def span(self, now: datetime) -> Span:
        """The days; raises Malformed where they are in the wrong order or too many."""
        if self.first is None or self.last is None:
            return quarter_of(now)
        if not timedelta(0) <= self.last - self.first < LONGEST:
            raise Malformed((FieldError("/query/last", "out_of_range"),))
        return Span(first=self.first, last=self.last)


SpanQuery = Annotated[SpanForm, Query()]


@router.get("/incidents/{incident_id}/heat")
@writes(BookDeed.INCIDENT_READ)
async def show_heat(
    request: Request, actor: Reader, incident_id: IncidentId, at: Annotated[str, Query(max_length=2000)] = ""
) -> HTMLResponse:
    """热度变化；at 给出当时的。

    How the incident was, or had been, spoken of over time, with what was recorded meanwhile.
    """
    now, database = now_of(request), parts_of(request).database
    async with reading(database) as session:
        case = await visible(session, incident_id, actor)
    stood = await state_then(database, case.state, at, now)
    until = None if stood is None else stood.state.event_number
    async with reading(database) as session:
        marked = await with_events(session, incident_id, MARKED, limit=MARKS, until=until)
    show_marked(request, (case.state, stood.state) if stood else (case.state,))
    if stood is None:
        page, then = heat_page(case.state, marked, case_time(case.state.drill, now)), None
    else:
        known = up_to(marked, stood.state.event_number)
        page, then = heat_page(stood.state, known, stood.as_of), band(case.state, stood, at, "/heat")
    return await rendered(request, "charts/heat.html", page=page, then=then)


@router.get("/performance")
@writes(BookDeed.LIST_READ)
async def show_performance(request: Request, actor: Reader, form: SpanQuery) -> HTMLResponse:
    """统计。 How units answered: a unit sees its own line; the office and who oversees all see every line."""
    now, law = now_of(request), _law(request)
    span = form.span(now)
    own_units = None if _sees_all(actor, law) else (actor.unit,)
    async with reading(parts_of(request).database) as session:
        figures = await tallies(session, _answers(span, own_units, now, law, drill=form.drill))
        others = (
            await not_ours(session, span.begins_at, span.ends_at, drill=form.drill)
            if own_units is None
            else 0
        )
        registered = (
            await course(session, span.begins_at, span.ends_at, drill=form.drill)
            if own_units is None
            else None
        )
        quarters = (
            [
                (one, await spread(session, one.begins_at, one.ends_at, drill=form.drill))
                for one in quarters_to(span)
            ]
            if own_units is None
            else []
        )
    units = [(unit.code, unit.name) for unit in law.units]
    page = performance_page(span, figures, units, now, drill=form.drill)
    return await rendered(
        request,
        "charts/performance.html",
        page=page,
        sees_all=own_units is None,
        not_ours=others,
        course=course_part(registered) if registered else None,
        spread=spread_lines(quarters),
    )


@router.get("/performance/{unit}")
@admission.narrowed(admission.AccessOutcome.NOT_FOUND, admission.ELSEWHERE)
@writes(BookDeed.LIST_READ)
async def show_unit(request: Request, actor: Reader, unit: Unit, form: SpanQuery) -> HTMLResponse:
    """一个单位的明细。 The answers of one unit, and its points with what each is for."""
    now, law = now_of(request), _law(request)
    if not law.knows(unit) or not (_sees_all(actor, law) or actor.unit == unit):
        raise NotFound
    span, name = form.span(now), law.unit(unit).name
    async with reading(parts_of(request).database) as session:
        wanted = _answers(span, (unit,), now, law, drill=form.drill)
        counted, responses = await tallies(session, wanted), await answers(session, wanted, LISTED)
        listed = dict.fromkeys(one.incident_id for one in responses)
        cases = await snapshots(session, list(listed))
    visible_answers = [one for one in responses if not is_kept_from(actor, cases[one.incident_id].state)]
    states = [case.state for case in cases.values() if not is_kept_from(actor, case.state)]
    points = [
        (state, score)
        for state in states
        for score in scores(state, case_time(state.drill, now))
        if score.unit == name and score.items
    ]
    page = performance_page(span, counted, [(unit, name)], now, drill=form.drill)
    return await rendered(
        request,
        "charts/performance_unit.html",
        page=page,
        name=name,
        answers=tuple(answer_lines(visible_answers)),
        points=points,
        total=unit_total(states, unit, law.scores, now),
        more=sum(tally.due for tally in counted.values()) - len(responses),
    )


def _answers(
    span: Span, units: tuple[str, ...] | None, now: datetime, law: Law, *, drill: bool
) -> AnswerQuery:
    """What came due within the span and by now: what may still be answered in time is counted for nobody yet.

    A drill has a clock of its own, by which its record alone says what is past.
    """
    end = span.ends_at if drill else min(span.ends_at, now)
    return AnswerQuery(first=span.begins_at, end=end, units=units, office=law.offices.office, drill=drill)


def _sees_all(actor: Actor, law: Law) -> bool:
    return actor.role in SEES_ALL or actor.unit == law.offices.office


def _law(request: Request) -> Law:
    return parts_of(request).law_now()
