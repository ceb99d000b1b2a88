"""What may be the same as what somebody is about to register, among the incidents that the person may see (DD-16)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Request

from casework.edge import EARLIEST, LATEST, text_fault
from casework.ledger_session import reading
from desk.frame.page import now_of
from desk.step.fields import Typed
from desk.step.form_data import to_command_json
from domain.case.state import Incident
from domain.rules.permissions import may
from domain.steps.register import AddSource
from domain.terms.roles import Actor
from storage.duplicates import Likeness, Similar, similar
from storage.snapshots import snapshots
from words import attention
from words.event_text.description import names
from words.labels import word
from words.language import say

SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A running incident that may be the same: how it stands, why it is shown, and whether what is typed may go to it."""

    incident_id: str
    number: str
    title: str
    level: str
    stage: str
    first_responsible: str
    why: str
    may_join: bool


async def alike(request: Request, person: Actor, typed: Typed) -> tuple[Alike, ...]:
    """The likeliest three, those with the same address first; empty where what is typed is no title yet."""
    told = to_command_json("register", typed)
    title, topic = str(told.get("title", "")), str(told.get("topic", ""))
    urls = [str(row.get("url", "")) for row in told["sources"] if row.get("url")] or [""]
    if any(text_fault(text, field) for text, field in ((title, "title"), (topic, "topic"), (urls[0], "url"))):
        return ()
    at = _instant(told.get("discovered_at")) or now_of(request)
    async with reading(request.app.state.database) as session:
        found = await similar(session, person, title=title, topic=topic, url=urls[0], at=at)
        held = await snapshots(session, [one.incident_id for one in found[:SHOWN]])
    return tuple(_shown(one, held[one.incident_id].state, person) for one in found if one.incident_id in held)


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None and EARLIEST <= found < LATEST else None


def _shown(one: Similar, incident: Incident, person: Actor) -> Alike:
    blank: Any = AddSource  # role, standing and stage are asked of the class alone
    same = one.why is Likeness.SAME_URL
    return Alike(
        incident_id=one.incident_id,
        number=one.number,
        title=one.title,
        level=word(incident.level) if incident.level is not None else say("未研判"),
        stage=attention.stage_words(incident),
        first_responsible=names(incident, incident.first_responsible) or say("未确定"),
        why=say("链接相同") if same else say("标题相近 {share}%", share=round(one.share * 100)),
        may_join=may(person, blank, incident, incident.law) is None,
    )
