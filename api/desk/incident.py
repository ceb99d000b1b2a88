"""事件页: one incident as the ledger stands, with what the person at the browser may do; and its brief for leaders."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from api.desk.attachments import attachments_view
from api.desk.offers import offered
from api.labels import label
from api.page_access import Reader
from api.reading import reading
from api.regulation_text import sentences
from api.rendering import now_of, rendered
from api.sight import IncidentId, visible
from api.views.brief import brief_facts
from api.views.headline import headline
from api.views.incident import incident_page
from api.views.timeline_filter import STEPS, TimelineQuery, filtered
from domain.catalogue import COMMANDS
from domain.terms.roles import Actor
from storage import event_log
from storage.sign_ins import SignedIn

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class IncidentForm(BaseModel):
    """What the address of an incident may ask for: filters of its timeline, the brief, and what was just done."""

    who: Literal["", "people", "system"] = ""
    unit: Annotated[str, Query(max_length=64)] = ""
    step: Annotated[str, Query(max_length=20)] = ""
    view: Literal["", "brief"] = ""
    done: Annotated[str, Query(max_length=64)] = ""

    def timeline(self) -> TimelineQuery:
        """The filter of the timeline; a kind of step that there is not lets all through."""
        return TimelineQuery(who=self.who, unit=self.unit, step=self.step if self.step in STEPS else "")


@router.get("/incidents/{incident_id}")
async def show_incident(
    request: Request, reader: Reader, incident_id: IncidentId, asked: Annotated[IncidentForm, Query()]
) -> HTMLResponse:
    """一个事件：时限、等级、文书与时间线。 One incident as the ledger stands, or its brief on one sheet."""
    async with reading(request.app.state.database) as session:
        held = await visible(session, incident_id, reader)
        stored = await event_log.decisions(session, incident_id)
        actor = _acting(request)
        files = await attachments_view(session, request, held.state, actor)
    now = now_of(request)
    page = incident_page(
        held.state,
        [kept.decision for kept in stored],
        sentences(held.state.law.regulation),
        now=now,
        chain=held.hash,
    )
    if asked.view == "brief":
        return await rendered(request, "incident_brief.html", page=page, brief_facts=brief_facts(page))
    return await rendered(
        request,
        "incident.html",
        page=page,
        head=headline(held.state, now),
        timeline=filtered(page.timeline, asked.timeline(), f"/incidents/{incident_id}"),
        offered=offered(held.state, actor),
        attachments=files,
        said=label("commands", asked.done).here if asked.done in COMMANDS else "",
        is_later=asked.done == "later",
    )


def _acting(request: Request) -> Actor | None:
    """As whom the person at the browser may take steps; None for a reader."""
    held: SignedIn | None = getattr(request.state, "signed_in", None)
    return held.account.actor if held is not None else None
