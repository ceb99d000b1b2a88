"""待办: what a person has to sign for, to handle and to approve, the earliest limit first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.parts import parts_of
from casework.case_texts import all_with_texts
from casework.ledger_session import reading
from desk.case.offers import ANSWERED, STEP_OF, Offer, offers
from desk.case.status_panel import level_code, part_of
from desk.case.view import case_time, drill_words
from desk.frame.page import now_of, rendered
from desk.sign_in.sessions import Person
from desk.workbench.next_steps import NextStep, to_answer, to_approve, to_handle
from domain.case.obligations import RESPONSE_KINDS, Obligation
from domain.case.state import Incident
from domain.rules.urgency import ANSWERING, ranked
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import Marking, ObligationKind
from storage import queries
from storage.audit_book import Deed
from storage.filters import IncidentFilter, Order
from storage.snapshots import snapshots
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp
from words.language import say
from words.wording import Countdown, Moment, countdown, moment

_MOST_TEXT: Final = 50_000  # characters; of most texts the first words are shown
LOOKED_AT: Final = 200  # open incidents of a unit, those due first
_BY_TEXT: Final = ANSWERING - {ObligationKind.SUP_FB}  # owed to the public: texts serve it
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do, in which incident, as what, and where.

    Where a limit runs on it, its lamp and the remaining time.
    """

    incident_id: str
    number: str
    title: str
    marking: Marking
    drill: str
    level: str
    part: str
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
    items: dict[str, list[tuple[datetime | None, Item]]] = {"sign": [], "handle": [], "approve": []}
    for incident in incidents:
        for where, due, item in _items(incident, actor, now):
            items[where].append((due, item))
    names = (
        ("sign", say("待签收"), say("没有待签收的文书。")),
        ("handle", say("待办理"), say("没有待办理的事项。")),
        ("approve", say("待审批"), say("没有待审批的文稿和文书。")),
    )
    return tuple(
        Column(name=name, empty=empty, items=tuple(item for _, item in _by_due(items[where], now)))
        for where, name, empty in names
    )


def _by_due(items: list[tuple[datetime | None, Item]], now: datetime) -> list[tuple[datetime | None, Item]]:
    return sorted(items, key=lambda found: (found[0] is None, found[0] or now))


def _holders(incident: Incident, duty: Obligation) -> tuple[str, ...]:
    """Whose a duty is; an answer that nobody is assigned yet waits for who judges and assigns (DD-21)."""
    if duty.unit is not None:
        return (duty.unit,)
    return incident.powers.deciding if duty.kind in RESPONSE_KINDS else (incident.receiving_office,)


def _items(incident: Incident, actor: Actor, now: datetime) -> Iterator[tuple[str, datetime | None, Item]]:
    offered = {offer.kind: offer for offer in offers(incident, actor)}
    instant = case_time(incident.drill, now)
    owed = [duty for duty in ranked(incident) if actor.unit in _holders(incident, duty)]
    for duty in owed:
        if duty.unit is None and duty.kind in RESPONSE_KINDS and offered.keys() & {"judge", "assign"}:
            continue  # until somebody has to answer, judging and assigning is what its limit asks for
        where = "sign" if duty.kind is ObligationKind.SIGN else "handle"
        href = _way(incident, duty, actor, offered)
        yield (
            where,
            _real(incident, duty),
            _item(incident, actor, NextStep(deed=word(duty.kind), href=href), duty, instant),
        )
    answer = next((duty for duty in owed if duty.kind in _BY_TEXT), None)
    waiting = [("approve", step) for step in to_approve(incident, actor, offered)]
    waiting += [("handle", step) for step in to_handle(incident, actor, offered)]
    for where, step in waiting:
        served = answer if step.serves_answer else None
        due = _real(incident, served) if served else None
        yield where, due, _item(incident, actor, step, served, instant)


def _real(incident: Incident, duty: Obligation) -> datetime:
    """When a limit runs out in real time, also in a drill, so that all items stand in one order."""
    return incident.drill.real(duty.due_at) if incident.drill else duty.due_at


def _way(incident: Incident, duty: Obligation, actor: Actor, offered: dict[str, Offer]) -> str:
    """Where the deed of a duty is done: the form of its step, or the place on the page that tells of it."""
    if duty.kind in ANSWERED:
        return to_answer(incident, actor, offered)
    step = STEP_OF.get(duty.kind, "")
    return offered[step].href if step in offered else f"/incidents/{incident.incident_id}#h-duties"


def _item(incident: Incident, actor: Actor, step: NextStep, duty: Obligation | None, shown: datetime) -> Item:
    lit = lamp(duty, shown) if duty else None
    return Item(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        marking=incident.gravest_marking,
        drill=drill_words(incident.drill),
        level=level_code(incident.level),
        part=part_of(incident, actor.unit),
        deed=step.deed,
        href=step.href,
        clause=duty.clause if duty else "",
        lamp=lit,
        lamp_word=say(LAMP_WORDS[lit]) if lit else "",
        due=moment(duty.due_at) if duty else None,
        countdown=countdown(duty.due_at, shown, incident.drill) if duty else None,
    )


@router.get("/desk")
@writes(Deed.LIST_READ, renews=True)
async def show_desk(request: Request, person: Person) -> HTMLResponse:
    """待办。 What is to be done by who is signed in."""
    now = now_of(request)
    async with reading(parts_of(request).database) as session:
        page = await queries.incidents(
            session, IncidentFilter(closed=False), actor=person, order=Order.DUE, limit=LOOKED_AT
        )
        cases = await snapshots(session, [line.incident_id for line in page.items])
        acts = person.role is not Role.AUDITOR  # who reads all and changes nothing has nothing to do
        states = [kept.state for kept in cases.values()] if acts else []
        incidents = await all_with_texts(session, states, most=_MOST_TEXT)
    shown = columns(incidents, person, now)
    return await rendered(request, "workbench/page.html", columns=shown, more=page.next_cursor is not None)
