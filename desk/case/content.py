"""What the page of a case is made of, read at one state: the present one, or one that is past."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from casework.as_it_stood import AsItStood, up_to
from casework.case_texts import with_texts
from desk.attachments.route import attachments_view
from desk.attachments.view import AttachmentsView
from desk.calls.view import ReceiptLine, receipt_lines
from desk.case.corrections import CorrectionLine, corrections
from desk.case.folding import IN_FULL, Opened, folded, in_short
from desk.case.headline import headline
from desk.case.sources import by_platform
from desk.case.timeline_filter import STEPS, Timeline, TimelineQuery, filtered
from desk.case.unread import unread_words
from desk.case.view import IncidentPage, incident_page
from domain.case.state import Incident
from domain.case.thinning import CONCERNS, DRAFTS
from domain.catalogue import Decision
from domain.terms.copies import changed
from domain.terms.roles import Actor
from storage.receipts import of_incident
from storage.reductions import reductions_of
from storage.regulation_text import sentences
from storage.snapshots import Snapshot
from storage.timelines import latest, that_moved_limits
from storage.unread import unread
from words.timeline import TimelineItem

_READ: Final = 20  # decisions of the timeline on one page
_SEARCHED: Final = 400  # those that a filter looks through at a time
_CALLS: Final = 60  # receipts of messages, the latest
_MOST: Final = 20  # items and concerns whose words are read


class IncidentForm(BaseModel):
    """What the address of an incident may ask for: as of when, filters of its timeline, the brief,
    and what was just done.
    """

    at: Annotated[str, Query(max_length=2000)] = ""
    who: Literal["", "people", "system"] = ""
    unit: Annotated[str, Query(max_length=64)] = ""
    step: Annotated[str, Query(max_length=20)] = ""
    view: Literal["", "brief"] = ""
    all: Opened = ""
    before: Annotated[int | None, Query(ge=1, le=10**9)] = None
    done: Annotated[str, Query(max_length=64)] = ""

    def timeline(self) -> TimelineQuery:
        """The filter of the timeline; a kind of step that there is not lets all through."""
        step = self.step if self.step in STEPS else ""
        return TimelineQuery(who=self.who, unit=self.unit, step=step, at=self.at.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A case as it stood at the real instant `now`, with the texts, decisions,
    files and notes that its page shows.
    """

    state: Incident
    bare: Incident
    now: datetime
    hash: str
    decisions: tuple[Decision, ...]
    moved: tuple[Decision, ...]
    waiting: str
    attachments: AttachmentsView
    corrections: tuple[CorrectionLine, ...]
    calls: tuple[ReceiptLine, ...]


async def content(
    session: AsyncSession,
    request: Request,
    case: Snapshot,
    form: IncidentForm,
    *,
    stood: AsItStood | None,
    now: datetime,
    actor: Actor | None,
) -> Content:
    """What the page shows at the real instant `now`, or of a state that is past:
    what was there by then, and nothing later.
    """
    bare, until = (case.state, None) if stood is None else (stood.state, stood.real)
    incident_id = bare.incident_id
    limit = _READ if form.timeline().is_all else _SEARCHED
    before = (
        form.before if stood is None else min(form.before or bare.event_number + 1, bare.event_number + 1)
    )
    recorded = up_to(await latest(session, incident_id, limit=limit, before=before), bare.event_number)
    earlier = await that_moved_limits(session, incident_id, recorded)
    in_view = bare if form.view == "brief" else _in_view(bare, form.all)
    viewed, moved, decisions = await with_texts(
        session, incident_id, (in_view, tuple(earlier), tuple(recorded))
    )
    waiting = (await unread(session, [incident_id], at=until)).get(incident_id, ())
    acts = await reductions_of(session, incident_id)
    calls = await of_incident(session, incident_id, until=until, latest=_CALLS)
    return Content(
        state=_with_the_rest(viewed, bare),
        bare=bare,
        now=until or now,
        hash=case.hash if stood is None else stood.hash,
        decisions=decisions,
        moved=moved,
        waiting=unread_words(bare, waiting),
        attachments=await attachments_view(session, request, bare, actor, until=until),
        corrections=corrections(bare, [act for act in acts if until is None or act.at <= until]),
        calls=receipt_lines(calls),
    )


def page_of(case: Content, at: str = "") -> IncidentPage:
    """The page of a case; `at` is what asks for the state that is shown, empty for the present one."""
    page = incident_page(
        case.state,
        case.decisions,
        sentences(case.state.law.regulation),
        now=case.now,
        chain=case.hash,
        moved=case.moved,
    )
    path, query = f"/incidents/{case.bare.incident_id}", f"?{urlencode({'at': at})}" if at else ""
    return replace(
        page,
        address=path + query,
        asks=f"{path}{query}&" if query else "?",
        heat=f"{path}/heat{query}",
    )


def views_of(case: Content, page: IncidentPage, form: IncidentForm) -> dict[str, Any]:
    """What the parts of the page's template show."""
    brief = folded(page, form.all, beyond=_beyond(case.state))
    return {
        "page": brief,
        "platforms": by_platform(page.sources, brief.sources),
        "head": headline(case.bare, case.now),
        "timeline": _timeline(page.timeline, form, case.decisions, case.bare.incident_id),
        "attachments": case.attachments,
        "unread": case.waiting,
        "corrections": case.corrections,
        "calls": case.calls,
    }


def _beyond(incident: Incident) -> Mapping[str, int]:
    """How many items, concerns and drafts the log alone holds."""
    return {
        "sources": sum(one.count for one in incident.beyond),
        "concerns": incident.left(CONCERNS),
        "texts": incident.left(DRAFTS),
    }


def _in_view(incident: Incident, opened: Opened) -> Incident:
    """The case as far as its page shows its texts: of long lists the latest."""
    most = len(incident.sources) if opened == "sources" else _MOST
    return changed(
        incident,
        sources=incident.sources[-most:],
        drafts=incident.drafts if opened == "texts" else incident.drafts[-IN_FULL:],
        concerns=incident.concerns if opened == "concerns" else incident.concerns[-_MOST:],
        reports=(),
        handling=(),
    )


def _with_the_rest(viewed: Incident, whole: Incident) -> Incident:
    """The case with its texts as far as its page shows them;
    the others, of which it shows none, stay references.
    """
    return changed(
        viewed,
        sources=(*whole.sources[: len(whole.sources) - len(viewed.sources)], *viewed.sources),
        drafts=(*whole.drafts[: len(whole.drafts) - len(viewed.drafts)], *viewed.drafts),
        concerns=(*whole.concerns[: len(whole.concerns) - len(viewed.concerns)], *viewed.concerns),
        reports=viewed.reports or whole.reports,
        handling=viewed.handling or whole.handling,
    )


def _timeline(
    entries: tuple[TimelineItem, ...], form: IncidentForm, decisions: tuple[Decision, ...], incident_id: str
) -> Timeline:
    """The timeline as asked, and where the records before it are."""
    timeline = filtered(entries, form.timeline(), f"/incidents/{incident_id}")
    if form.all != "timeline":
        timeline = in_short(timeline)
    first = decisions[0].first_number if decisions else 1
    if first <= 1:
        return timeline
    filters = {name: getattr(form, name) for name in ("at", "who", "unit", "step") if getattr(form, name)}
    return replace(timeline, earlier=f"?{urlencode({**filters, 'before': first})}#h-timeline")
