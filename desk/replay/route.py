"""回放: a case step by step, the whole of its page as it then stood, with what happened,
what changed and who knew of it.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit_book import writes
from api.incident_id import IncidentId
from api.parts import CaseOutlines, Ledger
from api.query_params import BLANK
from casework.as_it_stood import real_instant
from casework.case_texts import with_texts
from casework.ledger_session import reading
from casework.outlines import state_of, states_between
from casework.replay import Outline, Stop, place_of, stops_until
from casework.visibility import visible
from desk.case.content import IncidentForm, content, page_of, views_of
from desk.case.then import AtNotThere, read_at_page, there_is
from desk.case.view import IncidentPage, case_time, incident_page
from desk.frame.checkpoint_code import show_code
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.replay.changes import differences
from desk.replay.could import could
from desk.replay.report import MOST_NOTICES, MOST_STEPS, report_steps
from desk.replay.view import at_words, stop_page, told_rows
from desk.sign_in.page_access import Reader
from domain.case.state import Incident
from storage.audit_book import BookDeed
from storage.regulation_text import sentences
from storage.told import notices_by
from words.timeline import timeline

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST_NOTICES: Final = 40  # notices on one page


class ReportForm(BaseModel):
    """Which steps are printed: from one to another, all of them or those that stand out; none after `at`."""

    first: Annotated[int, Query(ge=1, le=10**9)] = 1
    last: Annotated[int | None, BLANK, Query(ge=1, le=10**9)] = None
    only: Literal["", "marked"] = ""
    at: Annotated[str, Query(max_length=2000)] = ""


class ReplayForm(BaseModel):
    """Which stop: by its place from 1 on, or by the number of a record or an instant; else the first."""

    step: Annotated[int | None, Query(ge=1, le=10**9)] = None
    at: Annotated[str, Query(max_length=2000)] = ""


@router.get("/incidents/{incident_id}/replay")
@writes(BookDeed.INCIDENT_READ)
async def show_replay(
    *,
    request: Request,
    reader: Reader,
    database: Ledger,
    outlines: CaseOutlines,
    incident_id: IncidentId,
    form: Annotated[ReplayForm, Query()],
) -> HTMLResponse:
    """回放：逐步看一件事件当时的样子。 A case step by step, as it then stood."""
    now = now_of(request)
    async with reading(database) as session:
        case = await visible(session, incident_id, reader)
    outline = await outlines.of(database, incident_id)
    shown_now = case_time(case.state.drill, now)
    stops = stops_until(outline, shown_now)
    place, at = _chosen(case.state, stops, form, shown_now)
    stop = stops[place - 1]
    async with reading(database) as session:
        stood = replace(await state_of(session, outline, stop), as_of=at)
        before = await _before(session, outline, stops[: place - 1 if at == stop.at else place])
        read = await content(session, request, case, IncidentForm(), stood=stood, now=now, actor=None)
        notices, told_count = await notices_by(session, incident_id, stood.real, _MOST_NOTICES)
        await show_code(request, session)
    show_marked(request, (case.state, stood.state))
    page = page_of(read, at_words(stop, at))
    open_then = await asyncio.to_thread(could, stood.state, outline.people)
    decided = () if stop.is_instant or at != stop.at else read.decisions[-1:]
    return await rendered(
        request,
        "replay/page.html",
        stop=stop_page(case.state, stops, place, at, path=f"/incidents/{incident_id}/replay"),
        happened=tuple(reversed(timeline(read.state, decided, sentences(read.state.law.regulation)))),
        changes=differences(before, page),
        told=told_rows(stood.state, notices, stop),
        told_more=told_count - len(notices),
        could=open_then,
        then=None,
        **views_of(read, page, IncidentForm()),
    )


def _chosen(
    incident: Incident, stops: tuple[Stop, ...], form: ReplayForm, now: datetime
) -> tuple[int, datetime]:
    """The stop that was asked for, and the instant;
    raises AtUnreadable, and AtNotThere with what there is.
    """
    if form.at.strip():
        wanted = read_at_page(form.at)
        place = place_of(stops, wanted)
        if place is None or (isinstance(wanted, datetime) and wanted > now):
            raise AtNotThere(there_is(incident, now))
        return place, wanted if isinstance(wanted, datetime) else stops[place - 1].at
    place = form.step or 1
    if place > len(stops):
        raise AtNotThere(there_is(incident, now))
    return place, stops[place - 1].at


async def _before(session: AsyncSession, outline: Outline, earlier: tuple[Stop, ...]) -> IncidentPage | None:
    """The page of the last of the stops that are given, without its texts; None for none."""
    if not earlier:
        return None
    stood = await state_of(session, outline, earlier[-1])
    state = stood.state
    return incident_page(state, (), sentences(state.law.regulation), now=stood.real, chain=stood.hash)


@router.get("/incidents/{incident_id}/replay/report")
@writes(BookDeed.INCIDENT_READ)
async def print_replay(
    *,
    request: Request,
    reader: Reader,
    database: Ledger,
    outlines: CaseOutlines,
    incident_id: IncidentId,
    form: Annotated[ReportForm, Query()],
) -> HTMLResponse:
    """回放报告：选定的步骤，供打印。 The chosen steps of a replay one below the other, to be printed."""
    clock_now, path = now_of(request), f"/incidents/{incident_id}/replay"
    async with reading(database) as session:
        case = await visible(session, incident_id, reader)
    outline = await outlines.of(database, incident_id)
    shown_now = case_time(case.state.drill, clock_now)
    stops = stops_until(outline, shown_now)
    if form.at.strip():
        place, shown_now = _chosen(case.state, stops, ReplayForm(at=form.at), shown_now)
        stops = stops[:place]
    if form.first > len(stops) or (form.last or form.first) < form.first:
        raise AtNotThere(there_is(case.state, case_time(case.state.drill, clock_now)))
    last = min(form.last or len(stops), len(stops), form.first + MOST_STEPS - 1)
    chosen = stops[max(form.first - 2, 0) : last]
    end = real_instant(case.state.drill, stops[last].at if last < len(stops) else shown_now)
    async with reading(database) as session:
        states, decisions = await states_between(session, outline, chosen)
        order = tuple(decisions)
        texts = await with_texts(session, incident_id, tuple(decisions.values()))
        notices, told_count = await notices_by(session, incident_id, end, MOST_NOTICES)
        await show_code(request, session)
    show_marked(request, (case.state, *states.values()))
    steps = await asyncio.to_thread(
        report_steps,
        stops,
        (form.first, last),
        states,
        dict(zip(order, texts, strict=True)),
        notices,
        only=form.only == "marked",
    )
    return await rendered(
        request,
        "replay/report.html",
        incident=case.state,
        path=path,
        form=form,
        steps=steps,
        first=form.first,
        last=last,
        total=len(stops),
        told_more=told_count - len(notices),
        seal=outline.last.hash,
    )
