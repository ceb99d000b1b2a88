"""事件页: one incident as the ledger stands, with what the person at the browser may do; and its brief for leaders."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from api.audit_book import writes
from api.incident_id import IncidentId
from api.parts import parts_of
from casework.case_texts import with_texts
from casework.ledger_session import reading
from casework.visibility import visible
from desk.attachments.route import attachments_view
from desk.case.brief import brief_facts
from desk.case.corrections import corrections
from desk.case.folding import IN_FULL, Opened, folded, in_short
from desk.case.headline import headline
from desk.case.offers import offered
from desk.case.timeline_filter import STEPS, Timeline, TimelineQuery, filtered
from desk.case.unread import unread_words
from desk.case.view import incident_page
from desk.frame.marking import show_marked
from desk.frame.page import now_of, rendered
from desk.sign_in.page_access import Reader
from domain.case.state import Incident
from domain.case.thinning import CONCERNS, DRAFTS
from domain.catalogue import COMMANDS, Decision
from domain.terms.copies import changed
from domain.terms.roles import Actor
from storage.audit_book import Deed
from storage.reductions import reductions_of
from storage.regulation_text import sentences
from storage.sign_ins import SignedIn
from storage.timelines import latest, that_moved_limits
from storage.unread import unread
from words.labels import label
from words.timeline import Entry

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


_READ: Final = 30  # decisions of the timeline on one page
_SEARCHED: Final = 400  # those that a filter looks through at a time
_SHOWN: Final = 20  # items and concerns whose words are read


class IncidentForm(BaseModel):
    """What the address of an incident may ask for: filters of its timeline, the brief, and what was just done."""

    who: Literal["", "people", "system"] = ""
    unit: Annotated[str, Query(max_length=64)] = ""
    step: Annotated[str, Query(max_length=20)] = ""
    view: Literal["", "brief"] = ""
    all: Opened = ""
    before: Annotated[int | None, Query(ge=1, le=10**9)] = None
    done: Annotated[str, Query(max_length=64)] = ""

    def timeline(self) -> TimelineQuery:
        """The filter of the timeline; a kind of step that there is not lets all through."""
        return TimelineQuery(who=self.who, unit=self.unit, step=self.step if self.step in STEPS else "")


@router.get("/incidents/{incident_id}")
@writes(Deed.INCIDENT_READ, renews=True)
async def show_incident(
    request: Request, reader: Reader, incident_id: IncidentId, form: Annotated[IncidentForm, Query()]
) -> HTMLResponse:
    """一个事件：时限、等级、文书与时间线。 One incident as the ledger stands, or its brief on one sheet."""
    async with reading(parts_of(request).database) as session:
        case = await visible(session, incident_id, reader)
        query = form.timeline()
        limit = _READ if query.is_all else _SEARCHED
        told = await latest(session, incident_id, limit=limit, before=form.before)
        earlier = await that_moved_limits(session, incident_id, told)
        record = (tuple(earlier), tuple(told))
        in_view = case.state if form.view == "brief" else _in_view(case.state, form.all)
        viewed, (moved, decisions) = await with_texts(session, incident_id, (in_view, record))
        state = _with_the_rest(viewed, case.state)
        actor = _acting(request)
        waiting = (await unread(session, [incident_id])).get(incident_id, ())
        files = await attachments_view(session, request, case.state, actor)
        noted = corrections(case.state, await reductions_of(session, incident_id))
    now = now_of(request)
    show_marked(request, (case.state,))
    page = incident_page(
        state,
        decisions,
        sentences(case.state.law.regulation),
        now=now,
        chain=case.hash,
        moved=moved,
    )
    if form.view == "brief":
        return await rendered(request, "case/brief.html", page=page, brief_facts=brief_facts(page))
    return await rendered(
        request,
        "case/page.html",
        page=folded(page, form.all, beyond=_beyond(state)),
        head=headline(case.state, now),
        timeline=_timeline(page.timeline, form, told, incident_id),
        offered=offered(state, actor),
        attachments=files,
        unread=unread_words(case.state, waiting),
        corrections=noted,
        said=label("commands", form.done).here if form.done in COMMANDS else "",
        is_later=form.done == "later",
    )


def _beyond(incident: Incident) -> Mapping[str, int]:
    """How many items, concerns and drafts the log alone holds."""
    return {
        "sources": sum(one.count for one in incident.beyond),
        "concerns": incident.left(CONCERNS),
        "texts": incident.left(DRAFTS),
    }


def _in_view(incident: Incident, opened: Opened) -> Incident:
    """The case as far as its page shows its texts: of long lists the latest."""
    most = len(incident.sources) if opened == "sources" else _SHOWN
    return changed(
        incident,
        sources=incident.sources[-most:],
        drafts=incident.drafts if opened == "texts" else incident.drafts[-IN_FULL:],
        concerns=incident.concerns if opened == "concerns" else incident.concerns[-_SHOWN:],
        reports=(),
        handling=(),
    )


def _with_the_rest(viewed: Incident, whole: Incident) -> Incident:
    """The case with its texts as far as its page shows them; the others, of which it shows none, stay references."""
    return changed(
        viewed,
        sources=(*whole.sources[: len(whole.sources) - len(viewed.sources)], *viewed.sources),
        drafts=(*whole.drafts[: len(whole.drafts) - len(viewed.drafts)], *viewed.drafts),
        concerns=(*whole.concerns[: len(whole.concerns) - len(viewed.concerns)], *viewed.concerns),
        reports=viewed.reports or whole.reports,
        handling=viewed.handling or whole.handling,
    )


def _timeline(
    entries: tuple[Entry, ...], form: IncidentForm, decisions: list[Decision], incident_id: str
) -> Timeline:
    """The timeline as asked, and where the records before it are."""
    timeline = filtered(entries, form.timeline(), f"/incidents/{incident_id}")
    if form.all != "timeline":
        timeline = in_short(timeline)
    first = decisions[0].first_number if decisions else 1
    if first <= 1:
        return timeline
    filters = {name: getattr(form, name) for name in ("who", "unit", "step") if getattr(form, name)}
    return replace(timeline, earlier=f"?{urlencode({**filters, 'before': first})}#h-timeline")


def _acting(request: Request) -> Actor | None:
    """As whom the person at the browser may take steps; None for a reader."""
    login_session: SignedIn | None = getattr(request.state, "signed_in", None)
    return login_session.account.actor if login_session is not None else None
