"""待办: what a person has to sign for, to handle and to approve, the earliest limit first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.desk.offers import offers
from api.desk.sessions import Person
from api.labels import word
from api.language import say
from api.reading import reading
from api.rendering import now_of, rendered
from api.views.incident import case_time, drill_words
from api.views.lamps import LAMP_WORDS, Lamp, lamp
from api.views.standing import level_code
from api.views.wording import Countdown, Moment, countdown, moment
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind
from storage import queries
from storage.filters import IncidentFilter, Order
from storage.snapshots import snapshot

LOOKED_AT: Final = 200  # open incidents of a unit, those due first
_STEPS: Final = {  # the step that does what a duty asks for, where there is one
    ObligationKind.SIGN: "sign_for",
    ObligationKind.VERIFY: "answer_verification",
    ObligationKind.RECTIFY: "submit_rectification",
    ObligationKind.REPORT_UP: "report_up",
    ObligationKind.FORWARD: "issue_hint",
    ObligationKind.SUP_FB: "give_superior_feedback",
}
_TO_APPROVE: Final = ("review_draft", "sign_issue")
_TO_BEGIN: Final = ("judge", "assign", "conclude", "publish")
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do: the incident, the deed and its link, and where a limit runs on it, lamp and remaining time."""

    incident_id: str
    number: str
    title: str
    drill: str
    level: str
    deed: str
    href: str
    clause: str
    lamp: Lamp | None
    lamp_word: str
    due: Moment | None
    countdown: Countdown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One of the three columns."""

    name: str
    empty: str
    items: tuple[Item, ...]


def columns(incidents: Iterable[Incident], actor: Actor, now: datetime) -> tuple[Column, ...]:
    """待签收, 待办理 and 待审批 of a person over the incidents given, in the order in which those come."""
    found: dict[str, list[tuple[datetime | None, Item]]] = {"sign": [], "handle": [], "approve": []}
    for incident in incidents:
        for where, due, item in _items(incident, actor, now):
            found[where].append((due, item))
    names = (
        ("sign", say("待签收"), say("没有待签收的文书。")),
        ("handle", say("待办理"), say("没有待办理的事项。")),
        ("approve", say("待审批"), say("没有待审批的文稿和文书。")),
    )
    return tuple(
        Column(name=name, empty=empty, items=tuple(item for _, item in _by_due(found[where], now)))
        for where, name, empty in names
    )


def _by_due(items: list[tuple[datetime | None, Item]], now: datetime) -> list[tuple[datetime | None, Item]]:
    return sorted(items, key=lambda found: (found[0] is None, found[0] or now))


def _items(incident: Incident, actor: Actor, now: datetime) -> Iterator[tuple[str, datetime | None, Item]]:
    offered = {offer.kind: offer for offer in offers(incident, actor)}
    shown = case_time(incident.drill, now)
    done: set[str] = set()
    for duty in incident.obligations:
        if not duty.is_owed or duty.advisory or (duty.unit or incident.law.offices.office) != actor.unit:
            continue
        step = _STEPS.get(duty.kind, "")
        href = offered[step].href if step in offered else f"/incidents/{incident.incident_id}#h-duties"
        where = "sign" if duty.kind is ObligationKind.SIGN else "handle"
        real = incident.drill.real(duty.due_at) if incident.drill else duty.due_at
        done.add(step)
        yield where, real, _of_duty(incident, duty, href, shown)
    for kind in (*_TO_APPROVE, *_TO_BEGIN):
        if kind in offered and kind not in done:
            where = "approve" if kind in _TO_APPROVE else "handle"
            yield where, None, _of_step(incident, offered[kind].name, offered[kind].href)


def _of_duty(incident: Incident, duty: Obligation, href: str, shown: datetime) -> Item:
    lit = lamp(duty, shown)
    return Item(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        drill=drill_words(incident.drill),
        level=level_code(incident.level),
        deed=word(duty.kind),
        href=href,
        clause=duty.clause,
        lamp=lit,
        lamp_word=say(LAMP_WORDS[lit]),
        due=moment(duty.due_at),
        countdown=countdown(duty.due_at, shown, incident.drill),
    )


def _of_step(incident: Incident, deed: str, href: str) -> Item:
    return Item(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        drill=drill_words(incident.drill),
        level=level_code(incident.level),
        deed=deed,
        href=href,
        clause="",
        lamp=None,
        lamp_word="",
        due=None,
        countdown=None,
    )


@router.get("/desk")
async def show_desk(request: Request, person: Person) -> HTMLResponse:
    """待办。 What is to be done by who is signed in."""
    now = now_of(request)
    async with reading(request.app.state.database) as session:
        page = await queries.incidents(
            session, IncidentFilter(closed=False), actor=person, order=Order.DUE, limit=LOOKED_AT
        )
        held = [await snapshot(session, line.incident_id) for line in page.items]
    incidents = [kept.state for kept in held if kept is not None]
    shown = columns(incidents, person, now)
    return await rendered(request, "desk.html", columns=shown, more=page.next_cursor is not None)
